"""Goods that the customer's screen shows while nobody buys: those on the quick keys that have a picture."""

from collections.abc import Sequence

from till_app.services.till import TillServices
from till_app.ui.customer_screen.quiet_pages import Offer
from till_app.ui.formatting import Formatter
from till_app.ui.presenting import price_words

_MOST = 12


def offers_of(services: TillServices, formatter: Formatter) -> Sequence[Offer]:
    """With the price of today for a customer who is not known; none that may not be sold to everybody."""
    offers: dict[str, Offer] = {}
    for key in services.catalogue.quick_keys():
        item = services.catalogue.item(key.item_id)
        if item is None or not item.picture or item.blocked or item.minimum_age or len(offers) == _MOST:
            continue
        price = services.selling.price_of(item)
        if price.price_minor is not None:
            words = price_words(item, price, formatter)
            offers.setdefault(item.item_id, Offer(item.name, words, item.picture))
    return tuple(offers.values())
