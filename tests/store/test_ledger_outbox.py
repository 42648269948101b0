"""The journal as the push sees it: in order, bounded, acknowledged only forwards."""

import pytest

from tests.store.builders import NOON, a_fact, journal_of, sell
from till_app.domain.journal import GENESIS_HASH
from till_app.services.ports import JournalPosition, UnsentSummary
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_outbox import SALE_KIND
from till_app.wire.bodies import Kind


def record(ledger: SqliteLedger, *bodies: bytes) -> None:
    with ledger.write() as write:
        for body in bodies:
            write.record(a_fact("no_sale", body=body))
        write.commit()


def test_what_counts_as_a_sale_is_what_the_wire_calls_one() -> None:
    assert SALE_KIND == Kind.SALE


def test_entries_come_in_order_after_a_number_and_within_bounds(ledger: SqliteLedger) -> None:
    record(ledger, b"a" * 10, b"b" * 10, b"c" * 10, b"d" * 10)
    assert [e.seq for e in ledger.entries_after(1, 100, 1000)] == [2, 3, 4, 5]
    assert [e.seq for e in ledger.entries_after(3, 100, 1000)] == [4, 5]
    assert [e.seq for e in ledger.entries_after(1, 2, 1000)] == [2, 3]
    assert [e.seq for e in ledger.entries_after(1, 100, 30)] == [2, 3, 4]
    assert ledger.entries_after(5, 100, 1000) == []


def test_an_entry_larger_than_the_bound_still_goes(ledger: SqliteLedger) -> None:
    record(ledger, b"a" * 5000, b"b")
    assert [e.seq for e in ledger.entries_after(1, 100, 10)] == [2]


def test_all_is_unsent_until_acknowledged(ledger: SqliteLedger) -> None:
    sell(ledger, "sale-1")
    record(ledger, b"x")
    sell(ledger, "sale-2")
    assert ledger.acked_through() == JournalPosition(0, GENESIS_HASH)
    assert ledger.unsent() == UnsentSummary(entries=4, sales=2, oldest_at=NOON)
    ledger.acknowledge(3)
    assert ledger.acked_through() == JournalPosition(3, journal_of(ledger)[2].hash)
    assert ledger.unsent() == UnsentSummary(entries=1, sales=1, oldest_at=NOON)
    ledger.acknowledge(4)
    assert ledger.unsent() == UnsentSummary(0, 0, None)


def test_an_acknowledgement_never_goes_back(ledger: SqliteLedger) -> None:
    record(ledger, b"x", b"y")
    ledger.acknowledge(3)
    ledger.acknowledge(1)
    assert ledger.acked_through().seq == 3


def test_what_this_till_never_wrote_cannot_be_acknowledged(ledger: SqliteLedger) -> None:
    with pytest.raises(ValueError, match="no journal entry 2"):
        ledger.acknowledge(2)


def test_what_the_hub_lost_is_unsent_again(ledger: SqliteLedger) -> None:
    record(ledger, b"x", b"y")
    ledger.acknowledge(3)
    ledger.rewind(1)
    assert ledger.acked_through().seq == 1
    assert ledger.unsent().entries == 2
    for seq in (2, -1):
        with pytest.raises(ValueError, match="not acknowledged"):
            ledger.rewind(seq)


def test_the_hash_of_each_entry_is_known(ledger: SqliteLedger) -> None:
    record(ledger, b"x")
    assert ledger.hash_at(0) == GENESIS_HASH
    assert ledger.hash_at(2) == ledger.journal_head().hash
    assert ledger.hash_at(3) is None
