"""A till paired again: a new chain, each fact once, numbers and day going on."""

import msgspec
import pytest

from tests.services.counter import ShopCounter
from tests.store.builders import assert_chain, journal_of
from till_app.domain.errors import DomainError
from till_app.domain.journal import is_intact
from till_app.services.chains import ChainReason, begin_chain
from till_app.services.ports import TillIdentity
from till_app.store.ledger import SqliteLedger
from till_app.wire.bodies import ChainBegunBody, Kind

NEW = TillIdentity("till-new", "7", "Till 7")


def begin(counter: ShopCounter, known: set[str], reason: str = ChainReason.FORKED) -> int:
    return begin_chain(counter.ledger, counter.clock, NEW, reason, known)


def old_entries(ledger: SqliteLedger) -> list[tuple[object, ...]]:
    with ledger._database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM journal WHERE chain = 1")]


def test_what_the_hub_lacks_is_recorded_again_with_its_uuid_time_and_bytes(counter: ShopCounter) -> None:
    counter.sell("5000128104517")
    counter.sell("5000128104517")
    before = journal_of(counter.ledger)
    kept = old_entries(counter.ledger)
    lacking = before[-1]
    assert begin(counter, {entry.uuid for entry in before[:-1]}) == 1
    begun, again = journal_of(counter.ledger)
    assert_chain([begun, again], NEW.till_id)
    assert (again.uuid, again.kind, again.version, again.at, again.business_date, again.body) == (
        lacking.uuid,
        lacking.kind,
        lacking.version,
        lacking.at,
        lacking.business_date,
        lacking.body,
    )
    assert again.seq == 2
    assert again.hash != lacking.hash
    body = msgspec.json.decode(begun.body, type=ChainBegunBody)
    assert (body.previous_till_id, body.previous_seq, body.previous_hash) == (
        "till-uuid",
        len(before),
        before[-1].hash,
    )
    assert (body.reason, body.carried_over, body.grand_total_minor) == ("forked", 1, 330)
    assert old_entries(counter.ledger) == kept


def test_receipt_numbers_go_on_under_the_new_code_and_the_open_day_goes_on(counter: ShopCounter) -> None:
    assert counter.sell("5000128104517") == "2-000001"
    counter.services.selling.scan("5000128104517")
    begin(counter, {entry.uuid for entry in journal_of(counter.ledger)})
    assert counter.ledger.session() == counter.services.workplace.session
    assert counter.ledger.saved_basket() is not None
    assert counter.sell("5000128104517") == "7-000002"
    assert counter.ledger.sale_by_receipt("2-000001") is not None
    assert counter.ledger.sale_by_receipt("7-000002") is not None
    assert_chain(journal_of(counter.ledger), NEW.till_id)


def test_everything_of_the_new_chain_is_unsent(counter: ShopCounter) -> None:
    counter.sell("5000128104517")
    counter.ledger.acknowledge(counter.ledger.journal_head().seq)
    known = {entry.uuid for entry in journal_of(counter.ledger)}
    begin(counter, known)
    assert counter.ledger.acked_through().seq == 0
    assert counter.ledger.unsent().entries == 1
    assert [chain.identity.till_id for chain in counter.ledger.chains()] == ["till-uuid", "till-new"]
    assert counter.ledger.chains()[0].acked_through == counter.ledger.chains()[0].last_seq == len(known)


def test_a_third_chain_takes_each_fact_once(counter: ShopCounter) -> None:
    counter.sell("5000128104517")
    begin(counter, set())
    facts = counter.ledger.fact_uuids()
    third = TillIdentity("till-third", "9", "Till 9")
    assert begin_chain(counter.ledger, counter.clock, third, ChainReason.REVOKED, set()) == len(facts)
    uuids = [entry.uuid for entry in journal_of(counter.ledger)]
    assert uuids[1:] == list(facts)
    assert len(set(uuids)) == len(uuids)


def test_a_chain_that_ended_never_grows(counter: ShopCounter) -> None:
    begin(counter, set())
    with pytest.raises(Exception, match="never grows"), counter.ledger._changing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO journal SELECT 1, 99, 'x', kind, version, at, business_date, body, prev_hash, hash"
            " FROM journal LIMIT 1"
        )


def test_another_identity_without_a_new_chain_is_refused(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="ledger_of_other_till"):
        counter.ledger.set_identity(NEW)


def test_the_day_closes_over_a_chain_that_began_in_it(counter: ShopCounter) -> None:
    counter.sell("5000128104517")
    before = journal_of(counter.ledger)
    begin(counter, {entry.uuid for entry in before[:-1]})
    counter.sell("5000128104517")
    counter.services.sign_on.sign_on("morag", "333333")
    z = counter.services.reporting.close_day({})
    assert (z.journal_first_seq, z.report.transaction_count, z.grand_total_minor) == (2, 2, 330)
    last = journal_of(counter.ledger)[z.journal_last_seq - 1]
    assert last.hash == z.chain_head
    assert is_intact(NEW.till_id, last)
    assert any(entry.kind == Kind.Z_REPORT for entry in journal_of(counter.ledger))
