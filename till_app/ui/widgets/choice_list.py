"""A list to choose one thing from: search results, items that share a code, parked baskets."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painted_list import PaintedList, paint_row_ground
from till_app.ui.widgets.painting import LEFT, NAME_ELIDE, RIGHT, draw_text, metrics_for


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """`key` comes back by the signal; the rest is shown."""

    key: str
    title: str
    detail: str = ""
    amount_text: str = ""


class ChoiceList(PaintedList[ChoiceRow]):
    """Up and down, Enter or a touch; emits the key of the row."""

    choice_made = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Choices"))
        self.row_chosen.connect(self._on_row_chosen)

    def _on_row_chosen(self, index: int) -> None:
        self.choice_made.emit(self.rows[index].key)

    def row_height(self, row: ChoiceRow, tokens: Tokens) -> int:
        detail = metrics_for(tokens.type.small).height() if row.detail else 0
        return max(
            metrics_for(tokens.type.strong).height() + detail + 2 * tokens.space.s, tokens.height.touch
        )

    def spoken_row(self, row: ChoiceRow) -> str:
        return ", ".join(part for part in (row.title, row.detail, row.amount_text) if part)

    def paint_row(
        self, painter: QPainter, rect: QRect, row: ChoiceRow, is_current: bool, tokens: Tokens
    ) -> None:
        colours, types, space = tokens.colours, tokens.type, tokens.space
        paint_row_ground(painter, rect, is_current, tokens)
        amount_width = metrics_for(types.strong).horizontalAdvance(row.amount_text) + 1
        inner = rect.adjusted(space.l, 0, -space.l, 0)
        title_height = metrics_for(types.strong).height()
        detail_height = metrics_for(types.small).height() if row.detail else 0
        top = rect.top() + (rect.height() - title_height - detail_height) // 2
        words_width = inner.width() - amount_width - space.m
        title = QRect(inner.left(), top, words_width, title_height)
        draw_text(painter, title, row.title, types.strong, colours.text, LEFT, NAME_ELIDE)
        if row.detail:
            detail = QRect(inner.left(), top + title_height, words_width, detail_height)
            draw_text(painter, detail, row.detail, types.small, colours.text_muted, LEFT)
        amount = QRect(inner.right() + 1 - amount_width, rect.top(), amount_width, rect.height())
        draw_text(painter, amount, row.amount_text, types.strong, colours.text, RIGHT)
