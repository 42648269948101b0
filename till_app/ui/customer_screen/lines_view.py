"""The lines of the basket as the customer reads them: the newest at the end, as many as there is room for."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from till_app.services.device_status import ShownLine
from till_app.ui.customer_screen.drawing import cut_to, draw_placeholder
from till_app.ui.customer_screen.sizes import ScreenSizes, sizes_for
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painting import LEFT, NAME_ELIDE, RIGHT, colour, draw_text, metrics_for

PictureOf = Callable[[str], QPixmap | None]
"""A picture by its SHA-256, or None while it is not here."""


class LinesView(QWidget):
    """Painted as one; nothing in it scrolls or is pressed."""

    def __init__(self, picture_of: PictureOf) -> None:
        super().__init__()
        self._picture_of = picture_of
        self._lines: tuple[ShownLine, ...] = ()
        self._earlier = 0
        self._last: ShownLine | None = None
        self._sizes = sizes_for(QSize(1366, 768))
        self._has_pictures = True
        self._thumbnails: dict[str, QPixmap] = {}

    @property
    def room(self) -> int:
        """How many rows are seen."""
        return max(1, self.height() // self._sizes.row_height)

    @property
    def shown(self) -> tuple[ShownLine, ...]:
        """The rows that are on the screen, from the top; with too many lines the first row says how many
        more there are."""
        count = self.room
        if len(self._lines) + self._earlier > count:
            count -= 1
        return self._lines[max(0, len(self._lines) - count) :] if count else ()

    @property
    def unseen(self) -> int:
        return self._earlier + len(self._lines) - len(self.shown)

    def use(self, sizes: ScreenSizes, *, has_pictures: bool) -> None:
        if sizes != self._sizes:
            self._thumbnails.clear()
        self._sizes, self._has_pictures = sizes, has_pictures
        self.update()

    def forget_pictures(self) -> None:
        """Others may be here now."""
        self._thumbnails.clear()
        self.update()

    def show_lines(self, lines: tuple[ShownLine, ...], earlier: int, last: ShownLine | None) -> None:
        if (lines, earlier, last) != (self._lines, self._earlier, self._last):
            self._lines, self._earlier, self._last = lines, earlier, last
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, sizes = current_theme().tokens, self._sizes
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(tokens.colours.surface))
        top = 0
        if self.unseen:
            self._paint_unseen(painter, QRect(0, 0, self.width(), sizes.row_height), tokens)
            top = sizes.row_height
        for line in self.shown:
            self._paint_line(painter, QRect(0, top, self.width(), sizes.row_height), line, tokens)
            top += sizes.row_height
        painter.end()

    def _paint_unseen(self, painter: QPainter, rect: QRect, tokens: Tokens) -> None:
        words = self.tr("and {count} more above").format(count=self.unseen)
        inner = rect.adjusted(self._sizes.gap, 0, -self._sizes.gap, 0)
        draw_text(painter, inner, words, self._sizes.detail, tokens.colours.text_muted)
        self._rule(painter, rect, tokens)

    def _paint_line(self, painter: QPainter, rect: QRect, line: ShownLine, tokens: Tokens) -> None:
        sizes = self._sizes
        if line is self._last:
            painter.fillRect(rect, colour(tokens.colours.accent_soft))
        left = rect.left() + sizes.gap
        if self._has_pictures:
            self._paint_thumbnail(painter, left, rect, line.picture, tokens)
            left += sizes.thumbnail + sizes.gap * 2 // 3
        right = rect.right() - sizes.gap
        amount_width = metrics_for(sizes.amount).horizontalAdvance(line.amount)
        amount = QRect(right - amount_width, rect.top(), amount_width + 1, rect.height())
        draw_text(painter, amount, line.amount, sizes.amount, tokens.colours.text, RIGHT)
        words = QRect(left, rect.top(), amount.left() - sizes.gap // 2 - left, rect.height())
        if line.quantity:
            name_height, detail_height = (
                metrics_for(sizes.name).height(),
                metrics_for(sizes.detail).height(),
            )
            words.setTop(rect.top() + (rect.height() - name_height - detail_height) // 2)
            words.setHeight(name_height)
            below = words.translated(0, name_height)
            below.setHeight(detail_height)
            draw_text(painter, below, line.quantity, sizes.detail, tokens.colours.text_muted)
        draw_text(painter, words, line.name, sizes.name, tokens.colours.text, LEFT, NAME_ELIDE)
        self._rule(painter, rect, tokens)

    def _paint_thumbnail(
        self, painter: QPainter, left: int, rect: QRect, sha256: str, tokens: Tokens
    ) -> None:
        side, radius = self._sizes.thumbnail, self._sizes.radius // 2
        place = QRect(left, rect.top() + (rect.height() - side) // 2, side, side)
        thumbnail = self._thumbnail(sha256, side, radius)
        if thumbnail is None:
            draw_placeholder(painter, place, radius, tokens)
        else:
            painter.drawPixmap(place.topLeft(), thumbnail)

    def _thumbnail(self, sha256: str, side: int, radius: int) -> QPixmap | None:
        if sha256 and sha256 not in self._thumbnails:
            whole = self._picture_of(sha256)
            if whole is not None:
                size = QSize(side, side)
                self._thumbnails[sha256] = cut_to(whole, size, radius, self.devicePixelRatioF())
        return self._thumbnails.get(sha256)

    def _rule(self, painter: QPainter, rect: QRect, tokens: Tokens) -> None:
        line = QRect(rect.left(), rect.bottom(), rect.width(), tokens.hairline)
        painter.fillRect(line, colour(tokens.colours.line))
