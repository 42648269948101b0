"""How much is in a pack, as far as a product's name says so, for the unit price on a shelf-edge label."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from till_app.domain.money import divide_half_away

_CONTENT = re.compile(
    r"(?<![\w.,])(?:(\d{1,3}) ?[x×] ?)?(\d{1,5}(?:\.\d{1,3})?) ?"
    r"(kg|Kg|KG|g|ml|mL|ML|cl|cL|CL|l|L|litres?|Litres?)(?: ?[x×] ?(\d{1,3}))?(?!\w)"
)
_PACKS = re.compile(r"\b(?:\d+[- ]?pk|packs?|multipack|twin|duo|free)\b", re.IGNORECASE)
"""The quantity beside such a word may be that of one of several."""
_OF_UNIT = {"kg": 1000, "g": 1, "l": 1000, "ml": 1, "cl": 10}


class Measure(StrEnum):
    """What 1,000 g or 1,000 ml are."""

    KILOGRAM = "kg"
    LITRE = "l"


@dataclass(frozen=True, slots=True)
class NetContent:
    """`thousandths` of a gram or a millilitre."""

    thousandths: int
    measure: Measure

    def unit_price_minor(self, price_minor: int, *, per_100: bool = False) -> int:
        """Of a kilogram or a litre, or of 100 g or 100 ml; to the nearest minor unit."""
        return divide_half_away(price_minor * (100_000 if per_100 else 1_000_000), self.thousandths)


def content_of(name: str) -> NetContent | None:
    """Of names such as `Porridge oats 1kg` and `Lager 4 × 440ml`; None unless it has just one quantity."""
    found = _CONTENT.findall(name)
    if len(found) != 1 or _PACKS.search(name):
        return None
    before, amount, unit, after = found[0]
    if before and after:
        return None
    unit = unit.lower()
    unit = "l" if unit.startswith("litre") else unit
    pieces = int(before or after or 1)
    thousandths = int(Decimal(amount) * 1000) * _OF_UNIT[unit] * pieces
    if thousandths == 0:
        return None
    return NetContent(thousandths, Measure.KILOGRAM if unit in ("kg", "g") else Measure.LITRE)
