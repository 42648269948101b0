"""One tile of quick keys: a picture or initials, a name, a price."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import (
    CENTRE,
    LEFT,
    NAME_ELIDE,
    colour,
    draw_box,
    draw_focus_ring,
    draw_text,
    first_fitting,
    metrics_for,
    wrapped,
)


@dataclass(frozen=True, slots=True)
class QuickKeyTile:
    """`key` comes back by the signal. `picture` None: initials on a neutral ground."""

    key: str
    label: str
    price_text: str
    sub_text: str = ""
    picture: QPixmap | None = None


class TileButton(QAbstractButton):
    """Shows a tile, or nothing at all in a place that has none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tile: QuickKeyTile | None = None
        self._cropped: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    @property
    def tile(self) -> QuickKeyTile | None:
        return self._tile

    def show_tile(self, tile: QuickKeyTile | None) -> None:
        if tile == self._tile:
            return
        self._tile = tile
        self._cropped = None
        words = () if tile is None else (tile.label, tile.price_text, tile.sub_text)
        self.setAccessibleName(", ".join(part for part in words if part))
        self.setEnabled(tile is not None)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if tile is None else Qt.FocusPolicy.TabFocus)
        self.update()

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        return QSize(tokens.height.tile_width, tokens.height.tile_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cropped = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        tile = self._tile
        if tile is None:
            return
        tokens = current_theme().tokens
        colours, types, space = tokens.colours, tokens.type, tokens.space
        painter = QPainter(self)
        box = QRectF(self.rect())
        fill = colours.surface_pressed if self.isDown() else colours.surface
        draw_box(painter, box, tokens.radius.m, fill, colours.line, tokens.hairline)
        if self.hasFocus():
            draw_focus_ring(painter, box, tokens.radius.m, tokens)
        inner = self.rect().adjusted(space.s, space.s, -space.s, -space.s)
        label_height, price_height = metrics_for(types.strong).height(), metrics_for(types.small).height()
        words_height = label_height + price_height
        if inner.height() < words_height:
            draw_text(painter, inner, tile.label, types.small_strong, colours.text, LEFT, NAME_ELIDE)
            painter.end()
            return
        style = first_fitting(tile.label, inner.width(), (types.strong, types.small_strong))
        lines = wrapped(tile.label, style, inner.width())
        if inner.height() - words_height - label_height < label_height:
            lines = (tile.label,)
        top = inner.bottom() + 1 - price_height - len(lines) * label_height
        picture = QRect(inner.left(), inner.top(), inner.width(), top - inner.top() - space.xs)
        self._paint_picture(painter, picture, tile)
        label = QRect(inner.left(), top, inner.width(), label_height)
        for line in lines:
            draw_text(painter, label, line, style, colours.text, LEFT, NAME_ELIDE)
            label.translate(0, label_height)
        price = QRect(inner.left(), inner.bottom() + 1 - price_height, inner.width(), price_height)
        draw_text(painter, price, tile.price_text, types.small, colours.text, LEFT)
        if tile.sub_text:
            used = metrics_for(types.small).horizontalAdvance(tile.price_text)
            rest = f" · {tile.sub_text}"
            if used + metrics_for(types.small).horizontalAdvance(rest) <= inner.width():
                draw_text(painter, price.adjusted(used, 0, 0, 0), rest, types.small, colours.text_muted, LEFT)
        painter.end()

    def _paint_picture(self, painter: QPainter, rect: QRect, tile: QuickKeyTile) -> None:
        tokens = current_theme().tokens
        if rect.height() < tokens.space.l:
            return
        path = QPainterPath()
        path.addRoundedRect(QRectF(rect), tokens.radius.s, tokens.radius.s)
        painter.save()
        painter.setClipPath(path)
        if tile.picture is None or tile.picture.isNull():
            painter.fillPath(path, colour(tokens.colours.placeholder))
            draw_text(
                painter, rect, _initials(tile.label), tokens.type.large, tokens.colours.on_placeholder, CENTRE
            )
        else:
            if self._cropped is None or self._cropped.deviceIndependentSize().toSize() != rect.size():
                self._cropped = cover_cropped(tile.picture, rect.size(), self.devicePixelRatioF())
            painter.drawPixmap(rect, self._cropped)
        painter.restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            # Arrows are the grid's: the plain button would walk over all its siblings.
            event.ignore()
            if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select):
                super().keyPressEvent(event)


def cover_cropped(picture: QPixmap, size: QSize, pixel_ratio: float) -> QPixmap:
    """The middle of a picture that fills `size` (logical pixels) without being stretched."""
    device = QSize(round(size.width() * pixel_ratio), round(size.height() * pixel_ratio))
    scaled = picture.scaled(
        device, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    left, top = (scaled.width() - device.width()) // 2, (scaled.height() - device.height()) // 2
    cropped = scaled.copy(QRect(left, top, device.width(), device.height()))
    cropped.setDevicePixelRatio(pixel_ratio)
    return cropped


def _initials(label: str) -> str:
    return "".join(word[0] for word in label.split()[:2] if word[0].isalnum()).upper()
