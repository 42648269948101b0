"""The sell screen as a cashier uses it, over real services and real SQLite files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.services.counter import MILK as MILK_ITEM
from tests.services.counter import SUPERVISOR_PIN
from tests.ui.till_fixture import CROISSANT, TillWindow, open_selling_till
from till_app.services.device_status import OpeningReason
from till_app.ui.panels.age_check import AgeCheckPanel
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.panels.discount import DiscountPanel
from till_app.ui.panels.more import MorePanel
from till_app.ui.panels.price import PricePanel
from till_app.ui.panels.question import QuestionPanel
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.shell import ScreenName

Key = Qt.Key
MILK, LOAF, WINE, MINTS, RECALLED = (
    "5000128104517",
    "5012345678900",
    "5010186016515",
    "50184323",
    "5000127162242",
)


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def test_a_scan_becomes_a_line_and_the_same_again_raises_its_quantity(till: TillWindow) -> None:
    till.scan(MILK)
    till.scan(LOAF)
    till.scan(MILK)
    assert till.rows == [("2", "Semi-skimmed milk 2L", "£3.30"), ("1", "Sourdough loaf 800g", "£3.20")]
    assert till.sell.basket.totals.total_text == "£6.50"
    assert till.sell.basket.view.current == 0, "the line that the scan changed is highlighted"


def test_three_times_typed_before_a_scan_counts_for_that_scan_only(till: TillWindow) -> None:
    till.type_keys("3*")
    assert till.sell.goods.multiplier.isVisible()
    assert till.sell.goods.multiplier.caption == "3 ×"
    till.scan(MILK)
    assert not till.sell.goods.multiplier.isVisible()
    till.scan(LOAF)
    assert till.rows == [("3", "Semi-skimmed milk 2L", "£4.95"), ("1", "Sourdough loaf 800g", "£3.20")]


def test_escape_takes_a_typed_multiplier_back(till: TillWindow) -> None:
    till.type_keys("3*")
    till.press(Key.Key_Escape)
    till.scan(MILK)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_a_typed_plu_and_enter_sells_it(till: TillWindow) -> None:
    till.type_keys("4011")
    till.press(Key.Key_Return)
    assert till.rows == [("1", "Bananas, loose", "£0.18")]
    assert till.sell.goods.search.text() == ""


def test_a_typed_name_shows_results_and_enter_takes_the_highlighted_one(
    till: TillWindow, qtbot: QtBot
) -> None:
    till.type_keys("semi")
    qtbot.waitUntil(lambda: till.sell.goods.search.is_showing_results)
    till.press(Key.Key_Return)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_enter_before_the_results_are_seen_shows_them_and_sells_nothing(till: TillWindow) -> None:
    till.sell.goods.search.setText("semi")
    till.press(Key.Key_Return)
    assert till.rows == []
    assert till.sell.goods.search.is_showing_results


def test_a_tap_on_a_quick_key_sells_it_and_the_keyboard_stays_with_the_search(till: TillWindow) -> None:
    till.sell.goods.grid.button_at(0).click()
    assert till.rows == [("1", "Sourdough loaf 800g", "£3.20")]
    assert till.sell.goods.search.hasFocus()


def test_weighed_goods_ask_for_their_weight_and_show_the_price_while_it_is_typed(till: TillWindow) -> None:
    till.type_keys("4100")
    till.press(Key.Key_Return)
    panel = till.panel(WeightPanel)
    till.type_keys("0.412")
    assert "£3.91" in panel.detail
    till.press(Key.Key_Return)
    assert till.rows == [("0.412", "Mature cheddar", "£3.91")]


def test_three_times_before_a_tap_on_weighed_goods_still_asks_for_the_weight(till: TillWindow) -> None:
    till.type_keys("3*")
    till.sell.goods.grid.button_at(5).click()
    assert till.panel(WeightPanel).accessibleName() == "Mature cheddar"


def test_a_department_shows_its_goods_as_tiles(till: TillWindow) -> None:
    till.sell.goods.chips.chip("department:bakery").click()
    names = [till.sell.goods.grid.button_at(place).accessibleName() for place in range(3)]
    assert names == [
        "Croissant, £1.80, 9 left",
        "Filter coffee, £2.60",
        "Sourdough loaf 800g, £3.20, 12 left",
    ]


def test_a_picture_that_is_not_here_is_fetched_before_others_when_somebody_looks_at_its_item(
    till: TillWindow, qtbot: QtBot
) -> None:
    catalogue = till.counter.catalogue
    shown, on_a_key = "a" * 64, "b" * 64
    catalogue.apply([replace(MILK_ITEM, picture=on_a_key), replace(CROISSANT, picture=shown)], "epoch:3")
    assert catalogue.missing_pictures(1) == [on_a_key]
    till.sell.goods.chips.chip("department:bakery").click()
    qtbot.waitUntil(lambda: catalogue.missing_pictures(1) == [shown])


def test_cash_paid_out_takes_an_amount_a_reason_and_a_supervisor(till: TillWindow) -> None:
    till.press(Key.Key_F9)
    till.panel(MorePanel).choose("paid_out")
    till.type_keys("500")
    till.press(Key.Key_Return)
    till.type_keys("window cleaner")
    till.press(Key.Key_Return)
    approval = till.panel(ApprovalPanel)
    approval.choose(next(m for m in till.counter.services.sign_on.staff() if m.name == "Sam"))
    till.type_keys(SUPERVISOR_PIN)
    till.press(Key.Key_Return)
    assert till.message == "Paid out: £5.00"
    assert _openings(till) == [OpeningReason.FLOAT, OpeningReason.MOVEMENT]


def test_no_sale_opens_the_drawer_with_its_reason(till: TillWindow) -> None:
    till.press(Key.Key_F8)
    till.type_keys("2")
    assert _openings(till) == [OpeningReason.FLOAT, OpeningReason.NO_SALE]
    assert till.window.overlay.panel is None


def _openings(till: TillWindow) -> list[OpeningReason]:
    """Of the drawer, in order; the day began with its float."""
    return [opening.reason for opening in till.counter.devices.openings]


def test_an_open_price_is_typed(till: TillWindow) -> None:
    till.type_keys("sundries")
    till.press(Key.Key_Return)
    till.panel(PricePanel)
    till.type_keys("1250")
    till.press(Key.Key_Return)
    assert till.rows == [("1", "Sundries", "£12.50")]


def test_an_age_check_is_asked_once_for_a_customer(till: TillWindow) -> None:
    till.scan(WINE)
    till.press(Key.Key_Return)
    assert till.panel(AgeCheckPanel).isVisible(), "Enter passes no age check"
    till.press(Key.Key_F1)
    till.scan(WINE)
    assert till.rows == [("2", "Red wine 75cl", "£17.50")]


def test_a_refused_age_check_sells_nothing_and_is_on_record(till: TillWindow) -> None:
    before = till.counter.ledger.journal_head().seq
    till.scan(WINE)
    till.press(Key.Key_F4)
    assert till.rows == []
    assert till.message.startswith("“Red wine 75cl” was not sold")
    assert till.counter.ledger.journal_head().seq == before + 1


def test_a_code_that_fits_two_items_asks_which(till: TillWindow) -> None:
    till.scan(MINTS)
    panel = till.panel(ChoosePanel)
    assert [row.title for row in panel.list.rows] == ["Mints", "Mints, old pack"]
    till.press(Key.Key_Down)
    till.press(Key.Key_Return)
    assert till.rows == [("1", "Mints, old pack", "£0.55")]


def test_an_unknown_code_says_so_and_can_be_sold_at_an_open_price(till: TillWindow) -> None:
    till.scan("5099999999995")
    assert till.message.startswith("Unknown code 5099999999995")
    till.step("Sell as “Sundries”").click()
    till.panel(PricePanel)
    till.type_keys("99")
    till.press(Key.Key_Return)
    assert till.rows == [("1", "Sundries", "£0.99")]
    assert till.counter.services.selling.lines[0].code == "5099999999995"


def test_a_misread_asks_for_another_scan_and_a_good_scan_ends_the_message(till: TillWindow) -> None:
    till.scan("5000128104518")
    assert till.message.startswith("Misread: scan it again")
    till.scan(MILK)
    assert till.message == ""
    assert len(till.rows) == 1


def test_blocked_goods_are_not_sold(till: TillWindow) -> None:
    till.scan(RECALLED)
    assert till.message.startswith("“Recalled hummus” must not be sold")
    assert till.rows == []


def test_a_scan_while_a_question_is_open_is_refused_in_words(till: TillWindow) -> None:
    till.scan(WINE)
    till.scan(MILK)
    assert till.message.startswith("Not scanned")
    till.press(Key.Key_Escape)
    assert till.rows == []


def test_plus_and_minus_change_the_highlighted_line(till: TillWindow) -> None:
    till.scan(MILK)
    till.scan(LOAF)
    till.press(Key.Key_Up)
    till.type_keys("++")
    till.type_keys("-")
    assert till.rows == [("2", "Semi-skimmed milk 2L", "£3.30"), ("1", "Sourdough loaf 800g", "£3.20")]


def test_minus_at_one_says_how_to_take_the_line_out(till: TillWindow) -> None:
    till.scan(MILK)
    till.type_keys("-")
    assert "use Void line" in till.message
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_f2_sets_the_quantity(till: TillWindow) -> None:
    till.scan(MILK)
    till.press(Key.Key_F2)
    till.type_keys("12")
    till.press(Key.Key_Return)
    assert till.rows == [("12", "Semi-skimmed milk 2L", "£19.80")]


def test_del_voids_the_line(till: TillWindow) -> None:
    till.scan(MILK)
    till.scan(LOAF)
    till.press(Key.Key_Delete)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_voiding_the_basket_is_asked_first(till: TillWindow) -> None:
    till.scan(MILK)
    till.press(Key.Key_F5)
    till.panel(QuestionPanel)
    till.press(Key.Key_Escape)
    assert len(till.rows) == 1
    till.press(Key.Key_F5)
    till.press(Key.Key_F5)
    assert till.rows == []
    assert not till.counter.services.selling.is_open


def test_a_cashiers_discount_needs_a_supervisors_pin(till: TillWindow) -> None:
    till.scan(MILK)
    till.press(Key.Key_F3)
    till.panel(DiscountPanel)
    till.type_keys("10")
    till.press(Key.Key_Return)
    approval = till.panel(ApprovalPanel)
    till.type_keys("0000")
    till.press(Key.Key_Return)
    assert approval.pin_pad.message == "Wrong PIN – 4 tries left"
    sam = next(m for m in till.counter.services.sign_on.staff() if m.name == "Sam")
    approval.choose(sam)
    till.type_keys(SUPERVISOR_PIN)
    till.press(Key.Key_Return)
    row = till.sell.basket.view.rows[0]
    assert (row.note, row.amount_text) == ("Discount −£0.17", "£1.48")
    assert till.counter.services.selling.lines[0].approved_by == sam.staff_id


def test_space_pays_and_an_empty_basket_says_that_there_is_nothing_to_pay(till: TillWindow) -> None:
    till.press(Key.Key_Space)
    assert till.is_on(ScreenName.SELL)
    assert till.message.startswith("There is nothing to pay yet")
    till.scan(MILK)
    till.press(Key.Key_Space)
    assert till.is_on(ScreenName.TENDER)


def test_a_space_inside_a_name_is_part_of_the_name(till: TillWindow) -> None:
    till.scan(MILK)
    till.type_keys("red wine")
    assert till.is_on(ScreenName.SELL)
    assert till.sell.goods.search.text() == "red wine"


def test_the_open_basket_is_there_again_after_a_restart(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as before:
        before.scan(MILK)
        before.scan(LOAF)
    with open_selling_till(tmp_path, qtbot) as after:
        assert after.rows == [
            ("1", "Semi-skimmed milk 2L", "£1.65"),
            ("1", "Sourdough loaf 800g", "£3.20"),
        ]
        assert after.message.startswith("The open basket is back")


def test_total_savings_and_vat_are_visible_before_and_after_the_first_line(till: TillWindow) -> None:
    totals = till.sell.basket.totals
    assert (totals.total_text, totals.savings_text, totals.vat_text) == ("£0.00", "£0.00", "£0.00")
    till.type_keys("12")
    till.press(Key.Key_Return)
    assert (totals.total_text, totals.savings_text, totals.vat_text) == ("£2.60", "£0.00", "£0.43")
