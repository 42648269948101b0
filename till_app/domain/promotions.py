"""Promotions: what each kind takes off, as pure functions of the lines of a basket.

The rules, all of them:

- Each thing takes part in one promotion at most; the deal as a whole is the best there is for the customer.
- Goods whose price was typed or labelled by hand, or that have a discount of their own, take no part; nor do
  voided lines and goods that come back, which go back for what was paid. A weighed label at the item's own
  price per kilogram is no other price.
- A multibuy and an amount off count whole things only; a percentage is taken from weighed goods too.
- Savings are worked out thing by thing, so that it makes no difference whether two of them are one line or
  two; what a multibuy saves is spread over its goods by their value, the pennies to the largest remainders.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from till_app.domain.basket_line import BasketLine, PromotionSaving
from till_app.domain.catalogue import Unit, Validity
from till_app.domain.money import allocate_minor, share_of_minor
from till_app.domain.multibuys import Multibuy, Pieces, best_deal, saved_minor


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

    @property
    def is_multibuy(self) -> bool:
        return self.kind in (PromotionKind.MULTIBUY_PRICE, PromotionKind.CHEAPEST_FREE)

    def saving_alone_minor(self, price_minor: int) -> int:
        """Off one thing of that price, or off weighed goods that come to it; 0 for a multibuy."""
        if self.kind is PromotionKind.PERCENT_OFF:
            return share_of_minor(price_minor, self.value)
        if self.kind is PromotionKind.AMOUNT_OFF:
            return min(self.value, price_minor)
        return 0


Savings = dict[str, tuple[PromotionSaving, ...]]
"""By line id, in the order of the promotions' ids; lines that save nothing are not in it."""


class PromotionBook:
    """The promotions of one day, found by item and department: goods that have none cost one look."""

    def __init__(self, promotions: Iterable[Promotion], day: str) -> None:
        """`day`: ISO."""
        held = sorted((p for p in promotions if p.validity.holds_on(day)), key=lambda p: p.promotion_id)
        self._by_id = {promotion.promotion_id: promotion for promotion in held}
        self._of_item: defaultdict[str, list[Promotion]] = defaultdict(list)
        self._of_department: defaultdict[str, list[Promotion]] = defaultdict(list)
        for promotion in held:
            for item_id in promotion.item_ids:
                self._of_item[item_id].append(promotion)
            for department_id in promotion.department_ids:
                self._of_department[department_id].append(promotion)

    def promotions_of(self, item_id: str, department_id: str) -> Sequence[Promotion]:
        """Those that an item takes part in, in order of their ids."""
        own = self._of_item.get(item_id, ())
        shared = self._of_department.get(department_id, ())
        if not own or not shared:
            return own or shared
        found = {promotion.promotion_id: promotion for promotion in (*own, *shared)}
        return [found[promotion_id] for promotion_id in sorted(found)]

    def savings(self, lines: Iterable[BasketLine]) -> Savings:
        """What each promotion takes off each line."""
        amounts: defaultdict[str, dict[str, int]] = defaultdict(dict)
        goods: dict[str, _Goods] = {}
        for line in lines:
            promotions = self.promotions_of(line.item_id, line.department_id)
            if not promotions or not _takes_part(line):
                continue
            if line.unit is Unit.EACH:
                key = f"{line.item_id} {line.unit_price_minor}"
                goods.setdefault(key, _Goods(promotions, line.unit_price_minor, [])).lines.append(line)
            else:
                self._take_from_weighed(line, promotions, amounts)
        self._take_from_whole(goods, amounts)
        return {
            line_id: tuple(
                PromotionSaving(promotion_id, self._by_id[promotion_id].name, of_line[promotion_id])
                for promotion_id in sorted(of_line)
            )
            for line_id, of_line in amounts.items()
        }

    @staticmethod
    def _take_from_weighed(
        line: BasketLine, promotions: Sequence[Promotion], amounts: defaultdict[str, dict[str, int]]
    ) -> None:
        percentages = [p for p in promotions if p.kind is PromotionKind.PERCENT_OFF]
        best, minor = _best_alone(percentages, line.before_discount_minor)
        if best is not None:
            amounts[line.line_id][best.promotion_id] = minor

    def _take_from_whole(
        self, goods: Mapping[str, "_Goods"], amounts: defaultdict[str, dict[str, int]]
    ) -> None:
        pieces = {key: each.pieces(key) for key, each in goods.items()}
        multibuys = {
            promotion_id: _as_multibuy(self._by_id[promotion_id])
            for piece in pieces.values()
            for promotion_id in piece.multibuy_ids
        }
        taken = best_deal(list(pieces.values()), list(multibuys.values())) if multibuys else {}
        left = {key: [line.quantity_milli // 1000 for line in each.lines] for key, each in goods.items()}
        """Of each line, how many things no multibuy has taken."""
        for promotion_id in sorted(taken):
            counts = taken[promotion_id]
            shares = _spread(multibuys[promotion_id], [(pieces[key], counts[key]) for key in sorted(counts)])
            for key, share_minor in shares.items():
                by_line = _taken_in_order(left[key], counts[key])
                parts = allocate_minor(share_minor, by_line)
                for line, part_minor in zip(goods[key].lines, parts, strict=True):
                    if part_minor:
                        amounts[line.line_id][promotion_id] = part_minor
        for key, each in goods.items():
            best, minor = each.best_alone
            for line, count in zip(each.lines, left[key], strict=True):
                if best is not None and count:
                    amounts[line.line_id][best.promotion_id] = count * minor


@dataclass(frozen=True, slots=True)
class _Goods:
    """Whole things of one item at one price, of whichever lines."""

    promotions: Sequence[Promotion]
    price_minor: int
    lines: list[BasketLine]

    @property
    def best_alone(self) -> tuple[Promotion | None, int]:
        """The promotion that each has alone."""
        return _best_alone(self.promotions, self.price_minor)

    def pieces(self, key: str) -> Pieces:
        count = sum(line.quantity_milli // 1000 for line in self.lines)
        multibuy_ids = frozenset(p.promotion_id for p in self.promotions if p.is_multibuy)
        return Pieces(key, self.price_minor, count, self.best_alone[1], multibuy_ids)


def _taken_in_order(left: list[int], count: int) -> list[int]:
    """Takes `count` things from the first lines on, out of what is left of each; how many of each line."""
    taken = []
    for index, there in enumerate(left):
        taken.append(min(there, count))
        left[index] -= taken[-1]
        count -= taken[-1]
    return taken


def _takes_part(line: BasketLine) -> bool:
    return line.is_at_list_price and not line.is_return and not line.voided


def _best_alone(promotions: Sequence[Promotion], price_minor: int) -> tuple[Promotion | None, int]:
    """Of those that save the same, the first; None when none saves anything."""
    best, best_minor = None, 0
    for promotion in promotions:
        minor = promotion.saving_alone_minor(price_minor)
        if minor > best_minor:
            best, best_minor = promotion, minor
    return best, best_minor


def _as_multibuy(promotion: Promotion) -> Multibuy:
    is_priced = promotion.kind is PromotionKind.MULTIBUY_PRICE
    return Multibuy(promotion.promotion_id, promotion.quantity, promotion.value if is_priced else None)


def _spread(multibuy: Multibuy, taken: Sequence[tuple[Pieces, int]]) -> dict[str, int]:
    """What a multibuy saves by the lines that it takes things of, by their value."""
    from_dearest = sorted(taken, key=lambda pair: -pair[0].price_minor)
    prices = [piece.price_minor for piece, count in from_dearest for _ in range(count)]
    weights = [piece.price_minor * count for piece, count in taken]
    shares = allocate_minor(saved_minor(multibuy, prices), weights)
    return {piece.key: minor for (piece, _), minor in zip(taken, shares, strict=True)}
