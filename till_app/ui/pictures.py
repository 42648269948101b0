"""Pictures of goods for the tiles: decoded once, a few at a time, while the window stays quick."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImageReader, QPixmap

MOST_KEPT = 400
LARGEST_SIDE_PX = 360
_DECODED_AT_ONCE = 4


class PictureShelf(QObject):
    """`pixmap` answers at once with what is decoded; `want` decodes the rest and says when some came."""

    arrived = Signal()

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        parent: QObject | None = None,
        *,
        largest_side_px: int = LARGEST_SIDE_PX,
        most_kept: int = MOST_KEPT,
    ) -> None:
        """`read` gives a picture's bytes by SHA-256, None while it has not been fetched from the hub."""
        super().__init__(parent)
        self._read = read
        self._limit = QSize(largest_side_px, largest_side_px)
        self._most_kept = most_kept
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._wanted: list[str] = []
        self._pause = QTimer(self)
        self._pause.setInterval(0)
        self._pause.timeout.connect(self._decode_some)

    def pixmap(self, sha256: str | None) -> QPixmap | None:
        if sha256 is None or sha256 not in self._kept:
            return None
        self._kept.move_to_end(sha256)
        return self._kept[sha256]

    def want(self, pictures: Iterable[str | None]) -> None:
        """In the order in which they are to be seen; what was wanted before is forgotten."""
        self._wanted = [sha256 for sha256 in dict.fromkeys(pictures) if sha256 and sha256 not in self._kept]
        if self._wanted:
            self._pause.start()
        else:
            self._pause.stop()

    @property
    def is_idle(self) -> bool:
        return not self._wanted

    def _decode_some(self) -> None:
        batch, self._wanted = self._wanted[:_DECODED_AT_ONCE], self._wanted[_DECODED_AT_ONCE:]
        if not self._wanted:
            self._pause.stop()
        decoded = {sha256: picture for sha256 in batch if (picture := self._decode(sha256)) is not None}
        self._kept.update(decoded)
        while len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)
        if decoded:
            self.arrived.emit()

    def _decode(self, sha256: str) -> QPixmap | None:
        content = self._read(sha256)
        if not content:
            return None
        buffer = QBuffer()
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer)
        reader.setAutoTransform(True)
        size = reader.size()
        limit = self._limit
        if size.isValid() and (size.width() > limit.width() or size.height() > limit.height()):
            reader.setScaledSize(size.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        return None if image.isNull() else QPixmap.fromImage(image)
