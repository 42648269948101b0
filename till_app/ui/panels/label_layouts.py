"""The editable table of the shop's own labels, and what a scanned label would mean before it is saved."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from till_app.domain.barcode import BadCheckDigit, BadVerifier, InStoreItem, parse_barcode
from till_app.domain.in_store import UK_LAYOUTS, EmbeddedValue, InStoreLayout, LayoutInvalid, layout_for
from till_app.services.device_settings import LabelLayout
from till_app.services.label_layouts import in_store_layouts, label_layouts
from till_app.ui.screens.installer.parts import ScrollColumn
from till_app.ui.screens.parts import words
from till_app.ui.shell import Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.translation import tr
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.fact_table import Fact, FactTable
from till_app.ui.widgets.form_fields import ChoiceField, FlagField, FormField, NumberField, TextField

_CONTEXT = "LabelLayouts"


def _source(text: str) -> str:
    """Marks a text for the translators; it is translated when it is said."""
    return text


_WRONG: Mapping[str, str] = {
    "prefix_digits": _source("A prefix has 2 to 6 digits."),
    "prefix_of_makers": _source(
        "A shop's own labels begin with 02, 04 or 20 to 29: others are makers' numbers."
    ),
    "digits_missing": _source("Item and value need a digit each."),
    "digits_sum": _source("Prefix, item, price check and value must be 12 digits together."),
    "decimals": _source("The value has fewer digits than decimals."),
    "verifier_digits": _source("Only a value of 4 or 5 digits has a price check."),
    "count_decimals": _source("A count has no decimals."),
    "prefix_twice": _source("Two rows have the same prefix."),
}
_TWO_COLUMNS_FROM = 640
"""Width of the whole in pixels at 100 % at which fields stand beside each other."""
_NEW_ROW = LabelLayout("29", 5, 5, "price", 2)
_LETTERS = {EmbeddedValue.PRICE: "P", EmbeddedValue.WEIGHT: "W", EmbeddedValue.COUNT: "N"}


class LabelLayoutsPage(QWidget):
    """Rows at the left, the chosen row's fields at the right, the test below. Saved whole or not at all."""

    def __init__(
        self,
        shell: Shell,
        layouts: Sequence[LabelLayout],
        on_save: Callable[[tuple[LabelLayout, ...]], None],
    ) -> None:
        """`layouts`: the till's own; none: those that hold here without are offered. `on_save` may raise
        ValueError and OSError: that is said, and what was edited stays."""
        super().__init__()
        self._shell = shell
        self._on_save = on_save
        self._saved = tuple(layouts) or label_layouts(shell.services.settings.label_layouts)
        self._rows: list[LabelLayout] = list(self._saved)
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = ChoiceList()
        self.list.setAccessibleName(self.tr("Layouts of labels"))
        self.list.current_changed.connect(lambda _index: self._show_fields())
        self.list.row_chosen.connect(lambda _index: self._show_fields())
        self.fields: dict[str, FormField] = {field.key: field for field in self._new_fields()}
        for field in self.fields.values():
            field.edited.connect(self._on_edited)
        has_own = bool(layouts)
        self.origin = words("" if has_own else self.tr("As the hub has them; a change holds for this till."))
        self.origin.setProperty("tone", "muted")
        self.origin.setWordWrap(True)
        self.origin.setVisible(not has_own)
        self.shape = words("", "strong")
        self.wrong = words("", "body", "bad")
        self.wrong.setWordWrap(True)
        self.add = ActionButton(self.tr("Add a row"), "F7")
        self.add.clicked.connect(self._on_add)
        self.remove = ActionButton(self.tr("Remove the row"), "Shift+F7")
        self.remove.clicked.connect(self._on_remove)
        self.usual = ActionButton(self.tr("Usual British labels"))
        self.usual.clicked.connect(self._on_usual)
        self.save = ActionButton(self.tr("Save"), "F2", Variant.PRIMARY)
        self.save.clicked.connect(self._on_save_pressed)
        self.test_hint = words(self.tr("Scan a label to see what it would mean."), "body", "muted")
        self.test_hint.setWordWrap(True)
        self.facts = FactTable()
        self._lay_out()
        self._show(0)

    @property
    def rows(self) -> tuple[LabelLayout, ...]:
        """As edited."""
        return tuple(self._rows)

    @property
    def is_dirty(self) -> bool:
        return self.rows != self._saved

    def save_failed(self, saved: Sequence[LabelLayout]) -> None:
        """What was handed on could not be written after all: what was edited is to be saved still."""
        self._saved = tuple(saved)
        self._show(self.list.current)

    def scanned(self, text: str) -> None:
        """What the label would mean by the table as it is edited now; nothing is sold."""
        layouts = self._layouts()
        if layouts is None:
            self.facts.show_facts(
                [Fact(self.tr("Label"), text), Fact("", self.tr("Put the row right first."))]
            )
            return
        self.facts.show_facts([Fact(self.tr("Label"), text), *self._meaning(text, layouts)])

    # ------------------------------------------------------------------ meaning

    def _meaning(self, text: str, layouts: tuple[InStoreLayout, ...]) -> list[Fact]:
        code = parse_barcode(text, layouts, self._shell.formatter.currency.digits)
        match code:
            case InStoreItem(text=label, item_key=key):
                layout = layout_for(label, layouts)
                items = self._shell.services.catalogue.find(label) or self._shell.services.catalogue.find(key)
                names = " · ".join(item.name for item in items)
                item = Fact(self.tr("Item"), names) if names else self._no_item(key)
                return [
                    Fact(self.tr("Row"), layout.prefix if layout else ""),
                    item,
                    *self._value(code, layout.value if layout else EmbeddedValue.PRICE),
                ]
            case BadVerifier():
                return [Fact(self.tr("Price check"), self.tr("It does not fit: another layout?"), "bad")]
            case BadCheckDigit(expected_digit=digit):
                unfit = self.tr("Misread: its last figure should be {digit}.").format(digit=digit)
                return [Fact(self.tr("Check digit"), unfit, "bad")]
            case _:
                return [Fact(self.tr("Row"), self.tr("None has the prefix of this code."), "warn")]

    def _no_item(self, key: str) -> Fact:
        words = self.tr("Nothing is listed under {key}: give an item that barcode at the hub.")
        return Fact(self.tr("Item"), words.format(key=key), "warn")

    def _value(self, item: InStoreItem, kind: EmbeddedValue) -> list[Fact]:
        formatter = self._shell.formatter
        if item.price_minor is not None:
            return [Fact(self.tr("Price"), formatter.amount(item.price_minor))]
        quantity = formatter.quantity(item.quantity_milli or 0)
        if kind is EmbeddedValue.COUNT:
            return [Fact(self.tr("Count"), quantity)]
        return [Fact(self.tr("Weight"), self.tr("{weight} kg").format(weight=quantity))]

    # ------------------------------------------------------------------ editing

    def _new_fields(self) -> list[FormField]:
        kinds: list[tuple[object, str]] = [
            ("price", self.tr("a price")),
            ("weight", self.tr("a weight")),
            ("count", self.tr("a count")),
        ]
        return [
            TextField("prefix", self.tr("Prefix"), self.tr("02, 04 or 20 to 29")),
            NumberField("item_digits", self.tr("Digits of the item")),
            NumberField("value_digits", self.tr("Digits of the value")),
            ChoiceField("value", self.tr("The value is"), kinds),
            NumberField("decimals", self.tr("Decimals"), self.tr("2: pence; 3: grams")),
            FlagField("has_verifier", self.tr("Price check before the value")),
        ]

    def _layouts(self) -> tuple[InStoreLayout, ...] | None:
        """None while a row makes no sense; that is said beside it."""
        try:
            layouts = in_store_layouts(self._rows)
        except LayoutInvalid as error:
            self.wrong.setText(tr(_CONTEXT, _WRONG[error.code]))
            return None
        self.wrong.setText("")
        return layouts

    def _on_edited(self) -> None:
        index = self.list.current
        if 0 <= index < len(self._rows):
            values = {key: field.value() for key, field in self.fields.items()}
            self._rows[index] = msgspec.structs.replace(self._rows[index], **values)
            self._show(index, with_fields=False)

    def _on_add(self) -> None:
        self._rows.append(_NEW_ROW)
        self._show(len(self._rows) - 1)
        self.fields["prefix"].setFocus()

    def _on_remove(self) -> None:
        index = self.list.current
        if 0 <= index < len(self._rows):
            del self._rows[index]
            self._show(max(0, index - 1))

    def _on_usual(self) -> None:
        self._rows = list(label_layouts(UK_LAYOUTS))
        self._show(0)

    def _on_save_pressed(self) -> None:
        try:
            self._on_save(self.rows)
        except (ValueError, OSError) as error:
            text = self.tr("The labels are not saved\n{reason}").format(reason=error)
            self._shell.say(Tone.BAD, text)
            return
        self._saved = self.rows
        self._show(self.list.current)
        self._shell.say(Tone.GOOD, self.tr("Saved: labels are read so from the next scan on"))

    # ------------------------------------------------------------------ showing

    def _show(self, index: int, *, with_fields: bool = True) -> None:
        self.list.show_rows([_choice(number, row) for number, row in enumerate(self._rows)], index)
        if with_fields:
            self._show_fields()
        is_right = self._layouts() is not None
        row = self._rows[index] if 0 <= index < len(self._rows) else None
        self.shape.setText(_shape(row) if row else "")
        self.save.setEnabled(is_right and self.is_dirty)
        self.remove.setEnabled(row is not None)

    def _show_fields(self) -> None:
        index = self.list.current
        row = self._rows[index] if 0 <= index < len(self._rows) else None
        for key, field in self.fields.items():
            field.setEnabled(row is not None)
            if row is not None:
                field.show_value(getattr(row, key))
        self.shape.setText(_shape(row) if row else "")

    def _lay_out(self) -> None:
        space = current_theme().tokens.space
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(space.l)
        self._grid.setVerticalSpacing(space.m)
        right = ScrollColumn()
        right.column.addLayout(self._grid)
        for label in (self.shape, self.wrong):
            right.column.addWidget(label)
        right.column.addStretch(1)
        table = QHBoxLayout()
        table.setSpacing(space.l)
        table.addWidget(self.list, 2)
        table.addWidget(right, 3)
        self._place_fields()
        buttons = QHBoxLayout()
        buttons.setSpacing(space.s)
        for button in (self.usual, self.add, self.remove, self.save):
            buttons.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.m)
        column.addWidget(self.origin)
        column.addLayout(table, 1)
        column.addWidget(self.test_hint)
        column.addWidget(self.facts)
        column.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_fields()

    def _place_fields(self) -> None:
        """Beside each other where there is room for two."""
        is_wide = self.width() >= round(_TWO_COLUMNS_FROM * current_theme().tokens.scale)
        columns = 2 if is_wide else 1
        for number, field in enumerate(self.fields.values()):
            self._grid.addWidget(field, number // columns, number % columns)


def _choice(number: int, row: LabelLayout) -> ChoiceRow:
    kinds = {
        "price": tr(_CONTEXT, "price"),
        "weight": tr(_CONTEXT, "weight"),
        "count": tr(_CONTEXT, "count"),
    }
    return ChoiceRow(str(number), row.prefix or "–", _shape(row), kinds[row.value])


def _shape(row: LabelLayout) -> str:
    """Such as `20 IIIII PPPPP C`: prefix, item, value and check digit; V is the price check."""
    letter = _LETTERS[EmbeddedValue(row.value)]
    whole, part = max(0, row.value_digits - row.decimals), min(row.decimals, row.value_digits)
    value = letter * min(whole, 12) + ("." + letter * min(part, 12) if part else "")
    verifier = "V" if row.has_verifier else ""
    return " ".join(
        part for part in (row.prefix, "I" * min(row.item_digits, 12), verifier, value, "C") if part
    )
