"""Scans that need a word: goods past their date, a label that was misread, a price in another currency."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.services.chain_shop import apply
from tests.services.counter import SUPERVISOR_PIN, an_item
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.domain.catalogue import Unit
from till_app.domain.in_store import EmbeddedValue, InStoreLayout
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.panels.weight import WeightPanel

PAST_ITS_DATE = "]d20105000128104517" + "17261120"
HAM = an_item("ham", "Air-dried ham", 2400, unit=Unit.KILOGRAM, barcodes=("95011015300038",))


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        apply(opened.counter, HAM)
        yield opened


def approve(till: TillWindow) -> None:
    sam = next(member for member in till.counter.services.sign_on.staff() if member.name == "Sam")
    till.panel(ApprovalPanel).choose(sam)
    till.type_keys(SUPERVISOR_PIN)
    till.press(Qt.Key.Key_Return)


def test_goods_past_their_date_are_not_sold_and_the_day_is_said(till: TillWindow) -> None:
    till.scan(PAST_ITS_DATE)
    assert till.rows == []
    assert till.message == (
        "Past its date: 20 Nov 2026. Put it aside\n“Semi-skimmed milk 2L” is not in the basket."
    )


def test_a_supervisors_pin_sells_them_all_the_same(till: TillWindow) -> None:
    till.scan(PAST_ITS_DATE)
    till.step("Sell it all the same").click()
    assert till.panel(ApprovalPanel).detail == "Selling goods past their date needs a supervisor's PIN."
    approve(till)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]
    assert till.counter.services.selling.lines[0].approved_by == "sam"


def test_what_is_still_to_be_asked_is_asked_after_the_pin(till: TillWindow) -> None:
    till.scan("]d20195011015300038" + "17261120")
    till.step("Sell it all the same").click()
    approve(till)
    till.panel(WeightPanel)
    till.type_keys("0.412")
    till.press(Qt.Key.Key_Return)
    assert till.rows == [("0.412", "Air-dried ham", "£9.89")]


def test_a_price_in_another_currency_is_said(till: TillWindow) -> None:
    till.scan("]e001950110153000383932978391")
    assert till.rows == []
    assert till.message.startswith("The label of “Air-dried ham” has a price in another currency: EUR\n")


def test_a_label_whose_price_does_not_fit_is_scanned_again(till: TillWindow) -> None:
    layout = InStoreLayout("20", 5, 4, EmbeddedValue.PRICE, 2, has_verifier=True)
    till.counter.services.settings.use_label_layouts((layout,))
    till.scan("2000011103927")
    assert till.message.startswith("Misread: scan it again\nThe price or weight in 2000011103927")
