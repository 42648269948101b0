"""Who buys: found and named by keys, shown above the basket, made new, taken off again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.services.chain_shop import CAFE, THREE_FOR_TWO, apply, fill_chain
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.services.status import CatalogueChanged
from till_app.ui.panels.find_customer import FindCustomerPanel
from till_app.ui.panels.new_customer import NewCustomerPanel
from till_app.ui.panels.question import QuestionPanel

MILK_CODE = "5000128104517"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        fill_chain(opened.counter, THREE_FOR_TWO)
        opened.sell.entered()
        yield opened


def name_the_cafe(till: TillWindow) -> None:
    till.press(Qt.Key.Key_F11)
    till.type_keys("corner")
    till.press(Qt.Key.Key_Return)


def test_a_customer_is_found_and_named_without_the_mouse(till: TillWindow) -> None:
    name_the_cafe(till)
    chip = till.sell.basket.customer
    assert chip.isVisible()
    assert chip.accessibleName() == "Corner Café, F11 · owes £12.50, 08:00"
    assert not till.window.overlay.is_open


def test_without_a_customer_nothing_stands_above_the_basket(till: TillWindow) -> None:
    assert not till.sell.basket.customer.isVisible()


def test_prices_on_the_screen_are_those_of_the_customer(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    name_the_cafe(till)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.30")]
    assert till.sell.basket.view.rows[0].note == "customer's price"
    assert "£1.30" in till.sell.goods.grid.button_at(1).accessibleName()


def test_the_customer_is_taken_off_with_del(till: TillWindow) -> None:
    till.scan(MILK_CODE)
    name_the_cafe(till)
    till.press(Qt.Key.Key_F11)
    assert "owes £12.50, 24 Nov 2026 08:00" in till.panel(QuestionPanel).text
    till.press(Qt.Key.Key_Delete)
    assert not till.sell.basket.customer.isVisible()
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]


def test_nobody_found_leads_to_a_new_customer_with_what_was_typed(till: TillWindow) -> None:
    till.press(Qt.Key.Key_F11)
    till.type_keys("Ada Byron")
    till.press(Qt.Key.Key_F2)
    panel = till.panel(NewCustomerPanel)
    assert panel.name.text() == "Ada Byron"
    till.press(Qt.Key.Key_F2)
    assert till.message == "New customer: Ada Byron"
    assert till.sell.basket.customer.accessibleName() == "Ada Byron, F11"


@pytest.mark.parametrize(("typed", "field"), [("0113 496", "phone"), ("ada@example.org", "email")])
def test_what_was_typed_goes_where_it_fits(till: TillWindow, typed: str, field: str) -> None:
    till.press(Qt.Key.Key_F11)
    till.type_keys(typed)
    till.press(Qt.Key.Key_F2)
    panel = till.panel(NewCustomerPanel)
    assert getattr(panel, field).text() == typed
    assert panel.name.text() == ""


def test_a_refused_customer_keeps_what_was_typed(till: TillWindow) -> None:
    till.press(Qt.Key.Key_F11)
    till.press(Qt.Key.Key_F2)
    panel = till.panel(NewCustomerPanel)
    till.type_keys("Ada")
    panel.email.setText("ada")
    till.press(Qt.Key.Key_F2)
    assert till.message.startswith("That is no e-mail address")
    assert till.panel(NewCustomerPanel).name.text() == "Ada"


def test_enter_goes_through_the_fields_and_saves_from_the_last(till: TillWindow) -> None:
    till.press(Qt.Key.Key_F11)
    till.press(Qt.Key.Key_F2)
    till.type_keys("Ada")
    for _ in range(5):
        till.press(Qt.Key.Key_Return)
    assert till.message == "New customer: Ada"


def test_the_first_one_found_is_chosen_though_typing_has_not_paused(till: TillWindow) -> None:
    till.press(Qt.Key.Key_F11)
    panel = till.panel(FindCustomerPanel)
    till.type_keys("nadia")
    till.press(Qt.Key.Key_Return)
    assert not panel.isVisible()
    assert till.sell.basket.customer.caption == "Nadia Novak"


def test_the_chip_is_pressed_too(till: TillWindow) -> None:
    name_the_cafe(till)
    till.sell.basket.customer.click()
    till.panel(QuestionPanel)


def test_a_balance_that_the_hub_changes_is_on_the_chip(till: TillWindow) -> None:
    name_the_cafe(till)
    apply(till.counter, replace(CAFE, balance_minor=-500))
    till.bridge.catalogue_changed.emit(CatalogueChanged(kinds=frozenset({"customer"})))
    assert till.sell.basket.customer.accessibleName() == "Corner Café, F11 · has £5.00 in hand, 08:00"


def test_a_saving_stands_on_its_line_by_the_promotions_name_and_in_the_total(till: TillWindow) -> None:
    for code in ("5000108022176", "5000108022183", "5000108022190"):
        till.scan(code)
    assert [row.note for row in till.sell.basket.view.rows] == [
        "3 for 2 −£0.33",
        "3 for 2 −£0.65",
        "3 for 2 −£0.47",
    ]
    assert till.sell.basket.totals.savings_text == "−£1.45"


def test_signing_off_forgets_who_was_named_before_a_first_item(till: TillWindow) -> None:
    name_the_cafe(till)
    till.sell.more_actions.sign_off()
    assert till.counter.services.selling.customer is None
