"""The Inter family with tabular figures, loaded from the resources; a system face when it is missing."""

import logging
from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from till_app.ui.theme.resource_files import resource_path
from till_app.ui.theme.tokens import TypeStyle

_log = logging.getLogger(__name__)

FAMILY = "Inter"
WEIGHT_NAMES = ("Regular", "Medium", "SemiBold", "Bold")
_SUFFIXES = (".ttf", ".otf")


def load_fonts() -> bool:
    """Registers the bundled weights with Qt, once for each application; False when a weight is missing."""
    if FAMILY in QFontDatabase.families():
        return True
    missing = [weight for weight in WEIGHT_NAMES if not _load_weight(weight)]
    if missing:
        _log.warning(
            "Inter %s not found in %s: the till uses the system's own typeface",
            ", ".join(missing),
            resource_path("fonts"),
        )
    return not missing


def _load_weight(weight: str) -> bool:
    for suffix in _SUFFIXES:
        path = resource_path("fonts", f"{FAMILY}-{weight}{suffix}")
        if path.is_file() and QFontDatabase.addApplicationFont(str(path)) >= 0:
            return True
    return False


@lru_cache(maxsize=64)
def font_for(style: TypeStyle) -> QFont:
    """The face of a type style; figures all have one width, so that columns of amounts line up.

    The font is shared: copy it (`QFont(font_for(style))`) before changing it.
    """
    font = QFont()
    font.setFamilies([FAMILY, "Segoe UI", "Noto Sans", "DejaVu Sans"])
    font.setPixelSize(style.size_px)
    font.setWeight(QFont.Weight(style.weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def monospace_font(size_px: int) -> QFont:
    """The system's fixed-pitch face: receipts are laid out in columns of characters."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    font.setPixelSize(size_px)
    return font
