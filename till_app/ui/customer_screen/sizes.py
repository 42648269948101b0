"""Letter sizes and distances of the customer's screen: they follow that screen's size, not the cashier's."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QSize

from till_app.ui.theme.tokens import TypeStyle

_LONG_SIDE, _SHORT_SIDE = 1366, 768
"""At which every size is as it is written here."""
_DAMPING = 0.75
"""A small screen stands nearer to the customer: its letters shrink less than it does, and fewer lines fit."""
_LEAST = 0.4
_LEAST_TEXT_PX = 11


@dataclass(frozen=True, slots=True)
class ScreenSizes:
    """All in pixels."""

    is_portrait: bool
    gap: int
    radius: int
    row_height: int
    thumbnail: int
    name: TypeStyle
    detail: TypeStyle
    amount: TypeStyle
    last_name: TypeStyle
    last_amount: TypeStyle
    note: TypeStyle
    """Above the total."""
    label: TypeStyle
    """Of the total."""
    total: TypeStyle
    shop: TypeStyle
    message: TypeStyle
    hero: TypeStyle


@lru_cache(maxsize=8)
def sizes_for(size: QSize) -> ScreenSizes:
    is_portrait = size.height() > size.width()
    long, short = max(size.width(), size.height()), min(size.width(), size.height())
    share = max(min(long / _LONG_SIDE, short / _SHORT_SIDE), _LEAST)
    factor = share**_DAMPING if share < 1 else share

    def px(pixels: int) -> int:
        return round(pixels * factor)

    def style(pixels: int, weight: int) -> TypeStyle:
        return TypeStyle(max(_LEAST_TEXT_PX, px(pixels)), weight)

    return ScreenSizes(
        is_portrait=is_portrait,
        gap=px(24),
        radius=px(14),
        row_height=px(76),
        thumbnail=px(56),
        name=style(21, 600),
        detail=style(18, 400),
        amount=style(22, 600),
        last_name=style(30, 600),
        last_amount=style(40, 700),
        note=style(23, 500),
        label=style(27, 600),
        total=style(80, 700),
        shop=style(46, 700),
        message=style(30, 500),
        hero=style(128, 700),
    )
