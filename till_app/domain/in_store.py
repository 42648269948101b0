"""The labels that a shop prints itself: an item and a price, weight or count in the 13 digits of an EAN.

Each shop lays them out in its own way within the prefixes that GS1 leaves to it: 02, 04 and 20 to 29.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from till_app.domain.gtin import check_digit, is_digits

LABEL_DIGITS = 12
"""Without the check digit."""
_OWN_PREFIXES = ("02", "04", "2")


class LayoutInvalid(ValueError):
    """A row of the table, or the table, makes no sense; `code` is stable for words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class EmbeddedValue(StrEnum):
    PRICE = "price"
    WEIGHT = "weight"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class InStoreLayout:
    """Prefix, item, perhaps a verifier, value, check digit: as the digits of a label stand."""

    prefix: str
    item_digits: int
    value_digits: int
    value: EmbeddedValue
    decimals: int
    """Of the value: a price of 2 decimals is in pence, a weight of 3 in grams."""
    has_verifier: bool = False
    """A digit of its own before the value checks it (GS1 General Specifications 7.9.2 to 7.9.4)."""

    def __post_init__(self) -> None:
        """Raises LayoutInvalid."""
        if not is_digits(self.prefix) or not 2 <= len(self.prefix) <= 6:
            raise LayoutInvalid("prefix_digits", "a prefix has 2 to 6 digits")
        if not self.prefix.startswith(_OWN_PREFIXES):
            raise LayoutInvalid(
                "prefix_of_makers",
                "a shop's own labels begin with 02, 04 or 20 to 29: others are makers' numbers",
            )
        if self.item_digits < 1 or self.value_digits < 1:
            raise LayoutInvalid("digits_missing", "item and value need a digit each")
        if len(self.prefix) + self.item_digits + self.has_verifier + self.value_digits != LABEL_DIGITS:
            raise LayoutInvalid("digits_sum", "prefix, item, verifier and value must fill 12 digits")
        if not 0 <= self.decimals <= self.value_digits:
            raise LayoutInvalid("decimals", "the value has not so many decimals")
        if self.has_verifier and self.value_digits not in (4, 5):
            raise LayoutInvalid("verifier_digits", "only a value of 4 or 5 digits has a verifier")
        if self.value is EmbeddedValue.COUNT and self.decimals:
            raise LayoutInvalid("count_decimals", "a count has no decimals")

    @property
    def key_length(self) -> int:
        return len(self.prefix) + self.item_digits

    def verifier_is_right(self, label: str) -> bool:
        """Of 12 or 13 digits that begin with the prefix; true as well when there is none."""
        if not self.has_verifier:
            return True
        return label[self.key_length] == price_verifier(label[self.key_length + 1 : LABEL_DIGITS])

    def value_of(self, label: str) -> int:
        """The value's digits as they stand."""
        return int(label[self.key_length + self.has_verifier : LABEL_DIGITS])

    def price_minor(self, label: str, currency_digits: int = 2) -> int | None:
        """In a currency of so many decimals."""
        if self.value is not EmbeddedValue.PRICE:
            return None
        return _scaled(self.value_of(label), currency_digits - self.decimals)

    def quantity_milli(self, label: str) -> int | None:
        if self.value is EmbeddedValue.PRICE:
            return None
        return _scaled(self.value_of(label), 3 - self.decimals)

    def label(self, item: str, value: int) -> str:
        """The 13 digits of a label; `item` without the prefix. Raises ValueError for what does not fit."""
        digits = f"{value:0{self.value_digits}}"
        if not is_digits(item) or len(item) != self.item_digits or len(digits) != self.value_digits:
            raise ValueError("item or value does not fit the layout")
        verifier = price_verifier(digits) if self.has_verifier else ""
        body = self.prefix + item + verifier + digits
        return body + check_digit(body)


UK_LAYOUTS = (
    InStoreLayout("20", item_digits=5, value_digits=5, value=EmbeddedValue.PRICE, decimals=2),
    InStoreLayout("02", item_digits=5, value_digits=5, value=EmbeddedValue.PRICE, decimals=2),
    InStoreLayout("21", item_digits=5, value_digits=5, value=EmbeddedValue.WEIGHT, decimals=3),
)
"""The usual layouts of British scale labels; a shop may have others."""

_TWO_MINUS = "0246891357"
_THREE = "0369258147"
_FIVE_PLUS = "0516273849"
_FIVE_MINUS = "0594837261"
"""The weighted product of each digit (GS1 General Specifications 7.9.2)."""
_OF_FOUR = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
_OF_FIVE = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)


def price_verifier(digits: str) -> str:
    """The verifier digit of a price or weight of 4 or 5 digits."""
    if len(digits) == 4:
        return str(3 * _weighted_sum(digits, _OF_FOUR) % 10)
    if len(digits) == 5:
        return str(_FIVE_MINUS.index(str(-_weighted_sum(digits, _OF_FIVE) % 10)))
    raise ValueError("only 4 or 5 digits have a verifier")


def _weighted_sum(digits: str, products: tuple[str, ...]) -> int:
    return sum(int(products[place][int(digit)]) for place, digit in enumerate(digits))


def layout_for(label: str, layouts: Iterable[InStoreLayout]) -> InStoreLayout | None:
    """Of the layouts whose prefix a label has, that with the longest."""
    fitting = [layout for layout in layouts if label.startswith(layout.prefix)]
    return max(fitting, key=lambda layout: len(layout.prefix)) if fitting else None


def check_layouts(layouts: Iterable[InStoreLayout]) -> None:
    """Raises LayoutInvalid when two of them have the same prefix."""
    prefixes = [layout.prefix for layout in layouts]
    for prefix in prefixes:
        if prefixes.count(prefix) > 1:
            raise LayoutInvalid("prefix_twice", f"the prefix {prefix} is there twice")


def layouts_as_text(layouts: Iterable[InStoreLayout]) -> str:
    """JSON, as the hub keeps it for its tills."""
    return json.dumps([asdict(layout) for layout in layouts], separators=(",", ":"))


def layouts_from_text(text: str) -> tuple[InStoreLayout, ...]:
    """Raises ValueError for what is no table of layouts; an empty text is an empty table."""
    if not text.strip():
        return ()
    try:
        layouts = tuple(_layout_from(row) for row in json.loads(text))
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"not a table of layouts: {error!r}") from error
    check_layouts(layouts)
    return layouts


def _layout_from(row: dict[str, object]) -> InStoreLayout:
    prefix, item_digits, value_digits = row["prefix"], row["item_digits"], row["value_digits"]
    decimals, has_verifier = row["decimals"], row.get("has_verifier", False)
    numbers = (item_digits, value_digits, decimals)
    if not isinstance(prefix, str) or not isinstance(has_verifier, bool):
        raise TypeError("a prefix is a text, has_verifier is true or false")
    whole = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
    if len(whole) != len(numbers):
        raise TypeError("digits and decimals are whole numbers")
    return InStoreLayout(prefix, whole[0], whole[1], EmbeddedValue(str(row["value"])), whole[2], has_verifier)


def _scaled(value: int, power: int) -> int:
    factor: int = 10 ** abs(power)
    return value * factor if power >= 0 else value // factor
