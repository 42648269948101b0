"""What people look at: tills, latest sales, quarantined and forked entries. Reads only."""

import msgspec
from sqlalchemy import Connection, Row, func, select

from till_app.hub.tables import entry, fork, sale, sale_line, sale_tender, till

MAX_LISTED = 500
LATEST_SALES = 50


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
    """Receipt numbers up to the highest of which the hub has no sale."""
    forked_at: str | None


class QuarantinedEntry(msgspec.Struct, frozen=True):
    till_id: str
    till_code: str
    seq: int
    uuid: str
    kind: str
    version: int
    at: str
    received_at: str
    code: str
    body: str


class ForkedEntry(msgspec.Struct, frozen=True):
    till_id: str
    seq: int
    uuid: str
    kind: str
    at: str
    received_at: str
    hash: str
    body: str


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
    receipts = {
        row.till_id: row
        for row in connection.execute(
            select(
                sale.c.till_id,
                func.count().label("sales"),
                func.count(sale.c.counter.distinct()).label("numbers"),
                func.max(sale.c.counter).label("highest"),
            ).group_by(sale.c.till_id)
        )
    }
    return [
        _till_view(row, receipts.get(row.till_id))
        for row in connection.execute(select(till).order_by(till.c.paired_at))
    ]


def _till_view(row: Row[tuple[object, ...]], receipts: Row[tuple[str, int, int, int]] | None) -> TillView:
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
        sales=receipts.sales if receipts else 0,
        missing_receipts=receipts.highest - receipts.numbers if receipts else 0,
        forked_at=row.forked_at,
    )


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


def quarantined(connection: Connection) -> list[QuarantinedEntry]:
    """The newest first."""
    rows = connection.execute(
        select(entry, till.c.till_code)
        .join(till, till.c.till_id == entry.c.till_id)
        .where(entry.c.quarantine_code.is_not(None))
        .order_by(entry.c.received_at.desc(), entry.c.seq.desc())
        .limit(MAX_LISTED)
    )
    return [
        QuarantinedEntry(
            till_id=row.till_id,
            till_code=row.till_code,
            seq=row.seq,
            uuid=row.uuid,
            kind=row.kind,
            version=row.version,
            at=row.at,
            received_at=row.received_at,
            code=row.quarantine_code,
            body=row.body.decode(),
        )
        for row in rows
    ]


def forks(connection: Connection) -> list[ForkedEntry]:
    """The newest first."""
    rows = connection.execute(
        select(fork).order_by(fork.c.received_at.desc(), fork.c.seq.desc()).limit(MAX_LISTED)
    )
    return [
        ForkedEntry(
            row.till_id, row.seq, row.uuid, row.kind, row.at, row.received_at, row.hash, row.body.decode()
        )
        for row in rows
    ]
