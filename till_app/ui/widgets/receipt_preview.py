"""The receipt on the screen: columns of characters on paper, with a torn edge."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QWidget

from till_app.ui.theme.fonts import monospace_font
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import colour

_LEAST_COLUMNS = 32
_LEAST_LETTER_PX = 10


class _Paper(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._letter_px = current_theme().tokens.type.small.size_px

    @property
    def lines(self) -> list[str]:
        return self._lines

    def show_lines(self, lines: list[str]) -> None:
        self._lines = lines

    def fit_width(self, width: int) -> None:
        """Takes the largest letters, down to a readable size, with which the longest line fits."""
        tokens = current_theme().tokens
        self._letter_px = tokens.type.small.size_px
        while self._letter_px > _LEAST_LETTER_PX and self.sizeHint().width() > width:
            self._letter_px -= 1
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        metrics = QFontMetricsF(monospace_font(self._letter_px))
        columns = max([_LEAST_COLUMNS, *map(len, self._lines)])
        width = metrics.horizontalAdvance("0") * columns + 2 * tokens.space.xl
        height = metrics.height() * max(1, len(self._lines)) + 2 * tokens.space.xl
        return QSize(round(width + 0.5), round(height + 0.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(self._outline(tokens.space.s), colour(tokens.colours.paper))
        font = monospace_font(self._letter_px)
        painter.setFont(font)
        painter.setPen(colour(tokens.colours.on_paper))
        metrics = QFontMetricsF(font)
        top = float(tokens.space.xl)
        for index, line in enumerate(self._lines):
            baseline = top + index * metrics.height() + metrics.ascent()
            if event.rect().top() - metrics.height() <= baseline <= event.rect().bottom() + metrics.height():
                painter.drawText(QPointF(tokens.space.xl, baseline), line)
        painter.end()

    def _outline(self, tooth: int) -> QPainterPath:
        """Straight at the top, torn at the bottom."""
        width, height = float(self.width()), float(self.height())
        path = QPainterPath(QPointF(0, 0))
        path.lineTo(width, 0)
        path.lineTo(width, height - tooth)
        count = max(1, round(width / (2 * tooth)))
        step = width / count
        for index in range(count):
            right = width - index * step
            path.lineTo(right - step / 2, height)
            path.lineTo(right - step, height - tooth)
        path.closeSubpath()
        return path


class ReceiptPreview(QScrollArea):
    """Scrolls; the text is what the printer would print, line by line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper = _Paper()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self._paper)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Receipt"))
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        current_theme().changed.connect(self._on_theme_changed)

    @property
    def text(self) -> str:
        return "\n".join(self._paper.lines)

    def show_text(self, text: str) -> None:
        self._paper.show_lines([line.expandtabs(4) for line in text.splitlines()])
        self._paper.fit_width(self.viewport().width())
        self.setAccessibleDescription(text)
        self.verticalScrollBar().setValue(0)

    def paper_rect(self) -> QRectF:
        """Where the paper lies in the viewport."""
        return QRectF(self._paper.geometry())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._paper.fit_width(self.viewport().width())

    def _on_theme_changed(self) -> None:
        self._paper.fit_width(self.viewport().width())
