"""Lucide icons from the resources, tinted and rendered for the screen's pixel ratio."""

import logging
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from till_app.ui.theme.resource_files import resource_path

_log = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def icon_pixmap(name: str, colour: str, size_px: int, pixel_ratio: float = 1.0) -> QPixmap:
    """The icon `name` in `colour`, `size_px` logical pixels square; empty if there is no such icon."""
    pixmap = QPixmap(round(size_px * pixel_ratio), round(size_px * pixel_ratio))
    pixmap.setDevicePixelRatio(pixel_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    path = resource_path("icons", f"{name}.svg")
    if not path.is_file():
        _log.warning("icon %s is not in %s: nothing is drawn in its place", name, path.parent)
        return pixmap
    svg = path.read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    painter = QPainter(pixmap)
    try:
        renderer.render(painter, QRectF(0, 0, size_px, size_px))
    finally:
        painter.end()
    return pixmap
