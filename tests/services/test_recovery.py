"""A till that lost part of its journal takes it back from the hub and goes on with the right numbers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.counter import MANAGER_PIN, MORAG, ShopCounter, open_counter
from tests.store.builders import assert_chain, journal_of
from till_app.domain.journal import JournalEntry, sealed
from till_app.domain.reports import fold
from till_app.services.chains import ChainReason, begin_chain
from till_app.services.ports import ReadBackRefused, TillIdentity
from till_app.services.recovery import JournalRecovery
from till_app.store.ledger import SqliteLedger

MILK = "5000128104517"


def state(ledger: SqliteLedger) -> dict[str, object]:
    session = ledger.session()
    with ledger._database.reading() as connection:
        tables = {
            name: sorted(map(tuple, connection.exec_driver_sql(f"SELECT {columns} FROM {name}")), key=repr)
            for name, columns in (
                ("till_state", "*"),
                ("till_session", "*"),
                ("sale", "*"),
                ("sale_line", "*"),
                ("sale_tender", "*"),
                ("drawer_movement", "movement_id, session_id, kind, amount_minor, at, sale_uuid"),
                ("document_copies", "*"),
            )
        }
    return tables | {
        "journal": journal_of(ledger),
        "report": fold(ledger.session_facts(session)) if session else None,
    }


@contextmanager
def two_days(folder: Path) -> Iterator[ShopCounter]:
    """A closed day and half of the next, with all that a ledger derives from its journal."""
    with open_counter(folder) as counter:
        counter.sign_on(MORAG, MANAGER_PIN)
        counter.services.cash_control.open_session(10_000)
        counter.sell(MILK, MILK)
        counter.services.reporting.close_day({165: 2, 10_000: 1})
        counter.clock.go_on(80_000)
        counter.services.cash_control.open_session(5_000)
        number = counter.sell(MILK, given_minor=500)
        counter.services.cash_control.no_sale("change")
        sale = counter.ledger.sale_by_receipt(number)
        assert sale is not None
        counter.services.reprints.reprint(sale)
        counter.services.selling.scan(MILK)
        counter.services.selling.void_basket()
        counter.sell(MILK)
        yield counter


def in_pages(entries: list[JournalEntry], of: int) -> list[list[JournalEntry]]:
    return [entries[start : start + of] for start in range(0, len(entries), of)]


@pytest.mark.parametrize("page_entries", [1, 3, 1000])
def test_all_that_a_ledger_holds_is_built_again_from_the_entries(tmp_path: Path, page_entries: int) -> None:
    with two_days(tmp_path) as counter:
        before = state(counter.ledger)
        entries = journal_of(counter.ledger)
        ledger = SqliteLedger(tmp_path / "restored.sqlite")
        ledger.set_identity(TillIdentity("till-uuid", "2", "Till 2"))
        try:
            for page in in_pages(entries, page_entries):
                JournalRecovery(ledger).read_back(page)
            assert state(ledger) == before
            assert ledger.acked_through() == ledger.journal_head()
        finally:
            ledger.close()


def test_an_older_copy_goes_on_where_the_hub_stands_and_repeats_no_number(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.sell(MILK)
        counter.ledger.checkpoint()
        shutil.copy(tmp_path / "ledger.sqlite", tmp_path / "old.sqlite")
        counter.sell(MILK)
        assert counter.sell(MILK) == "2-000003"
        entries = journal_of(counter.ledger)
    (tmp_path / "old.sqlite").replace(tmp_path / "ledger.sqlite")
    with open_counter(tmp_path) as counter:
        JournalRecovery(counter.ledger).read_back(entries)
        counter.sign_on()
        assert counter.sell(MILK) == "2-000004"
        assert counter.ledger.grand_total_minor() == 4 * 165
        assert_chain(journal_of(counter.ledger), "till-uuid")


def test_reading_back_twice_changes_nothing(tmp_path: Path) -> None:
    with two_days(tmp_path) as counter:
        before = state(counter.ledger)
        JournalRecovery(counter.ledger).read_back(journal_of(counter.ledger))
        assert state(counter.ledger) == before


def test_a_basket_that_was_sold_after_the_copy_is_not_open_any_more(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.services.selling.scan(MILK)
        counter.ledger.checkpoint()
        shutil.copy(tmp_path / "ledger.sqlite", tmp_path / "old.sqlite")
        counter.services.checkout.pay_cash(165)
        counter.services.checkout.complete()
        entries = journal_of(counter.ledger)
    (tmp_path / "old.sqlite").replace(tmp_path / "ledger.sqlite")
    with open_counter(tmp_path) as counter:
        assert counter.ledger.saved_basket() is not None
        JournalRecovery(counter.ledger).read_back(entries)
        assert counter.ledger.saved_basket() is None
        counter.services.selling.read_again()
        assert not counter.services.selling.is_open


def test_what_does_not_chain_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        recovery = JournalRecovery(counter.ledger)
        head = counter.ledger.journal_head()

        def following(seq: int, prev_hash: str, till_id: str = "till-uuid") -> JournalEntry:
            return sealed(till_id, seq, f"u{seq}", "dance", 1, "2026", "2026-11-24", b"{}", prev_hash)

        sound = following(head.seq + 1, head.hash)
        for refused in (
            [sound, following(head.seq + 2, head.hash)],
            [following(head.seq + 2, head.hash)],
            [following(head.seq + 1, "0" * 64)],
            [following(head.seq, "0" * 64)],
            [following(head.seq + 1, head.hash, "another till")],
        ):
            with pytest.raises(ReadBackRefused):
                recovery.read_back(refused)
            assert counter.ledger.journal_head() == head


def test_an_unknown_kind_and_a_newer_body_stay_in_the_journal(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        head = counter.ledger.journal_head()
        newer = sealed("till-uuid", head.seq + 1, "n", "sale", 99, "2026", "2026-11-24", b"{}", head.hash)
        other = sealed("till-uuid", head.seq + 2, "o", "dance", 1, "2026", "2026-11-24", b"", newer.hash)
        JournalRecovery(counter.ledger).read_back([newer, other])
        assert journal_of(counter.ledger)[-2:] == [newer, other]
        assert counter.sell(MILK) == "2-000001"


def test_a_second_chain_read_into_an_empty_ledger_has_the_totals_of_both(tmp_path: Path) -> None:
    new = TillIdentity("till-new", "7", "Till 7")
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.sell(MILK)
        counter.sell(MILK)
        known = {entry.uuid for entry in journal_of(counter.ledger)[:-1]}
        begin_chain(counter.ledger, counter.clock, new, ChainReason.FORKED, known)
        counter.sell(MILK)
        entries, session = journal_of(counter.ledger), counter.ledger.session()
        ledger = SqliteLedger(tmp_path / "restored.sqlite")
        ledger.set_identity(new)
        try:
            JournalRecovery(ledger).read_back(entries)
            assert ledger.grand_total_minor() == 3 * 165
            assert ledger.session() == session
            assert [sale.receipt_number for sale in ledger.latest_sales(9)] == ["7-000003", "2-000002"]
        finally:
            ledger.close()
