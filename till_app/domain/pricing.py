"""What an item costs today for this customer: its own price, or that of the price lists that holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from till_app.domain.catalogue import Item, ListedPrice, PriceList


@dataclass(frozen=True, slots=True)
class EffectivePrice:
    """Minor units, VAT included, per unit; None: the price is typed at the till."""

    price_minor: int | None
    price_list_id: str | None = None
    """Of the list that it came from; None: the item's own."""
    is_for_customers: bool = False
    """It holds only while the customer who has the list is the one who buys."""


def effective_price(
    item: Item,
    listed: Iterable[tuple[PriceList, ListedPrice]],
    day: str,
    customer_list_id: str | None = None,
) -> EffectivePrice:
    """Of the lists that hold on `day` (ISO) and for this customer, the highest priority wins, then the lower
    id; without one it is the item's own price. An open price stays open: no list can name it."""
    if item.price_minor is None:
        return EffectivePrice(None)
    holding = [
        (price_list, price)
        for price_list, price in listed
        if price_list.validity.holds_on(day)
        and (not price_list.customers_only or price_list.price_list_id == customer_list_id)
    ]
    if not holding:
        return EffectivePrice(item.price_minor)
    price_list, price = min(holding, key=lambda pair: (-pair[0].priority, pair[0].price_list_id))
    return EffectivePrice(price.price_minor, price_list.price_list_id, price_list.customers_only)
