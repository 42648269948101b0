"""Stock at the till by scanner and keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.services.chain_shop import apply, fill_chain
from tests.services.counter import SAM, SUPERVISOR_PIN
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.domain.catalogue import StockLevel
from till_app.services.status import CatalogueChanged
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.screens.stock import StockScreen
from till_app.ui.shell import ScreenName
from till_app.wire.bodies import Kind

MILK_CODE, OATS_CODE, OATS_CASE = "5000128104517", "5000108022176", "15000108022173"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    """On the stock screen, signed on as Sam, a supervisor."""
    with open_selling_till(tmp_path, qtbot) as opened:
        fill_chain(opened.counter)
        opened.counter.sign_on(SAM, SUPERVISOR_PIN)
        opened.press(Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
        assert opened.is_on(ScreenName.STOCK)
        yield opened


def stock(till: TillWindow) -> StockScreen:
    screen = till.window.screen_named(ScreenName.STOCK)
    assert isinstance(screen, StockScreen)
    return screen


def places(till: TillWindow) -> list[tuple[str, str, str]]:
    return [(row.title, row.detail, row.amount_text) for row in stock(till).places.rows]


def recorded(till: TillWindow) -> list[tuple[str, str, str]]:
    return [(row.title, row.detail, row.amount_text) for row in stock(till).done.rows]


def test_a_scan_shows_what_is_where_and_since_when_that_was_true(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    assert places(till) == [
        ("Shop floor", "48 at the hub, 24 Nov 2026 08:00", "48"),
        ("Cellar", "12 at the hub, 24 Nov 2026 08:00", "12"),
    ]


def test_stock_that_nobody_spoke_of_has_no_figure(till: TillWindow) -> None:
    till.scan(OATS_CODE)
    assert places(till)[0] == ("Shop floor", "no figure from the hub yet", "–")


def test_scan_type_enter_and_the_next(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    till.type_keys("45")
    till.press(Qt.Key.Key_Return)
    till.scan(OATS_CODE)
    till.type_keys("7")
    till.press(Qt.Key.Key_Return)
    assert recorded(till) == [
        ("Porridge oats 1kg", "counted, 0 expected · Shop floor", "7"),
        ("Semi-skimmed milk 2L", "counted, 48 expected · Shop floor", "45"),
    ]
    assert len(till.counter.ledger.unsent_of_kind(Kind.STOCK_COUNTED)) == 2


def test_the_same_item_scanned_again_counts_up_and_a_case_by_what_is_in_it(till: TillWindow) -> None:
    till.scan(OATS_CODE)
    assert stock(till).entry.value is None
    till.scan(OATS_CODE)
    assert stock(till).entry.value == 2000
    till.scan(OATS_CASE)
    assert stock(till).entry.value == 8000


def test_after_a_count_the_same_item_is_counted_from_none(till: TillWindow) -> None:
    till.scan(OATS_CODE)
    till.scan(OATS_CODE)
    till.press(Qt.Key.Key_Return)
    till.scan(OATS_CODE)
    assert stock(till).entry.value == 1000


def test_a_number_that_is_not_saved_is_asked_about_before_the_next_item(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    till.type_keys("45")
    till.scan(OATS_CODE)
    assert till.message.startswith("45 of “Semi-skimmed milk 2L” is not saved yet")
    assert recorded(till) == []
    till.step("Save it").click()
    assert recorded(till) == [("Semi-skimmed milk 2L", "counted, 48 expected · Shop floor", "45")]
    assert places(till)[0][1] == "no figure from the hub yet"  # the oats are on the screen


def test_a_number_may_be_dropped_for_the_next_item(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    till.type_keys("45")
    till.scan(OATS_CODE)
    till.step("Drop it").click()
    assert (recorded(till), stock(till).entry.value) == ([], None)
    assert places(till)[0][2] == "–"


def test_the_place_is_chosen_with_the_arrows(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    till.press(Qt.Key.Key_Down)
    till.type_keys("10")
    till.press(Qt.Key.Key_Return)
    assert recorded(till) == [("Semi-skimmed milk 2L", "counted, 12 expected · Cellar", "10")]
    assert places(till)[1] == (
        "Cellar",
        "12 at the hub, 24 Nov 2026 08:00 · −2 here, not sent yet",
        "10",
    )


def test_an_adjustment_asks_for_its_cause(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    till.type_keys("3")
    till.press(Qt.Key.Key_F3)
    assert [(row.title, row.amount_text) for row in till.panel(ChoosePanel).list.rows] == [
        ("Thrown away", "−3"),
        ("Damaged", "−3"),
        ("Used in the shop", "−3"),
        ("Found", "+3"),
        ("Delivered", "+3"),
    ]
    till.type_keys("5")
    assert recorded(till) == [("Semi-skimmed milk 2L", "Delivered · Shop floor", "+3")]
    assert places(till)[0][2] == "51"


def test_nothing_is_recorded_without_a_number(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    assert not stock(till).count_button.isEnabled()
    till.press(Qt.Key.Key_Return)
    assert recorded(till) == []


def test_an_item_is_found_by_its_name(till: TillWindow) -> None:
    till.type_keys("porridge")
    stock(till).search.query_changed.emit("porridge")
    till.press(Qt.Key.Key_Return)
    assert places(till)[0][2] == "–"


def test_letters_typed_into_a_count_begin_a_search(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    till.type_keys("te")
    assert stock(till).search.text() == "te"


def test_an_unknown_code_says_so(till: TillWindow) -> None:
    till.scan("9999999999994")
    assert till.message.startswith("Unknown code 9999999999994")


def test_a_level_that_the_hub_changes_is_shown_at_once(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    apply(till.counter, StockLevel("id-milk", 60_000, "2026-11-24T14:00:00.000000Z", "floor"))
    till.bridge.catalogue_changed.emit(
        CatalogueChanged(item_ids=frozenset({"id-milk"}), kinds=frozenset({"stock"}))
    )
    assert places(till)[0][2] == "60"


def test_esc_goes_back_to_the_basket(till: TillWindow) -> None:
    till.press(Qt.Key.Key_Escape)
    assert till.is_on(ScreenName.SELL)


def test_a_cashier_needs_a_supervisors_pin_once(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as till:
        fill_chain(till.counter)
        till.press(Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
        assert till.is_on(ScreenName.SELL)
        panel = till.panel(ApprovalPanel)
        panel.choose(SAM)
        till.type_keys(SUPERVISOR_PIN)
        till.press(Qt.Key.Key_Return)
        assert till.is_on(ScreenName.STOCK)
        till.scan(MILK_CODE)
        till.type_keys("45")
        till.press(Qt.Key.Key_Return)
        assert recorded(till) == [("Semi-skimmed milk 2L", "counted, 48 expected · Shop floor", "45")]
