"""Paying, the change, returns and the end of the day as a cashier does them, over real services."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.services.counter import MANAGER_PIN, MORAG, SAM, SUPERVISOR_PIN
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.domain.tender import TenderKind
from till_app.services.status import PrinterState, PrinterStatus
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.panels.question import QuestionPanel
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.screens.end_of_day import EndOfDayScreen
from till_app.ui.screens.returns import ReturnsScreen
from till_app.ui.screens.sale_done import SaleDoneScreen
from till_app.ui.screens.tender import TenderScreen
from till_app.ui.shell import ScreenName
from till_app.ui.widgets.action_button import ActionButton

Key = Qt.Key
MILK, LOAF = "5000128104517", "5012345678900"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def tender(till: TillWindow) -> TenderScreen:
    return cast(TenderScreen, till.window.screen_named(ScreenName.TENDER))


def done(till: TillWindow) -> SaleDoneScreen:
    return cast(SaleDoneScreen, till.window.screen_named(ScreenName.SALE_DONE))


def returns(till: TillWindow) -> ReturnsScreen:
    return cast(ReturnsScreen, till.window.screen_named(ScreenName.RETURNS))


def end_of_day(till: TillWindow) -> EndOfDayScreen:
    return cast(EndOfDayScreen, till.window.screen_named(ScreenName.END_OF_DAY))


def pay(till: TillWindow, *codes: str) -> None:
    """Scan, then Space to the tender screen."""
    for code in codes:
        till.scan(code)
    till.press(Key.Key_Space)
    assert till.is_on(ScreenName.TENDER)


def places_of_buttons(till: TillWindow) -> dict[str, tuple[int, int]]:
    """Where each button of the screen that is shown lies in the window; of messages none."""
    QApplication.processEvents()
    screen = till.window.screen_named(till.window.current or ScreenName.SELL)
    corner = QPoint()
    return {
        button.caption: button.mapTo(till.window, corner).toTuple()
        for button in screen.findChildren(ActionButton)
        if button.isVisible() and button not in till.window.messages.buttons and button.caption
    }


def test_no_button_moves_under_a_finger_when_a_scan_is_refused_beside_a_tender(till: TillWindow) -> None:
    pay(till, MILK)
    before = places_of_buttons(till)
    till.scan(LOAF)
    assert "Not added" in till.message
    assert places_of_buttons(till) == before


def test_no_button_moves_when_a_message_comes_after_the_sale(till: TillWindow) -> None:
    till.bridge.printer_changed.emit(PrinterStatus(PrinterState.READY))
    pay(till, MILK)
    till.press(Key.Key_Return)
    assert till.is_on(ScreenName.SALE_DONE)
    before = places_of_buttons(till)
    till.press(Key.Key_F7)
    assert "copy" in till.message
    assert places_of_buttons(till) == before


def sell(till: TillWindow, *codes: str) -> str:
    pay(till, *codes)
    till.press(Key.Key_Return)
    assert till.is_on(ScreenName.SALE_DONE)
    completed = till.counter.services.checkout.last_completed
    assert completed is not None
    till.press(Key.Key_Space)
    return completed.sale.receipt_number


def test_cash_typed_shows_its_change_before_it_is_taken_and_after(till: TillWindow) -> None:
    pay(till, MILK)
    till.type_keys("500")
    assert tender(till).change_text == "£3.35"
    till.press(Key.Key_Return)
    assert done(till).amount_text == "£3.35"
    till.press(Key.Key_Space)
    assert till.is_on(ScreenName.SELL)
    assert till.rows == []


def test_enter_takes_the_exact_amount(till: TillWindow) -> None:
    pay(till, MILK)
    till.press(Key.Key_Return)
    assert done(till).amount_text == "£1.65"


def test_a_suggested_note_is_one_key(till: TillWindow) -> None:
    pay(till, MILK)
    till.press(Key.Key_F6)
    assert done(till).amount_text == "£3.35"


def test_too_little_cash_leaves_the_rest_to_pay(till: TillWindow) -> None:
    pay(till, MILK)
    till.type_keys("100")
    till.press(Key.Key_Return)
    assert till.is_on(ScreenName.TENDER)
    assert tender(till).due_text == "£0.65"


def test_a_card_is_taken_only_when_the_terminal_approved(till: TillWindow) -> None:
    pay(till, MILK)
    till.press(Key.Key_F2)
    till.press(Key.Key_Return)
    assert till.panel(QuestionPanel).text == "£1.65"
    till.press(Key.Key_Escape)
    assert till.counter.services.selling.tenders == ()
    till.press(Key.Key_Return)
    till.press(Key.Key_Return)
    assert till.is_on(ScreenName.SALE_DONE)
    (sale,) = till.counter.ledger.latest_sales(1)
    assert [line.kind for line in sale.tenders] == [TenderKind.CARD]


def test_more_than_is_due_on_a_card_is_said_and_nothing_is_keyed(till: TillWindow) -> None:
    pay(till, MILK)
    till.press(Key.Key_F2)
    till.type_keys("200")
    till.press(Key.Key_Return)
    assert not till.window.overlay.is_open
    assert "£1.65" in till.message
    assert till.counter.services.selling.tenders == ()


def test_a_payment_can_be_taken_back_while_the_sale_is_open(till: TillWindow) -> None:
    pay(till, MILK)
    till.type_keys("100")
    till.press(Key.Key_Return)
    till.press(Key.Key_F9)
    till.panel(QuestionPanel)
    till.press(Key.Key_Return)
    assert tender(till).due_text == "£1.65"


def test_a_scan_while_paying_is_refused_in_words_and_not_lost_silently(till: TillWindow) -> None:
    pay(till, MILK)
    till.scan(LOAF)
    assert "Not added" in till.message
    till.press(Key.Key_Escape)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_the_next_customers_scan_ends_the_change_screen(till: TillWindow) -> None:
    pay(till, MILK)
    till.press(Key.Key_Return)
    till.scan(LOAF)
    assert till.is_on(ScreenName.SELL)
    assert till.rows == [("1", "Sourdough loaf 800g", "£3.20")]


def test_a_receipts_barcode_brings_its_sale_back_for_part_of_it(till: TillWindow) -> None:
    number = sell(till, MILK, MILK, LOAF)
    till.scan(f"RN{number}")
    assert till.is_on(ScreenName.RETURNS)
    till.press(Key.Key_Return)
    assert returns(till).picked_texts == ["1 back", "tap to return"]
    till.press(Key.Key_F6)
    assert till.rows == [("−1", "Semi-skimmed milk 2L", "−£1.65")]
    till.press(Key.Key_Space)
    assert tender(till).due_text == "£1.65"
    till.press(Key.Key_Return)
    assert done(till).amount_text == "£1.65"
    assert till.counter.ledger.latest_sales(1)[0].total_minor == -165


def test_no_more_comes_back_than_was_sold(till: TillWindow) -> None:
    number = sell(till, MILK)
    till.press(Key.Key_F6)
    till.type_keys(number)
    till.press(Key.Key_Return)
    till.press(Key.Key_Return)
    till.press(Key.Key_Return)
    assert returns(till).picked_texts == ["tap to return"], "a tap past the last begins again at none"
    till.press(Key.Key_F4)
    till.press(Key.Key_F6)
    till.press(Key.Key_F6)
    till.scan(f"RN{number}")
    assert returns(till).picked_texts == ["all came back"]


def test_an_unknown_receipt_says_what_to_do(till: TillWindow) -> None:
    till.press(Key.Key_F6)
    till.type_keys("9-000001")
    till.press(Key.Key_Return)
    assert "no receipt 9-000001" in till.message


def test_goods_without_a_receipt_come_back_with_a_supervisor(till: TillWindow) -> None:
    till.press(Key.Key_F6)
    till.scan(MILK)
    till.panel(QuestionPanel)
    till.press(Key.Key_Return)
    till.panel(ApprovalPanel).choose(SAM)
    till.type_keys(SUPERVISOR_PIN)
    till.press(Key.Key_Return)
    assert till.rows == [("−1", "Semi-skimmed milk 2L", "−£1.65")]


def test_weighed_goods_without_a_receipt_come_back_by_their_weight(till: TillWindow) -> None:
    till.press(Key.Key_F6)
    till.scan("4100")
    till.panel(WeightPanel)
    till.type_keys("0.412")
    till.press(Key.Key_Return)
    till.panel(QuestionPanel)
    till.press(Key.Key_Return)
    till.panel(ApprovalPanel).choose(SAM)
    till.type_keys(SUPERVISOR_PIN)
    till.press(Key.Key_Return)
    assert till.rows == [("−0.412", "Mature cheddar", "−£3.91")]


def test_a_code_of_two_goods_asks_which_one_comes_back(till: TillWindow) -> None:
    till.press(Key.Key_F6)
    till.scan("50184323")
    till.panel(ChoosePanel).choose("id-mints-old")
    assert "Mints, old pack" in till.panel(QuestionPanel).accessibleName()


def test_the_drawer_is_counted_blind_and_closing_numbers_the_z(till: TillWindow) -> None:
    sell(till, MILK)
    till.counter.sign_on(MORAG, MANAGER_PIN)
    till.window.go(ScreenName.END_OF_DAY)
    screen = end_of_day(till)
    screen.count.field(5000).setText("2")
    assert "£101.65" not in screen.cash_text
    assert not screen.tells_figures, "a day's takings tell what is in the drawer"
    till.press(Key.Key_F4)
    assert "Expected £101.65" in screen.cash_text
    assert "Short −£1.65" in screen.cash_text
    till.press(Key.Key_F9)
    assert till.is_on(ScreenName.SIGN_ON)
    assert "Z report 1" in till.message
    assert till.counter.services.workplace.session is None


def test_a_cashier_closes_the_day_only_with_a_manager(till: TillWindow) -> None:
    till.window.go(ScreenName.END_OF_DAY)
    till.press(Key.Key_F4)
    till.press(Key.Key_F9)
    panel = till.panel(ApprovalPanel)
    panel.choose(MORAG)
    till.type_keys(MANAGER_PIN)
    till.press(Key.Key_Return)
    assert till.counter.services.workplace.session is None


def test_figures_alone_are_a_receipt_of_this_till(till: TillWindow) -> None:
    sell(till, MILK)
    till.press(Key.Key_F6)
    till.type_keys("9")
    till.press(Key.Key_Return)
    assert "no receipt 9" in till.message
    till.type_keys("1")
    till.press(Key.Key_Return)
    assert returns(till).picked_texts == ["tap to return"]
    assert till.message == ""
