"""The shop that a till stands in: its currency and the location that its sales take from."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select

from till_app.hub.tables import location, shop, till

_own_shop = select(till.c.shop_id).where(till.c.till_id == bindparam("of_till")).scalar_subquery()
_first_shop = select(func.min(shop.c.shop_id)).correlate(None).scalar_subquery()
_place = (
    select(shop.c.shop_id, shop.c.currency, location.c.location_id)
    .join(location, and_(location.c.shop_id == shop.c.shop_id, location.c.is_default), isouter=True)
    .where(shop.c.shop_id == func.coalesce(_own_shop, _first_shop))
    .order_by(location.c.location_id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Place:
    """Of a till that has no shop of its own: the hub's first one."""

    shop_id: str | None = None
    currency: str | None = None
    """Empty until somebody names the shop."""
    location_id: str | None = None


def place_of(connection: Connection, till_id: str) -> Place:
    row = connection.execute(_place, {"of_till": till_id}).first()
    return Place(row.shop_id, row.currency, row.location_id) if row is not None else Place()
