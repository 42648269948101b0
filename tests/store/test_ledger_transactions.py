"""A transaction of the ledger is kept whole or not at all, and numbers have neither gap nor repeat."""

import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.store.builders import (
    NOON,
    SESSION,
    TILL,
    a_fact,
    a_ledger,
    a_movement,
    assert_chain,
    journal_of,
    open_session,
    sell,
    write_sale,
)
from till_app.domain.errors import DomainError
from till_app.domain.ids import new_uuid7
from till_app.domain.session import TillSession
from till_app.domain.times import from_text
from till_app.services.ports import JournalPosition, Ledger, LedgerWrite, Outbox, PrintJobs, TillIdentity
from till_app.store.database import WriteOpenAlready
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_write import WrongUse


def test_the_ledger_fills_its_ports(ledger: SqliteLedger) -> None:
    as_ledger: Ledger = ledger
    as_outbox: Outbox = ledger
    as_print_jobs: PrintJobs = ledger
    with as_ledger.write() as write:
        as_write: LedgerWrite = write
        assert as_write.next_copy_number("2-000001") == 1
    assert as_outbox.journal_head().seq == 1
    assert as_print_jobs.open_jobs() == []


def test_without_a_commit_nothing_is_kept(ledger: SqliteLedger) -> None:
    head = ledger.journal_head()
    with ledger.write() as write:
        write_sale(write, "sale-1")
    assert ledger.sale("sale-1") is None
    assert ledger.journal_head() == head
    assert ledger.open_jobs() == []
    assert ledger.grand_total_minor() == 0


def test_an_error_in_the_block_rolls_back_and_passes_on(ledger: SqliteLedger) -> None:
    with pytest.raises(DomainError, match="no_change_left"), ledger.write() as write:
        raise DomainError("no_change_left", sale=write_sale(write, "sale-1").uuid)
    assert ledger.sale("sale-1") is None
    assert sell(ledger, "sale-2").counter == 1


def test_a_rolled_back_receipt_number_is_used_by_the_next_sale(ledger: SqliteLedger) -> None:
    assert sell(ledger, "sale-1").counter == 1
    with ledger.write() as write:
        assert write_sale(write, "sale-2").counter == 2
    assert sell(ledger, "sale-3").counter == 2


def test_a_number_taken_and_not_used_is_refused_at_the_commit(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        write.next_receipt_counter()
        with pytest.raises(WrongUse, match="receipt_counter"):
            write.commit()
    assert sell(ledger, "sale-1").counter == 1


def test_a_sale_under_a_number_of_its_own_making_is_refused(ledger: SqliteLedger) -> None:
    first = sell(ledger, "sale-1")
    with pytest.raises(WrongUse, match="was not taken"), ledger.write() as write:
        write.add_sale(first)


def test_a_transaction_cannot_be_used_after_its_end(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        write.commit()
        with pytest.raises(WrongUse):
            write.record(a_fact())
        with pytest.raises(WrongUse):
            write.commit()
    with pytest.raises(WrongUse):
        write.clear_basket()


def test_a_write_inside_a_write_is_an_error_rather_than_a_standstill(ledger: SqliteLedger) -> None:
    with ledger.write(), pytest.raises(WriteOpenAlready), ledger.write():
        pass
    sell(ledger, "sale-1")


def test_a_read_inside_a_write_sees_what_is_committed(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        write_sale(write, "sale-1")
        assert ledger.sale("sale-1") is None
        write.commit()
    assert ledger.sale("sale-1") is not None


def test_facts_become_an_unbroken_chain(ledger: SqliteLedger) -> None:
    for number in range(5):
        sell(ledger, f"sale-{number}")
    entries = journal_of(ledger)
    assert len(entries) == 6
    assert_chain(entries)
    assert ledger.journal_head() == JournalPosition(6, entries[-1].hash)


def test_a_body_is_kept_byte_for_byte(ledger: SqliteLedger) -> None:
    body = '{"name":"Crème brûlée","x": 1.0e0}'.encode()
    with ledger.write() as write:
        write.record(a_fact(body=body))
        write.commit()
    assert journal_of(ledger)[-1].body == body


def test_a_clock_set_back_never_puts_an_entry_before_the_one_it_follows(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        assert write.record(a_fact(at="2026-11-23T08:00:00.000000Z")).at == NOON
        assert write.record(a_fact(at="2026-11-24T12:00:01.000000Z")).at == "2026-11-24T12:00:01.000000Z"
        write.commit()
    assert_chain(journal_of(ledger))


def test_an_entry_has_an_identity_of_its_moment(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        entry = write.record(a_fact(at=NOON))
    assert entry.uuid[:13] == new_uuid7(from_text(NOON))[:13]


def test_nothing_is_recorded_before_pairing(tmp_path: Path) -> None:
    with closing(SqliteLedger(tmp_path / "ledger.sqlite")) as ledger:
        assert ledger.identity() is None
        with pytest.raises(DomainError, match="not_paired"), ledger.write() as write:
            write.record(a_fact())


def test_a_ledger_with_entries_never_becomes_another_tills(ledger: SqliteLedger) -> None:
    ledger.set_identity(TillIdentity(TILL.till_id, TILL.till_code, "Renamed till"))
    with pytest.raises(DomainError, match="ledger_of_other_till"):
        ledger.set_identity(TillIdentity("till-b", "3", "Other till"))
    assert ledger.identity() == TillIdentity("till-a", "2", "Renamed till")


def test_the_grand_total_counts_every_sale_once(ledger: SqliteLedger) -> None:
    sell(ledger, "sale-1", 165)
    sell(ledger, "sale-2", 200)
    assert ledger.grand_total_minor() == 365


def test_a_sale_is_there_once(ledger: SqliteLedger) -> None:
    sell(ledger, "sale-1")
    with pytest.raises(IntegrityError):
        sell(ledger, "sale-1")
    assert sell(ledger, "sale-2").counter == 2


def test_a_sale_needs_its_session(tmp_path: Path) -> None:
    with closing(SqliteLedger(tmp_path / "ledger.sqlite")) as ledger:
        ledger.set_identity(TILL)
        with pytest.raises(IntegrityError):
            sell(ledger, "sale-1")
        assert ledger.sale("sale-1") is None
        open_session(ledger)
        assert sell(ledger, "sale-1").counter == 1


def test_only_one_session_is_open(ledger: SqliteLedger) -> None:
    with pytest.raises(IntegrityError):
        open_session(ledger, "session-2")


def test_z_and_session_numbers_count_on(ledger: SqliteLedger) -> None:
    for number in (1, 2, 3):
        with ledger.write() as write:
            assert write.next_z_number() == number
            write.close_session(f"session-{number}", NOON, number)
            write.commit()
        assert ledger.session() is None
        assert open_session(ledger, f"session-{number + 1}").number == number + 1


def test_a_closed_session_is_closed(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        write.close_session(SESSION, NOON, write.next_z_number())
        write.commit()
    with pytest.raises(WrongUse, match="no such open session"), ledger.write() as write:
        write.count_no_sale(SESSION)
    with pytest.raises(WrongUse, match="no such open session"), ledger.write() as write:
        write.close_session(SESSION, NOON, write.next_z_number())


def test_a_session_begins_with_the_entry_that_opened_it(ledger: SqliteLedger) -> None:
    first = ledger.session()
    assert first is not None
    sell(ledger, "sale-1")
    with ledger.write() as write:
        write.close_session(SESSION, NOON, write.next_z_number())
        write.record(a_fact("z_report"))
        write.commit()
    second = open_session(ledger, "session-2")  # recorded after opening it
    assert (ledger.session_first_seq(first), ledger.session_first_seq(second)) == (1, 4)
    with ledger.write() as write:
        write.close_session("session-2", NOON, write.next_z_number())
        write.commit()
    with ledger.write() as write:
        write.record(a_fact("session_opened"))  # recorded before opening it
        third = TillSession("session-3", write.next_session_number(), "2026-11-25", NOON, "op", 0)
        write.open_session(third)
        write.commit()
    assert ledger.session_first_seq(third) == 5


def test_copies_of_a_document_are_numbered(ledger: SqliteLedger) -> None:
    for document, number in (("2-000001", 1), ("2-000001", 2), ("2-000002", 1)):
        with ledger.write() as write:
            assert write.next_copy_number(document) == number
            write.commit()


def test_two_threads_take_turns_and_no_number_is_used_twice(ledger: SqliteLedger) -> None:
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def sell_many(name: str) -> None:
        try:
            start.wait(10)
            for number in range(40):
                sell(ledger, f"{name}-{number}")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=sell_many, args=(name,)) for name in ("gui", "sync")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    sales = ledger.latest_sales(1000)
    assert [sale.counter for sale in sales] == list(range(80, 0, -1))
    assert len({sale.uuid for sale in sales}) == 80
    assert_chain(journal_of(ledger))


def test_the_log_stays_bounded_and_no_checkpoint_waits_in_a_commit_before(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with a_ledger(path) as ledger:
        for number in range(30):
            with ledger.write() as write:
                write.record(a_fact(body=b"x" * 400_000))
                write.record(a_fact(body=b"%d" % number))
                write.commit()
            assert (tmp_path / "ledger.sqlite-wal").stat().st_size < 6_000_000
        ledger.checkpoint()
        assert path.stat().st_size > 12_000_000
        assert len(journal_of(ledger)) == 61


def test_movements_are_of_a_session_that_exists(ledger: SqliteLedger) -> None:
    with ledger.write() as write:
        write.add_movement(a_movement("m", 100, session_id="nobody's"))
        with pytest.raises(IntegrityError):
            write.commit()
    sell(ledger, "sale-1")
