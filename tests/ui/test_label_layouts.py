"""The table of the shop's own labels: edited, tried with a scan, and saved only when it makes sense."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.domain.in_store import UK_LAYOUTS, EmbeddedValue, InStoreLayout
from till_app.services.device_settings import LabelLayout
from till_app.services.label_layouts import label_layouts
from till_app.ui.panels.label_layouts import LabelLayoutsPage
from till_app.ui.widgets.form_fields import ChoiceField, FlagField

PRICES = LabelLayout("20", 5, 4, "price", 2, True)


@dataclass
class Desk:
    till: TillWindow
    saved: list[tuple[LabelLayout, ...]] = field(default_factory=list)
    fails: bool = False
    page: LabelLayoutsPage = field(init=False)

    def save(self, rows: tuple[LabelLayout, ...]) -> None:
        if self.fails:
            raise OSError("the disk is full")
        self.saved.append(rows)

    def type(self, key: str, text: str) -> None:
        editor = self.page.fields[key].focusProxy()
        assert isinstance(editor, QLineEdit)
        editor.setText(text)
        editor.textEdited.emit(text)

    @property
    def meaning(self) -> dict[str, str]:
        return {fact.name: fact.words for fact in self.page.facts.facts}


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def desk_over(till: TillWindow, qtbot: QtBot, *rows: LabelLayout) -> Desk:
    desk = Desk(till)
    desk.page = LabelLayoutsPage(till.window, rows, desk.save)
    qtbot.addWidget(desk.page)
    desk.page.resize(1000, 600)
    desk.page.show()
    return desk


def test_a_till_without_a_table_of_its_own_is_offered_what_holds_without(
    till: TillWindow, qtbot: QtBot
) -> None:
    desk = desk_over(till, qtbot)
    assert not desk.page.is_dirty
    assert not desk.page.origin.isHidden()
    assert desk.page.rows == label_layouts(UK_LAYOUTS)
    assert [row.detail for row in desk.page.list.rows] == [
        "20 IIIII PPP.PP C",
        "02 IIIII PPP.PP C",
        "21 IIIII WW.WWW C",
    ]


def test_a_scanned_label_shows_item_and_price_by_the_table_as_it_is_edited(
    till: TillWindow, qtbot: QtBot
) -> None:
    desk = desk_over(till, qtbot, PRICES)
    label = InStoreLayout("20", 5, 4, EmbeddedValue.PRICE, 2, has_verifier=True).label("00011", 391)
    desk.page.scanned(label)
    assert desk.meaning == {"Label": label, "Row": "20", "Item": "Mature cheddar", "Price": "£3.91"}
    assert till.rows == []
    flag, kind = desk.page.fields["has_verifier"], desk.page.fields["value"]
    assert isinstance(flag, FlagField)
    assert isinstance(kind, ChoiceField)
    flag.editor.click()
    desk.type("value_digits", "5")
    desk.type("decimals", "3")
    kind.show_value("weight")
    kind.edited.emit()
    weight = UK_LAYOUTS[2]
    desk.page.scanned(InStoreLayout("20", 5, 5, weight.value, 3).label("00011", 412))
    assert (desk.meaning["Item"], desk.meaning["Weight"]) == ("Mature cheddar", "0.412 kg")
    assert desk.saved == []


@pytest.mark.parametrize(
    ("label", "name", "said"),
    [
        ("2009999103910", "Item", "Nothing is listed under 2009999"),
        ("2000011003913", "Price check", "does not fit"),
        ("2000011003914", "Check digit", "should be 3"),
        ("5000128104517", "Row", "None has the prefix"),
    ],
)
def test_a_label_that_means_nothing_says_why(
    till: TillWindow, qtbot: QtBot, label: str, name: str, said: str
) -> None:
    desk = desk_over(till, qtbot, PRICES)
    if name == "Item":
        label = InStoreLayout("20", 5, 4, EmbeddedValue.PRICE, 2, has_verifier=True).label("09999", 391)
    desk.page.scanned(label)
    assert said in desk.meaning[name]


def test_a_row_that_makes_no_sense_says_so_and_cannot_be_saved(till: TillWindow, qtbot: QtBot) -> None:
    desk = desk_over(till, qtbot, PRICES)
    desk.type("prefix", "50")
    assert "makers' numbers" in desk.page.wrong.text()
    assert not desk.page.save.isEnabled()
    desk.page.scanned("2000011003913")
    assert desk.meaning[""] == "Put the row right first."
    desk.type("prefix", "25")
    assert desk.page.wrong.text() == ""
    desk.page.save.click()
    assert desk.saved == [(LabelLayout("25", 5, 4, "price", 2, True),)]
    assert not desk.page.is_dirty


def test_rows_are_added_and_removed_and_two_with_one_prefix_are_refused(
    till: TillWindow, qtbot: QtBot
) -> None:
    desk = desk_over(till, qtbot, PRICES)
    desk.page.add.click()
    desk.type("prefix", "20")
    assert desk.page.wrong.text() == "Two rows have the same prefix."
    desk.type("prefix", "24")
    desk.page.save.click()
    assert [row.prefix for row in desk.saved[-1]] == ["20", "24"]
    desk.page.remove.click()
    desk.page.save.click()
    assert desk.saved[-1] == (PRICES,)
    desk.page.remove.click()
    desk.page.save.click()
    assert len(desk.saved[-1]) == 0
    assert not desk.page.remove.isEnabled()
    desk.page.usual.click()
    assert desk.page.rows == label_layouts(UK_LAYOUTS)


def test_what_cannot_be_saved_is_said_and_stays(till: TillWindow, qtbot: QtBot) -> None:
    desk = desk_over(till, qtbot, PRICES)
    desk.fails = True
    desk.type("prefix", "25")
    desk.page.save.click()
    assert till.message == "The labels are not saved\nthe disk is full"
    assert desk.page.is_dirty
