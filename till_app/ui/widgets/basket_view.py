"""The lines of the open basket, as the cashier sees them."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painted_list import PaintedList, paint_row_ground
from till_app.ui.widgets.painting import LEFT, NAME_ELIDE, RIGHT, colour, draw_text, metrics_for, wrapped


class RowTone(StrEnum):
    """What the note of a row is: a saving, something to look at, a line that was taken back."""

    PLAIN = "plain"
    SAVING = "saving"
    WARN = "warn"
    VOID = "void"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One line in words; empty `detail` and `note` take no room."""

    quantity_text: str
    name: str
    detail: str
    note: str
    amount_text: str
    tone: RowTone = RowTone.PLAIN


class BasketView(PaintedList[BasketRow]):
    """Quantity, name with its small print, amount; the current line carries a bar as well as a tint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Basket"))
        self.set_empty_text(self.tr("Scan the first item"))

    def row_height(self, row: BasketRow, tokens: Tokens) -> int:
        room = self._name_room(self.viewport().width(), row, tokens)
        names = len(wrapped(row.name, tokens.type.strong, room.width()))
        small = metrics_for(tokens.type.small).height()
        height = names * metrics_for(tokens.type.strong).height() + 2 * tokens.space.m
        return max(height + small * (bool(row.detail) + bool(row.note)), tokens.height.touch)

    @staticmethod
    def _name_room(width: int, row: BasketRow, tokens: Tokens) -> QRect:
        """Where the name stands between quantity and amount, in a row that begins at 0, 0."""
        amounts = metrics_for(tokens.type.amount)
        quantity_width = 3 * tokens.space.l + tokens.space.s
        quantity_width = max(quantity_width, amounts.horizontalAdvance(row.quantity_text) + tokens.space.s)
        left = tokens.space.l + quantity_width
        right = width - tokens.space.l - amounts.horizontalAdvance(row.amount_text) - 1 - tokens.space.m
        line_height = metrics_for(tokens.type.strong).height()
        return QRect(left, tokens.space.m, max(right - left, 2 * tokens.space.l), line_height)

    def spoken_row(self, row: BasketRow) -> str:
        return ", ".join(
            part for part in (row.quantity_text, row.name, row.detail, row.note, row.amount_text) if part
        )

    def paint_row(
        self, painter: QPainter, rect: QRect, row: BasketRow, is_current: bool, tokens: Tokens
    ) -> None:
        colours, types, space = tokens.colours, tokens.type, tokens.space
        paint_row_ground(painter, rect, is_current, tokens)
        ink = colours.text_muted if row.tone is RowTone.VOID else colours.text
        amount_ink = colours.on_bad_soft if row.tone is RowTone.RETURN else ink
        line = self._name_room(rect.width(), row, tokens).translated(rect.topLeft())
        left, right = rect.left() + space.l, rect.right() + 1 - space.l
        quantity = QRect(left, line.top(), line.left() - left, line.height())
        draw_text(painter, quantity, row.quantity_text, types.amount, ink, LEFT)
        amount = QRect(line.right() + 1, line.top(), right - line.right() - 1, line.height())
        draw_text(painter, amount, row.amount_text, types.amount, amount_ink, RIGHT)
        middle = line.center().y()
        for words in wrapped(row.name, types.strong, line.width()):
            draw_text(painter, line, words, types.strong, ink, LEFT, NAME_ELIDE)
            line.translate(0, line.height())
        small = QRect(line.left(), line.top(), right - line.left(), metrics_for(types.small).height())
        if row.detail:
            draw_text(painter, small, row.detail, types.small, colours.text_muted, LEFT)
            small.translate(0, small.height())
        if row.note:
            draw_text(painter, small, row.note, types.small_strong, _note_ink(row.tone, tokens), LEFT)
        if row.tone is RowTone.VOID:
            painter.fillRect(QRect(left, middle, right - left, max(1, round(tokens.scale))), colour(ink))


def _note_ink(tone: RowTone, tokens: Tokens) -> str:
    colours = tokens.colours
    return {
        RowTone.SAVING: colours.saving,
        RowTone.WARN: colours.on_warn_soft,
        RowTone.RETURN: colours.on_bad_soft,
    }.get(tone, colours.text_muted)
