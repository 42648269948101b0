"""Promotions: what each kind takes off, as pure functions of the lines of a basket."""

from dataclasses import dataclass, field
from enum import StrEnum

from till_app.domain.catalogue import Validity


class PromotionKind(StrEnum):
    """What `quantity` and `value` mean."""

    PERCENT_OFF = "percent_off"
    """`value` basis points off each."""
    AMOUNT_OFF = "amount_off"
    """`value` minor units off each whole one."""
    MULTIBUY_PRICE = "multibuy_price"
    """Each `quantity` of them together cost `value` minor units, such as 2 for £5."""
    CHEAPEST_FREE = "cheapest_free"
    """Of each `quantity` of them the cheapest is free, such as 3 for 2."""


@dataclass(frozen=True, slots=True)
class Promotion:
    promotion_id: str
    name: str
    """As printed beside the saving."""
    kind: PromotionKind
    quantity: int
    value: int
    validity: Validity = field(default=Validity())
    item_ids: frozenset[str] = frozenset()
    department_ids: frozenset[str] = frozenset()
    """Items of these take part too."""

    def __post_init__(self) -> None:
        needs_several = self.kind in (PromotionKind.MULTIBUY_PRICE, PromotionKind.CHEAPEST_FREE)
        if self.quantity < (2 if needs_several else 1):
            raise ValueError(f"promotion {self.name}: a quantity of {self.quantity} is too small")
        if self.value < 0 or (self.kind is PromotionKind.PERCENT_OFF and self.value > 10_000):
            raise ValueError(f"promotion {self.name}: {self.value} is out of range")
