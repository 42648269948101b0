"""How much of an item is where, and why some went or came, as the stock screen says it."""

from till_app.domain.times import from_text
from till_app.services.stock_taking import StockCause, StockHere
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr
from till_app.ui.widgets.choice_list import ChoiceRow

_CONTEXT = "StockScreen"


def place_row(place: StockHere, formatter: Formatter) -> ChoiceRow:
    """The figure is what is expected there, with what has not reached the hub."""
    if place.hub_milli is None:
        detail = tr(_CONTEXT, "no figure from the hub yet")
    else:
        detail = tr(_CONTEXT, "{level} at the hub, {moment}").format(
            level=formatter.quantity(place.hub_milli),
            moment=formatter.date_and_time(from_text(place.as_of)),
        )
    if place.unsent_milli:
        sign = "+" if place.unsent_milli > 0 else ""
        detail += tr(_CONTEXT, " · {moved} here, not sent yet").format(
            moved=sign + formatter.quantity(place.unsent_milli)
        )
    is_known = place.hub_milli is not None or place.unsent_milli
    amount = formatter.quantity(place.expected_milli) if is_known else "–"
    return ChoiceRow(place.location.location_id, place.location.name, detail, amount)


def cause_words(cause: StockCause) -> str:
    return {
        StockCause.WASTE: tr(_CONTEXT, "Thrown away"),
        StockCause.DAMAGED: tr(_CONTEXT, "Damaged"),
        StockCause.OWN_USE: tr(_CONTEXT, "Used in the shop"),
        StockCause.FOUND: tr(_CONTEXT, "Found"),
        StockCause.RECEIVED: tr(_CONTEXT, "Delivered"),
    }[cause]
