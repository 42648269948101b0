"""Asks for a discount: of the line or the whole basket, in percent or as an amount."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from till_app.ui.formatting import Formatter, parse_percent
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.amount_entry import AmountEntry, NumberEntry
from till_app.ui.widgets.num_pad import NumPad, PadCorner
from till_app.ui.widgets.overlay_panel import OverlayPanel

_USUAL_RATES_BP = (500, 1000, 2000, 5000)


@dataclass(frozen=True, slots=True)
class DiscountAsked:
    """Exactly one of the two figures is set; zero takes an earlier discount away."""

    of_whole_basket: bool
    rate_bp: int | None
    amount_minor: int | None


class DiscountPanel(OverlayPanel):
    accepted = Signal(object)
    """DiscountAsked."""

    def __init__(self, line_name: str | None, formatter: Formatter, parent: QWidget | None = None) -> None:
        """`line_name` None: no line is chosen, only the basket can be discounted."""
        body = QWidget()
        body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        super().__init__(self.tr("Discount"), body, width=440, parent=parent)
        self._line_name = line_name
        space = current_theme().tokens.space
        self.line_button = ActionButton(self.tr("This line"), "F1")
        self.basket_button = ActionButton(self.tr("Whole basket"), "F2")
        self.percent_button = ActionButton(self.tr("Percent"), "F3")
        self.amount_button = ActionButton(self.tr("Amount"), "F4")
        self.line_button.setEnabled(line_name is not None)
        self._percent = NumberEntry(parse_percent, lambda text: f"{text} %", "0 %")
        self._amount = AmountEntry(formatter)
        self._entries = QStackedWidget()
        self._entries.addWidget(self._percent)
        self._entries.addWidget(self._amount)
        pad = NumPad(PadCorner.POINT)
        pad.setMinimumHeight(4 * current_theme().tokens.height.touch)
        pad.key_pressed.connect(self._on_pad_key)
        rates = [ActionButton(formatter.percent(rate_bp)) for rate_bp in _USUAL_RATES_BP]
        for button, rate_bp in zip(rates, _USUAL_RATES_BP, strict=True):
            button.clicked.connect(lambda _checked=False, rate=rate_bp: self._accept_rate(rate))
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        for row in ((self.line_button, self.basket_button), (self.percent_button, self.amount_button), rates):
            line = QHBoxLayout()
            line.setSpacing(space.s)
            for button in row:
                line.addWidget(button)
            column.addLayout(line)
        column.addWidget(self._entries)
        column.addWidget(pad, 1)
        self.line_button.clicked.connect(lambda: self._choose_scope(of_whole_basket=False))
        self.basket_button.clicked.connect(lambda: self._choose_scope(of_whole_basket=True))
        self.percent_button.clicked.connect(lambda: self._choose_entry(self._percent))
        self.amount_button.clicked.connect(lambda: self._choose_entry(self._amount))
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        accept = self.add_button(ActionButton(self.tr("Give discount"), "Return", Variant.PRIMARY))
        accept.clicked.connect(self.submit)
        for entry in (self._percent, self._amount):
            entry.submitted.connect(self.submit)
        self._of_whole_basket = False
        self._choose_scope(of_whole_basket=line_name is None)
        self._choose_entry(self._percent)

    @property
    def _entry(self) -> NumberEntry:
        return self._amount if self._entries.currentWidget() is self._amount else self._percent

    def submit(self) -> None:
        value = self._entry.value
        if value is None:
            return
        is_amount = self._entry is self._amount
        self._finish(None if is_amount else value, value if is_amount else None)

    def _on_pad_key(self, key: str) -> None:
        self._entry.press(key)

    def _accept_rate(self, rate_bp: int) -> None:
        self._finish(rate_bp, None)

    def _finish(self, rate_bp: int | None, amount_minor: int | None) -> None:
        self.close_panel()
        self.accepted.emit(DiscountAsked(self._of_whole_basket, rate_bp, amount_minor))

    def _choose_scope(self, *, of_whole_basket: bool) -> None:
        self._of_whole_basket = of_whole_basket
        self.line_button.set_variant(Variant.SECONDARY if of_whole_basket else Variant.CHOSEN)
        self.basket_button.set_variant(Variant.CHOSEN if of_whole_basket else Variant.SECONDARY)
        whole = self.tr("Spread over everything in the basket; it replaces an earlier one.")
        self.set_detail(whole if of_whole_basket else self._line_name or "")

    def _choose_entry(self, entry: NumberEntry) -> None:
        self._entries.setCurrentWidget(entry)
        self.body.setFocusProxy(entry)
        entry.setFocus()
        is_percent = entry is self._percent
        self.percent_button.set_variant(Variant.CHOSEN if is_percent else Variant.SECONDARY)
        self.amount_button.set_variant(Variant.SECONDARY if is_percent else Variant.CHOSEN)
