"""The window around the screens: status, printer trouble, wedge scans, failures, changes from the hub."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import ExpectedLogs
from tests.services.counter import MANAGER_PIN, MORAG, SHOP
from tests.services.counter import MILK as MILK_ITEM
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.domain.catalogue import StaffMember
from till_app.services.ports import JobKind, JobState, LedgerUnavailable, PrintJob
from till_app.services.status import (
    CatalogueChanged,
    LinkState,
    PrinterState,
    PrinterStatus,
    SyncStatus,
)
from till_app.ui.failures import FailureHook
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.shell import ScreenName
from till_app.ui.theme.theme import Theme

Key = Qt.Key
MILK, WINE = "5000128104517", "5010186016515"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def test_the_bar_says_where_and_who(till: TillWindow) -> None:
    assert till.window.windowTitle() == "High Street Grocers"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (SyncStatus(LinkState.ONLINE), "Online · all sales sent"),
        (SyncStatus(LinkState.ONLINE, waiting_sales=1), "Online · 1 sale waiting"),
        (SyncStatus(LinkState.ONLINE, clock_skew_s=-86_400), "Online · clock is wrong"),
        (SyncStatus(LinkState.OFFLINE, waiting_sales=3), "Offline · 3 sales waiting"),
        (
            SyncStatus(LinkState.ONLINE, quarantined=2),
            "2 entries set aside at the hub",
        ),
        (SyncStatus(LinkState.REFUSED, error_code="unauthorised"), "The hub does not know this till"),
        (SyncStatus(LinkState.REFUSED, error_code="news"), "The hub refuses this till"),
    ],
)
def test_the_link_to_the_hub_is_said_in_words(till: TillWindow, status: SyncStatus, words: str) -> None:
    till.bridge.report_sync(status)
    assert till.window.top_bar.pill("hub").state.words == words


def test_offline_says_since_when(till: TillWindow) -> None:
    till.bridge.report_sync(SyncStatus(LinkState.OFFLINE, since="2026-11-24T14:05:00.000000Z"))
    assert till.window.top_bar.pill("hub").state.words.startswith("Offline since ")


def test_a_touch_on_the_hub_explains_it(till: TillWindow) -> None:
    till.bridge.report_sync(SyncStatus(LinkState.REFUSED, error_code="fork"))
    till.window.top_bar.pill("hub").click()
    assert till.is_on(ScreenName.SYNC_CENTRE)


def test_a_scan_typed_by_a_wedge_is_sold_wherever_the_keyboard_is(till: TillWindow) -> None:
    till.scan_by_wedge(MILK)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]
    assert till.sell.goods.search.text() == ""


def test_a_price_changed_at_the_hub_shows_on_the_key_and_not_in_the_open_basket(till: TillWindow) -> None:
    till.scan(MILK)
    till.counter.catalogue.apply([replace(MILK_ITEM, price_minor=199)], "epoch:3")
    till.bridge.report_catalogue(CatalogueChanged(frozenset({MILK_ITEM.item_id}), frozenset({"item"})))
    assert "£1.99" in till.sell.goods.grid.button_at(1).accessibleName()
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_a_shop_renamed_at_the_hub_is_renamed_here(till: TillWindow) -> None:
    till.counter.catalogue.apply([replace(SHOP, name="Corner Grocers")], "epoch:3")
    till.bridge.report_catalogue(CatalogueChanged(kinds=frozenset({"shop"})))
    assert till.window.windowTitle() == "Corner Grocers"


def test_a_printer_out_of_paper_says_so_and_the_receipt_can_be_shown_or_given_up(till: TillWindow) -> None:
    job = add_receipt_job(till)
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", waiting_jobs=1))
    banner = till.window.printer_notice.banner
    assert banner.message is not None
    assert banner.message.title == "A receipt is waiting: printer out of paper"
    assert till.window.top_bar.pill("printer").state.words == "Printer: out of paper"
    show, give_up = banner.buttons
    show.click()
    assert "Semi-skimmed milk 2L" in till.panel(ReceiptPanel).preview.text
    till.press(Key.Key_Escape)
    banner.buttons[1].click()
    assert give_up.caption == "Skip it"
    assert till.printer.decided == [(job.job_id, "skipped")]


def test_an_unconfirmed_receipt_asks_whether_it_printed(till: TillWindow) -> None:
    job = add_receipt_job(till)
    status = PrinterStatus(
        PrinterState.UNCONFIRMED, unconfirmed_job=job.job_id, unconfirmed_title="Receipt 2-000001"
    )
    till.bridge.report_printer(status)
    banner = till.window.printer_notice.banner
    assert banner.message is not None
    assert banner.message.title == "Did “Receipt 2-000001” print?"
    banner.buttons[0].click()
    till.bridge.report_printer(status)
    banner.buttons[1].click()
    assert till.printer.decided == [(job.job_id, "printed"), (job.job_id, "again")]


def test_what_ends_after_the_window_was_closed_is_heard_by_nobody(till: TillWindow) -> None:
    """The databases are closed by then."""
    heard: list[str] = []
    till.window.errands.send(till.window, lambda: "done", heard.append, lambda _error: None)
    till.window.close()
    for thread in [thread for thread in threading.enumerate() if thread.name == "errand"]:
        thread.join()
    QApplication.processEvents()
    assert heard == []


def test_printer_trouble_over_is_said_no_longer(till: TillWindow) -> None:
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "cover_open", 1))
    till.bridge.report_printer(PrinterStatus(PrinterState.READY))
    assert till.window.printer_notice.banner.message is None


def test_printer_trouble_stays_beside_other_messages(till: TillWindow) -> None:
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", 1))
    till.scan("5000128104518")
    till.scan(MILK)
    assert till.window.printer_notice.banner.message is not None


def test_nobody_decides_about_a_receipt_while_the_till_is_locked(till: TillWindow) -> None:
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", 1))
    till.press(Key.Key_F12)
    assert till.window.printer_notice.banner.message is None
    till.sign_on()
    assert till.window.printer_notice.banner.message is not None


def test_a_full_disk_is_said_and_nothing_changes(till: TillWindow) -> None:
    def full(_approver: StaffMember | None) -> None:
        raise LedgerUnavailable("disk_full")

    assert not till.window.attempt(full)
    assert till.message.startswith("The till's disk is full: nothing was changed")


def test_an_unexpected_exception_is_logged_and_told_and_the_basket_is_kept(
    till: TillWindow, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("ZeroDivisionError: boom")
    till.scan(MILK)
    error = ZeroDivisionError("boom")
    FailureHook(till.bridge).on_exception(ZeroDivisionError, error, None)
    assert "Something went wrong" in till.message
    assert len(till.rows) == 1


def test_a_receipts_barcode_brings_its_sale_to_the_returns_screen(till: TillWindow) -> None:
    sell_one(till)
    till.scan("RN2-000001")
    assert till.is_on(ScreenName.RETURNS)


def test_control_d_turns_the_lights_off_and_on(till: TillWindow, theme: Theme) -> None:
    assert not theme.tokens.is_dark
    till.press(Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert theme.tokens.is_dark
    till.press(Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert not theme.tokens.is_dark


def test_messages_on_the_sell_screen_leave_the_keys_where_they_are(till: TillWindow) -> None:
    before = till.sell.goods.grid.button_at(0).geometry()
    till.scan("5099999999995")
    assert till.message
    assert till.sell.goods.grid.button_at(0).geometry() == before


def test_closing_the_window_says_so(till: TillWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(till.window.closing):
        till.window.close()


def test_a_copy_of_an_earlier_receipt_is_printed_from_the_list(till: TillWindow) -> None:
    till.bridge.report_printer(PrinterStatus(PrinterState.READY))
    sell_one(till)
    till.press(Key.Key_F7)
    till.press(Key.Key_Return)
    assert "Semi-skimmed milk 2L" in till.panel(ReceiptPanel).preview.text
    till.press(Key.Key_F7)
    assert till.message.startswith("A copy is printing: Receipt 2-000001")
    assert len(till.counter.ledger.open_jobs()) == 2


def sell_one(till: TillWindow) -> None:
    services = till.counter.services
    services.selling.scan(MILK)
    services.checkout.pay_cash(165)
    services.checkout.complete()


def add_receipt_job(till: TillWindow) -> PrintJob:
    """The job of a sale, as the printer left it waiting."""
    sell_one(till)
    job = till.counter.ledger.open_jobs()[0]
    assert job.kind is JobKind.RECEIPT
    till.counter.ledger.mark(job.job_id, JobState.WAITING, "paper_out")
    return job


def test_a_removal_of_many_goods_waits_for_a_manager(till: TillWindow) -> None:
    till.bridge.report_sync(SyncStatus(LinkState.ONLINE, error_code="mass_removal"))
    assert "remove many goods" in till.window.top_bar.pill("hub").state.words
    till.window.top_bar.status_pressed.emit("hub")
    till.press(Key.Key_F9)
    till.panel(ApprovalPanel)
    assert till.hub.asked == []
    till.type_keys(MANAGER_PIN)
    till.press(Key.Key_Return)
    assert till.hub.asked == ["removal accepted"]


def test_without_a_printer_a_copy_and_an_x_report_are_shown(till: TillWindow) -> None:
    till.counter.sell(MILK)
    till.window.go(ScreenName.SALE_DONE)
    till.press(Key.Key_F7)
    assert "COPY 1" in till.panel(ReceiptPanel).preview.text
    till.press(Key.Key_Escape)
    till.counter.sign_on(MORAG, MANAGER_PIN)
    till.window.go(ScreenName.END_OF_DAY)
    till.press(Key.Key_F3)
    assert "X REPORT" in till.panel(ReceiptPanel).preview.text
