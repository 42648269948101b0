"""Asks which of the goods stand on a gift receipt."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from till_app.domain.sale import SaleLine
from till_app.ui.formatting import Formatter
from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.overlay_panel import OverlayPanel
from till_app.ui.widgets.painted_list import PaintedList, paint_row_ground
from till_app.ui.widgets.painting import LEFT, NAME_ELIDE, RIGHT, draw_text

_MOST_ROWS_SEEN = 6


@dataclass(frozen=True, slots=True)
class GiftRow:
    line_number: int
    name: str
    quantity_text: str
    is_chosen: bool


class GiftList(PaintedList[GiftRow]):
    """Space or a touch puts a row on the gift receipt or takes it off; Enter is the panel's."""

    def row_height(self, _row: GiftRow, tokens: Tokens) -> int:
        return tokens.height.touch

    def spoken_row(self, row: GiftRow) -> str:
        chosen = self.tr("on the gift receipt") if row.is_chosen else self.tr("not on it")
        return f"{row.name}, {row.quantity_text}, {chosen}"

    def paint_row(
        self, painter: QPainter, rect: QRect, row: GiftRow, is_current: bool, tokens: Tokens
    ) -> None:
        colours, types, space = tokens.colours, tokens.type, tokens.space
        paint_row_ground(painter, rect, is_current, tokens)
        inner = rect.adjusted(space.l, 0, -space.l, 0)
        icon = tokens.height.icon
        if row.is_chosen:
            ratio = self.devicePixelRatioF()
            pixmap = icon_pixmap("check", colours.accent, icon, ratio)
            painter.drawPixmap(inner.left(), inner.top() + (inner.height() - icon) // 2, pixmap)
        ink = colours.text if row.is_chosen else colours.text_muted
        words = inner.adjusted(icon + space.m, 0, 0, 0)
        amount_width = words.width() // 4
        name = words.adjusted(0, 0, -amount_width, 0)
        draw_text(painter, name, row.name, types.strong, ink, LEFT, NAME_ELIDE)
        draw_text(painter, words, row.quantity_text, types.body, ink, RIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        elif event.key() == Qt.Key.Key_Space and self.current >= 0:
            self.row_chosen.emit(self.current)
        else:
            super().keyPressEvent(event)


class GiftReceiptPanel(OverlayPanel):
    """Everything is on it to begin with."""

    accepted = Signal(object)
    """The line numbers that were chosen, a frozenset; never empty."""

    def __init__(
        self, lines: Sequence[SaleLine], formatter: Formatter, parent: QWidget | None = None
    ) -> None:
        self.list = GiftList()
        super().__init__(self.tr("Gift receipt"), self.list, width=560, parent=parent)
        self.set_detail(self.tr("Without prices. Tap what is not a gift; print again for another person."))
        self._lines = lines
        self._formatter = formatter
        self._chosen = frozenset(line.line_number for line in lines)
        self.list.setAccessibleName(self.tr("Goods"))
        self.list.row_chosen.connect(self.toggle)
        rows_seen = min(len(lines), _MOST_ROWS_SEEN)
        self.list.setFixedHeight(rows_seen * current_theme().tokens.height.touch)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        self.none = self.add_button(ActionButton(self.tr("None"), "F3"))
        self.none.clicked.connect(lambda: self._choose(frozenset()))
        self.everything = self.add_button(ActionButton(self.tr("Everything"), "F4"))
        self.everything.clicked.connect(lambda: self._choose(frozenset(line.line_number for line in lines)))
        self.print_it = self.add_button(
            ActionButton(self.tr("Print"), "Return", Variant.PRIMARY, icon="printer")
        )
        self.print_it.clicked.connect(self.submit)
        self._choose(self._chosen)
        self.list.set_current(0)

    def toggle(self, index: int) -> None:
        self._choose(self._chosen ^ {self._lines[index].line_number})

    def submit(self) -> None:
        if self._chosen:
            self.close_panel()
            self.accepted.emit(self._chosen)

    def _choose(self, chosen: frozenset[int]) -> None:
        self._chosen = chosen
        self.list.show_rows([self._row(line) for line in self._lines])
        self.none.setEnabled(bool(chosen))
        self.everything.setEnabled(len(chosen) < len(self._lines))
        self.print_it.setEnabled(bool(chosen))

    def _row(self, line: SaleLine) -> GiftRow:
        quantity = self._formatter.quantity(line.quantity_milli)
        return GiftRow(line.line_number, line.name, quantity, line.line_number in self._chosen)
