"""The left side of the sell screen: the open basket, what it comes to, and the way to pay."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from till_app.domain.basket import BasketTotals
from till_app.domain.basket_line import BasketLine
from till_app.services.selling import Selling
from till_app.ui.formatting import Formatter
from till_app.ui.presenting import basket_row, totals_words
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant
from till_app.ui.widgets.basket_view import BasketView
from till_app.ui.widgets.painted_list import NO_ROW
from till_app.ui.widgets.totals_panel import TotalsPanel


class BasketPane(QWidget):
    pay_pressed = Signal()
    customer_pressed = Signal()
    """On the chip that names who buys."""

    def __init__(self, selling: Selling, formatter: Formatter) -> None:
        super().__init__()
        self._selling = selling
        self._formatter = formatter
        self._lines: tuple[BasketLine, ...] = ()
        self.basket_totals: BasketTotals | None = None
        """Of what is shown; None: no basket is open."""
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._paid = QLabel()
        self._paid.setProperty("tone", "good")
        self._paid.setProperty("type", "strong")
        self.customer = ActionButton("", variant=Variant.GHOST, icon="user")
        self.customer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.customer.hide()
        self.customer.clicked.connect(self.customer_pressed)
        self._head = QVBoxLayout()
        self._head.addWidget(self.customer)
        self._head.addWidget(self._paid)
        self.view = BasketView()
        # It takes what the others leave: words below it are never squeezed.
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.totals = TotalsPanel()
        self.pay = PayButton(self.tr("Pay"), "Space")
        self.pay.clicked.connect(self.pay_pressed)
        self.message_place = QVBoxLayout()
        """Above the totals, where only the list gives way: nothing that is touched moves."""
        self._foot = QVBoxLayout()
        self._foot.addWidget(self.totals)
        self._foot.addWidget(self.pay)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addLayout(self._head)
        self._layout.addWidget(self.view, 1)
        self._layout.addLayout(self.message_place)
        self._layout.addLayout(self._foot)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def current_line(self) -> BasketLine | None:
        index = self.view.current
        return self._lines[index] if 0 <= index < len(self._lines) else None

    def refresh(self, line_id: str | None = None) -> None:
        """Shows the basket as it is now; `line_id` names the line to highlight."""
        basket = self._selling.basket
        self._lines = self._selling.lines
        age_checked = basket.age_checked if basket else 0
        rows = [basket_row(line, self._formatter, age_checked) for line in self._lines]
        self.view.show_rows(rows, self._wanted_row(line_id))
        self.basket_totals = basket.totals() if basket else None
        self.totals.show_totals(totals_words(self.basket_totals, self._formatter))
        tenders = self._selling.tenders
        words = self.tr("Part of it is paid: press Pay to go on") if tenders else ""
        self._paid.setText(words)
        self._paid.setVisible(bool(words))

    def show_customer(self, name: str, balance: str) -> None:
        """Who buys and what is known of the balance; an empty name: nobody in particular."""
        self.customer.set_caption(name)
        self.customer.set_note(" · ".join(part for part in ("F11", balance) if part))
        self.customer.setVisible(bool(name))

    def _wanted_row(self, line_id: str | None) -> int | None:
        if not self._lines:
            return NO_ROW
        if line_id is None:
            return None if self.view.current != NO_ROW else len(self._lines) - 1
        found = (index for index, line in enumerate(self._lines) if line.line_id == line_id)
        return next(found, len(self._lines) - 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(5 * current_theme().tokens.height.touch, 5 * current_theme().tokens.height.touch)

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._paid.setContentsMargins(space.l, space.s, space.l, space.s)
        self._head.setSpacing(0)
        self.message_place.setContentsMargins(space.s, 0, space.s, 0)
        self._foot.setContentsMargins(space.l, space.m, space.l, space.l)
        self._foot.setSpacing(space.m)
