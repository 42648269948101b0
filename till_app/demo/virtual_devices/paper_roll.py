"""The paper that comes out of a virtual printer: receipts as pictures, one below the other, scrolling."""

import logging
import threading

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from hardware.simulated.paper import paper_png
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import CENTRE, colour, draw_text

log = logging.getLogger(__name__)

_MOST_KEPT = 30
_FEED_MS = 350
_GAP_PX = 10


class _Strip(QWidget):
    """The receipts, as wide as the roll."""

    def __init__(self) -> None:
        super().__init__()
        self._receipts: list[tuple[QImage, bool]] = []
        self._scaled: list[tuple[QPixmap, bool]] = []
        self._width = 0

    @property
    def receipts(self) -> int:
        return len(self._receipts)

    def add(self, picture: QImage, is_torn: bool) -> None:
        self._receipts.append((picture, is_torn))
        del self._receipts[:-_MOST_KEPT]
        self.fit(self._width, is_new=True)

    def fit(self, width: int, *, is_new: bool = False) -> None:
        if width == self._width and not is_new:
            return
        self._width = width
        self._scaled = [
            (
                QPixmap.fromImage(
                    picture.scaledToWidth(max(width, 1), Qt.TransformationMode.SmoothTransformation)
                ),
                is_torn,
            )
            for picture, is_torn in self._receipts
        ]
        height = sum(picture.height() + _GAP_PX for picture, _ in self._scaled)
        self.setFixedHeight(max(height, 1))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self)
        top = 0
        for picture, is_torn in self._scaled:
            painter.drawPixmap(0, top, picture)
            top += picture.height() + _GAP_PX
            if is_torn:
                painter.fillRect(0, top - _GAP_PX - 4, self.width(), 4, colour(tokens.colours.bad))
        painter.end()


class PaperRoll(QScrollArea):
    """Receipts are drawn on a thread of their own, in order."""

    fed = Signal()
    """One more receipt is on the paper."""
    _drawn = Signal(bytes, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._strip = _Strip()
        self.setWidget(self._strip)
        self._waiting: list[tuple[bytes, bool]] = []
        self._lock = threading.Lock()
        self._is_drawing = False
        self._drawn.connect(self._on_drawn)
        self._feed = QPropertyAnimation(self.verticalScrollBar(), b"value", self)
        self._feed.setDuration(_FEED_MS)
        self._feed.setEasingCurve(QEasingCurve.Type.OutCubic)

    @property
    def receipts(self) -> int:
        """On the paper that is kept."""
        return self._strip.receipts

    def print(self, job: bytes, *, is_torn: bool = False) -> None:
        """A whole job, or what there was of it when the printer died."""
        with self._lock:
            self._waiting.append((job, is_torn))
            if self._is_drawing:
                return
            self._is_drawing = True
        threading.Thread(target=self._draw, name="virtual-paper", daemon=True).start()

    def _draw(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_drawing = False
                    return
                job, is_torn = self._waiting.pop(0)
            try:
                picture = paper_png(job)
            except Exception:  # a picture that cannot be drawn stops no printer
                log.exception("a receipt of %d bytes could not be drawn", len(job))
            else:
                self._tell(picture, is_torn)

    def _tell(self, picture: bytes, is_torn: bool) -> None:
        try:
            self._drawn.emit(picture, is_torn)
        except RuntimeError:
            log.debug("the window was closed before a receipt was drawn")

    def _on_drawn(self, picture: bytes, is_torn: bool) -> None:
        self._strip.add(QImage.fromData(picture), is_torn)
        # What is scrolled to is known only once the strip has its new height.
        self._strip.adjustSize()
        bar = self.verticalScrollBar()
        bar.setMaximum(max(0, self._strip.height() - self.viewport().height()))
        self._feed.stop()
        self._feed.setStartValue(bar.value())
        self._feed.setEndValue(bar.maximum())
        self._feed.start()
        self.fed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._strip.fit(self.viewport().width())

    def sizeHint(self) -> QSize:
        return QSize(300, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._strip.receipts == 0:
            tokens = current_theme().tokens
            painter = QPainter(self.viewport())
            painter.fillRect(self.viewport().rect(), colour(tokens.colours.sunken))
            draw_text(
                painter,
                self.viewport().rect(),
                self.tr("Receipts come out here"),
                tokens.type.small,
                tokens.colours.text_muted,
                CENTRE,
            )
            painter.end()
