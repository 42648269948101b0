"""Gift receipts, pick-up slips, credit notes and labels from the screens, by key and by touch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.services.counter import SAM, SUPERVISOR_PIN
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.domain.sale import Sale
from till_app.domain.tender import TenderKind
from till_app.services.ports import JobKind, PrintJob
from till_app.services.printed_text import printed_text
from till_app.services.status import PrinterState, PrinterStatus
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.panels.find_item import FindItemPanel
from till_app.ui.panels.gift_receipt import GiftReceiptPanel
from till_app.ui.panels.label import LabelPanel
from till_app.ui.panels.more import MorePanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.screens.returns import ReturnsScreen
from till_app.ui.screens.sale_done import SaleDoneScreen
from till_app.ui.screens.stock import StockScreen
from till_app.ui.shell import ScreenName

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
MILK, LOAF, EGGS = "5000128104517", "5012345678900", "5000168001128"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    """On the sell screen; a printer is set up and ready."""
    with open_selling_till(tmp_path, qtbot) as opened:
        opened.bridge.printer_changed.emit(PrinterStatus(PrinterState.READY))
        yield opened


def sell(till: TillWindow, *codes: str) -> Sale:
    """Paid in cash; the sale-done screen is shown."""
    for code in codes:
        till.scan(code)
    till.press(Key.Key_Space)
    till.press(Key.Key_Return)
    assert till.is_on(ScreenName.SALE_DONE)
    return till.counter.ledger.latest_sales(1)[0]


def jobs(till: TillWindow, kind: JobKind) -> list[PrintJob]:
    return [job for job in till.counter.ledger.open_jobs() if job.kind is kind]


def text_of(job: PrintJob) -> str:
    return printed_text(job.document)


def done(till: TillWindow) -> SaleDoneScreen:
    screen = till.window.screen_named(ScreenName.SALE_DONE)
    assert isinstance(screen, SaleDoneScreen)
    return screen


# ------------------------------------------------------------------- after the sale


def test_one_thing_gets_its_gift_receipt_at_one_key(till: TillWindow) -> None:
    sell(till, MILK)
    till.press(Key.Key_F2)
    (job,) = jobs(till, JobKind.GIFT_RECEIPT)
    assert "Semi-skimmed milk 2L" in text_of(job)
    assert till.message == "On its way to the printer: Gift receipt 2-000001"
    assert till.is_on(ScreenName.SALE_DONE)


def test_of_several_the_gifts_are_chosen_by_keys(till: TillWindow) -> None:
    sell(till, MILK, LOAF, EGGS)
    till.press(Key.Key_F2)
    panel = till.panel(GiftReceiptPanel)
    assert [row.is_chosen for row in panel.list.rows] == [True, True, True]
    till.press(Key.Key_Down)
    till.press(Key.Key_Space)
    assert [row.is_chosen for row in panel.list.rows] == [True, False, True]
    till.press(Key.Key_Return)
    (job,) = jobs(till, JobKind.GIFT_RECEIPT)
    assert "milk" in text_of(job)
    assert "Sourdough" not in text_of(job)
    assert not till.window.overlay.is_open


def test_the_gifts_are_chosen_by_touch_and_none_of_them_is_not_printed(till: TillWindow) -> None:
    sell(till, MILK, LOAF)
    done(till).gift.click()
    panel = till.panel(GiftReceiptPanel)
    panel.none.click()
    assert not panel.print_it.isEnabled()
    till.press(Key.Key_Return)
    assert jobs(till, JobKind.GIFT_RECEIPT) == []
    at = panel.list.row_rect(1).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
    panel.print_it.click()
    (job,) = jobs(till, JobKind.GIFT_RECEIPT)
    assert "Sourdough loaf 800g" in text_of(job)
    assert "milk" not in text_of(job)


def test_everything_comes_back_with_its_key_and_escape_prints_nothing(till: TillWindow) -> None:
    sell(till, MILK, LOAF)
    till.press(Key.Key_F2)
    till.press(Key.Key_F3)
    till.press(Key.Key_F4)
    assert [row.is_chosen for row in till.panel(GiftReceiptPanel).list.rows] == [True, True]
    till.press(Key.Key_Escape)
    assert jobs(till, JobKind.GIFT_RECEIPT) == []
    assert till.is_on(ScreenName.SALE_DONE)


def test_a_pick_up_slip_is_one_key_away(till: TillWindow) -> None:
    sell(till, MILK, LOAF)
    till.press(Key.Key_F2, SHIFT)
    (job,) = jobs(till, JobKind.PICK_UP_SLIP)
    assert "Sourdough loaf 800g                  1 [ ]" in text_of(job)


def test_without_a_printer_the_document_is_shown(till: TillWindow) -> None:
    till.bridge.printer_changed.emit(PrinterStatus())
    sell(till, MILK)
    till.press(Key.Key_F2)
    assert "GIFT RECEIPT" in till.panel(ReceiptPanel).preview.text


def test_goods_that_came_back_have_a_credit_note_and_no_gift_receipt(till: TillWindow) -> None:
    sale = sell(till, MILK)
    assert done(till).credit.isHidden()
    services = till.counter.services
    services.returns.add(sale.uuid, {1: 1000})
    services.checkout.refund(TenderKind.CASH, 165)
    services.checkout.complete()
    till.window.go(ScreenName.SALE_DONE)
    assert done(till).gift.isHidden()
    assert done(till).pick_up.isHidden()
    till.press(Key.Key_F9)
    (job,) = jobs(till, JobKind.CREDIT_NOTE)
    assert "CREDITED                             £1.65" in text_of(job)


# -------------------------------------------------------------- receipts and returns


def test_an_earlier_receipt_offers_its_gift_receipt_and_slip(till: TillWindow) -> None:
    sell(till, MILK)
    till.press(Key.Key_Space)
    for key, modifiers in ((Key.Key_F2, Qt.KeyboardModifier.NoModifier), (Key.Key_F2, SHIFT)):
        till.press(Key.Key_F7)
        till.panel(ChoosePanel)
        till.press(Key.Key_Return)
        till.panel(ReceiptPanel)
        till.press(key, modifiers)
        assert not till.window.overlay.is_open
    assert len(jobs(till, JobKind.GIFT_RECEIPT)) == len(jobs(till, JobKind.PICK_UP_SLIP)) == 1


def returns(till: TillWindow) -> ReturnsScreen:
    screen = till.window.screen_named(ScreenName.RETURNS)
    assert isinstance(screen, ReturnsScreen)
    return screen


def test_the_returns_screen_prints_them_for_the_receipt_that_it_shows(till: TillWindow) -> None:
    sell(till, MILK)
    till.press(Key.Key_Space)
    till.press(Key.Key_F6)
    assert returns(till).gift.isHidden()
    till.press(Key.Key_F2)
    assert jobs(till, JobKind.GIFT_RECEIPT) == []
    till.scan("RN2-000001")
    till.press(Key.Key_F2)
    till.press(Key.Key_F2, SHIFT)
    assert len(jobs(till, JobKind.GIFT_RECEIPT)) == len(jobs(till, JobKind.PICK_UP_SLIP)) == 1


def test_a_scanned_gift_receipt_brings_the_sale_and_says_that_it_is_one(till: TillWindow) -> None:
    sell(till, MILK)
    till.press(Key.Key_Space)
    till.scan("GR2-000001")
    assert till.is_on(ScreenName.RETURNS)
    assert returns(till).heading_text == ("Gift receipt 2-000001 · whoever brings it may not know the price")
    till.press(Key.Key_F4)
    till.press(Key.Key_F6)
    assert till.rows == [("−1", "Semi-skimmed milk 2L", "−£1.65")]


# ---------------------------------------------------------------------------- labels


def label(till: TillWindow) -> dict[str, Any]:
    (job,) = jobs(till, JobKind.LABEL)
    content: dict[str, Any] = json.loads(job.document)["label"]
    return content


def test_a_label_is_printed_from_the_keyboard(till: TillWindow) -> None:
    till.press(Key.Key_F10, SHIFT)
    till.panel(FindItemPanel)
    till.type_keys("sourd")
    till.press(Key.Key_Return)
    panel = till.panel(LabelPanel)
    assert "£4.00 per kg" in panel.preview.text
    till.press(Key.Key_F2)
    assert "per kg" not in panel.preview.text
    till.type_keys("12")
    till.press(Key.Key_Return)
    assert label(till)["copies"] == 12
    assert "unit_price" not in label(till)
    assert till.message == "On its way to the printer: 12 × Label Sourdough loaf 800g"
    assert till.is_on(ScreenName.SELL)


def test_a_scan_answers_which_item_the_label_is_of(till: TillWindow) -> None:
    till.press(Key.Key_F10, SHIFT)
    till.scan("5999999999994")
    assert till.panel(FindItemPanel).list.rows == ()
    till.scan(EGGS)
    till.panel(LabelPanel).accept_button.click()
    assert label(till)["name"] == "Free-range eggs 6"
    assert label(till)["price"] == "£2.10"
    assert till.rows == []


def test_no_more_labels_than_can_be_meant(till: TillWindow) -> None:
    till.press(Key.Key_F10, SHIFT)
    till.scan(EGGS)
    panel = till.panel(LabelPanel)
    till.type_keys("100")
    assert panel.entry.value == 10
    till.press(Key.Key_Backspace)
    till.press(Key.Key_Backspace)
    assert not panel.accept_button.isEnabled()
    till.type_keys("0")
    assert panel.entry.value is None


def test_an_item_without_a_price_of_its_own_is_said(till: TillWindow) -> None:
    till.press(Key.Key_F10, SHIFT)
    till.type_keys("sundries")
    till.press(Key.Key_Return)
    assert not till.window.overlay.is_open
    assert till.message.startswith("“Sundries” has no price of its own")


def test_without_a_printer_for_labels_nothing_offers_them(till: TillWindow) -> None:
    till.press(Key.Key_F9)
    assert "label" in till.panel(MorePanel).buttons
    till.press(Key.Key_Escape)
    till.counter.devices.has_printer = False
    till.press(Key.Key_F9)
    assert "label" not in till.panel(MorePanel).buttons
    till.press(Key.Key_Escape)
    till.press(Key.Key_F10, SHIFT)
    assert till.message.startswith("No printer is set up for labels")


def test_the_stock_screen_prints_a_label_of_the_item_it_shows(till: TillWindow) -> None:
    till.counter.sign_on(SAM, SUPERVISOR_PIN)
    till.press(Key.Key_F11, SHIFT)
    screen = till.window.screen_named(ScreenName.STOCK)
    assert isinstance(screen, StockScreen)
    assert not screen.label_button.isEnabled()
    till.scan(MILK)
    till.press(Key.Key_F2)
    till.panel(LabelPanel)
    till.press(Key.Key_Return)
    assert label(till)["name"] == "Semi-skimmed milk 2L"
    assert till.is_on(ScreenName.STOCK)
    till.counter.devices.has_printer = False
    screen.entered()
    assert screen.label_button.isHidden()


def test_a_label_that_waits_can_be_looked_at(till: TillWindow) -> None:
    till.press(Key.Key_F10, SHIFT)
    till.scan(MILK)
    till.press(Key.Key_Return)
    (job,) = jobs(till, JobKind.LABEL)
    till.window.show_receipt(job.document)
    assert "£0.83 per litre" in till.panel(ReceiptPanel).preview.text
