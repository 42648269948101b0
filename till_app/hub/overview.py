"""What people look at first: the tills, each at a glance, and the latest sales. Reads only."""

from collections import Counter

import msgspec
from sqlalchemy import Connection, Row, func, select

from till_app.domain.ids import receipt_number
from till_app.hub.custody.lookups import chunks
from till_app.hub.custody.quarantine import IS_WAITING
from till_app.hub.custody.receipts import quarantined_receipts
from till_app.hub.tables import entry, sale, sale_line, sale_tender, shop, till
from till_app.wire.bodies import TillHealthBody

LATEST_SALES = 50
_decode_health = msgspec.json.Decoder(TillHealthBody).decode


class TillView(msgspec.Struct, frozen=True):
    till_id: str
    till_code: str
    name: str
    paired_at: str
    last_seen_at: str | None
    revoked_at: str | None
    app_version: str
    clock_skew_s: int
    """Till's clock minus the hub's at the last greeting."""
    entries: int
    unsent: int
    """Entries that the till had at its last greeting and the hub has not."""
    quarantined: int
    sales: int
    missing_receipts: int
    """Receipt numbers up to the highest of which the hub has no sale, not even in quarantine."""
    forked_at: str | None
    shop_id: str | None
    continues_till_id: str | None
    """The till whose journal this one goes on from."""
    oldest_waiting_at: str | None
    """When the oldest entry came that waits here for a person."""
    health: TillHealthBody | None
    """As the till last said."""
    health_at: str | None


class SaleView(msgspec.Struct, frozen=True):
    sale_uuid: str
    till_code: str
    receipt_number: str
    completed_at: str
    operator_name: str
    currency: str
    total_minor: int
    tax_minor: int
    lines: int
    tenders: str
    difference: str | None


def tills(connection: Connection) -> list[TillView]:
    oldest_waiting = {
        row[0]: row[1]
        for row in connection.execute(
            select(entry.c.till_id, func.min(entry.c.received_at)).where(IS_WAITING).group_by(entry.c.till_id)
        )
    }
    unbooked = _unbooked_receipts(connection)
    return [
        _till_view(row, unbooked[row.till_id], oldest_waiting.get(row.till_id))
        for row in connection.execute(select(till).order_by(till.c.paired_at, till.c.till_code))
    ]


def _unbooked_receipts(connection: Connection) -> Counter[str]:
    """By till, how many numbers up to its highest only a sale in quarantine has."""
    found: Counter[str] = Counter()
    for till_id, in_quarantine in quarantined_receipts(connection).items():
        own = connection.execute(
            select(till.c.till_code, till.c.highest_receipt).where(till.c.till_id == till_id)
        ).one()
        for part in chunks(
            [
                counter
                for number, counter in in_quarantine.items()
                if 0 < counter <= own.highest_receipt and number == receipt_number(own.till_code, counter)
            ]
        ):
            booked = connection.execute(
                select(sale.c.receipt_number, sale.c.counter).where(
                    sale.c.till_id == till_id, sale.c.counter.in_(part)
                )
            )
            of_both = {each.counter for each in booked if in_quarantine.get(each.receipt_number)}
            found[till_id] += len(part) - len(of_both)
    return found


def _till_view(
    row: Row[tuple[object, ...]],
    unbooked: int,
    oldest_waiting_at: str | None,
) -> TillView:
    return TillView(
        till_id=row.till_id,
        till_code=row.till_code,
        name=row.name,
        paired_at=row.paired_at,
        last_seen_at=row.last_seen_at,
        revoked_at=row.revoked_at,
        app_version=row.app_version,
        clock_skew_s=row.clock_skew_s,
        entries=row.acked_seq,
        unsent=max(0, row.reported_seq - row.acked_seq),
        quarantined=row.quarantined,
        sales=row.sales,
        missing_receipts=row.highest_receipt - row.receipts - unbooked,
        forked_at=row.forked_at,
        shop_id=row.shop_id,
        continues_till_id=row.continues_till_id,
        oldest_waiting_at=oldest_waiting_at,
        health=_decode_health(row.health) if row.health is not None else None,
        health_at=row.health_at,
    )


def currency_of(connection: Connection, shop_id: str | None) -> str | None:
    """Of a till's shop; without one, of the only shop."""
    where = () if shop_id is None else (shop.c.shop_id == shop_id,)
    return connection.execute(select(shop.c.currency).where(*where).limit(1)).scalar()


def latest_sales(connection: Connection) -> list[SaleView]:
    newest = connection.execute(
        select(sale, till.c.till_code)
        .join(till, till.c.till_id == sale.c.till_id)
        .order_by(sale.c.completed_at.desc())
        .limit(LATEST_SALES)
    ).all()
    uuids = [row.sale_uuid for row in newest]
    lines = {
        row[0]: (row[1], int(row[2]))
        for row in connection.execute(
            select(sale_line.c.sale_uuid, func.count(), func.sum(sale_line.c.tax_minor))
            .where(sale_line.c.sale_uuid.in_(uuids))
            .group_by(sale_line.c.sale_uuid)
        )
    }
    tenders: dict[str, set[str]] = {}
    for sale_uuid, kind in connection.execute(
        select(sale_tender.c.sale_uuid, sale_tender.c.kind).where(sale_tender.c.sale_uuid.in_(uuids))
    ):
        tenders.setdefault(sale_uuid, set()).add(kind)
    return [
        SaleView(
            sale_uuid=row.sale_uuid,
            till_code=row.till_code,
            receipt_number=row.receipt_number,
            completed_at=row.completed_at,
            operator_name=row.operator_name,
            currency=row.currency,
            total_minor=row.total_minor,
            tax_minor=lines[row.sale_uuid][1],
            lines=lines[row.sale_uuid][0],
            tenders=", ".join(sorted(tenders.get(row.sale_uuid, set()))),
            difference=row.difference,
        )
        for row in newest
    ]
