"""What a journal entry does to the hub's tables, by kind. Runs inside the caller's savepoint."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.domain.journal import JournalEntry
from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.sale_checks import (
    Quarantined,
    check_amounts,
    check_business_date,
    check_moment,
    check_movement,
    check_sale,
    differences,
)
from till_app.hub.tills import Till
from till_app.wire.bodies import (
    BODY_VERSION,
    AgeCheckBody,
    BasketVoidedBody,
    Kind,
    LineBody,
    MovementBody,
    NoSaleBody,
    OperatorBody,
    ReportBody,
    ReprintBody,
    SaleBody,
    SessionOpenedBody,
    ZReportBody,
)
from till_app.wire.exchange import QuarantineCode


@dataclass(slots=True)
class Application:
    """One entry being applied."""

    connection: Connection
    till: Till
    now: datetime
    entry: JournalEntry
    moved_items: set[str] = field(default_factory=set)
    """Items whose stock changed."""


def apply_entry(application: Application) -> None:
    """Raises Quarantined when the entry cannot be applied; IntegrityError when a fact is there already."""
    entry = application.entry
    body_type, effect = _EFFECTS.get(entry.kind, (None, None))
    if body_type is None:
        raise Quarantined(QuarantineCode.UNKNOWN_KIND)
    if entry.version > BODY_VERSION:
        raise Quarantined(QuarantineCode.NEWER_VERSION)
    check_business_date(entry.business_date)
    try:
        body = msgspec.json.decode(entry.body, type=body_type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Quarantined(QuarantineCode.MALFORMED_BODY) from None
    if effect is not None:
        effect(application, body)


def _apply_sale(application: Application, body: SaleBody) -> None:
    connection, till_id = application.connection, application.till.till_id
    check_sale(body)
    for movement in body.movements:
        check_movement(movement)
    found = differences(body, application.till.till_code) + _check_returns(connection, body)
    if connection.execute(
        select(tables.sale.c.sale_uuid)
        .where(tables.sale.c.till_id == till_id, tables.sale.c.counter == body.counter)
        .limit(1)
    ).first():
        found.append(f"receipt number {body.receipt_number} used before")
    connection.execute(
        insert(tables.sale).values(
            sale_uuid=body.uuid,
            till_id=till_id,
            seq=application.entry.seq,
            receipt_number=body.receipt_number,
            counter=body.counter,
            session_id=body.session_id,
            business_date=application.entry.business_date,
            completed_at=body.completed_at,
            operator_id=body.operator_id,
            operator_name=body.operator_name,
            currency=body.currency,
            total_minor=body.total_minor,
            difference="; ".join(found) or None,
        )
    )
    connection.execute(
        insert(tables.sale_line), [_line_values(body.uuid, till_id, line) for line in body.lines]
    )
    if body.tenders:
        connection.execute(
            insert(tables.sale_tender),
            [
                {"sale_uuid": body.uuid, "till_id": till_id, **msgspec.structs.asdict(tender)}
                for tender in body.tenders
            ],
        )
    for movement in body.movements:
        _store_movement(application, movement)
    _move_stock(application, body)


def _line_values(sale_uuid: str, till_id: str, line: LineBody) -> dict[str, object]:
    return {
        "sale_uuid": sale_uuid,
        "line_number": line.line_number,
        "till_id": till_id,
        "item_id": line.item_id,
        "item_code": line.item_code,
        "name": line.name,
        "department_id": line.department_id,
        "unit": line.unit,
        "quantity_milli": line.quantity_milli,
        "unit_price_minor": line.unit_price_minor,
        "list_price_minor": line.list_price_minor,
        "discount_minor": line.discount_minor,
        "gross_minor": line.gross_minor,
        "net_minor": line.net_minor,
        "tax_minor": line.tax_minor,
        "vat_code": line.vat_code,
        "vat_rate_bp": line.vat_rate_bp,
        "origin_sale_uuid": line.origin.sale_uuid if line.origin else None,
        "origin_line_number": line.origin.line_number if line.origin else None,
    }


def _check_returns(connection: Connection, body: SaleBody) -> list[str]:
    """Over all tills, no line may come back in more quantity or value than it was sold.

    A return against a sale that has not arrived is applied and flagged.
    """
    returned: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for line in body.lines:
        if line.origin is not None:
            if line.quantity_milli > 0:
                raise Quarantined(QuarantineCode.MALFORMED_BODY)
            sums = returned[line.origin.sale_uuid, line.origin.line_number]
            sums[0] -= line.quantity_milli
            sums[1] -= line.gross_minor
    found = []
    lines = tables.sale_line.c
    for (sale_uuid, line_number), (quantity_milli, gross_minor) in returned.items():
        if abs(line_number) > 10**9:
            raise Quarantined(QuarantineCode.MALFORMED_BODY)
        sold = connection.execute(
            select(lines.quantity_milli, lines.gross_minor).where(
                lines.sale_uuid == sale_uuid, lines.line_number == line_number
            )
        ).first()
        if sold is None:
            found.append(f"returns line {line_number} of sale {sale_uuid}, which the hub does not have")
            continue
        before_milli, before_minor = connection.execute(
            select(
                func.coalesce(-func.sum(lines.quantity_milli), 0),
                func.coalesce(-func.sum(lines.gross_minor), 0),
            ).where(lines.origin_sale_uuid == sale_uuid, lines.origin_line_number == line_number)
        ).one()
        if (
            before_milli + quantity_milli > sold.quantity_milli
            or before_minor + gross_minor > sold.gross_minor
        ):
            raise Quarantined(QuarantineCode.OVER_RETURNED)
    return found


def _move_stock(application: Application, body: SaleBody) -> None:
    connection, now_text = application.connection, to_text(application.now)
    known = set(
        connection.execute(
            select(tables.item.c.item_id).where(
                tables.item.c.item_id.in_({line.item_id for line in body.lines})
            )
        ).scalars()
    )
    moved: defaultdict[str, int] = defaultdict(int)
    movements = []
    for line in body.lines:
        if line.item_id in known:
            moved[line.item_id] -= line.quantity_milli
            movements.append(
                {
                    "movement_id": new_uuid7(application.now),
                    "item_id": line.item_id,
                    "kind": "sale" if line.quantity_milli > 0 else "return",
                    "quantity_milli": -line.quantity_milli,
                    "at": now_text,
                    "sale_uuid": body.uuid,
                    "line_number": line.line_number,
                }
            )
    if movements:
        connection.execute(insert(tables.stock_movement), movements)
    for item_id, quantity_milli in moved.items():
        stock = tables.stock
        changed = connection.execute(
            update(stock)
            .where(stock.c.item_id == item_id)
            .values(quantity_milli=stock.c.quantity_milli + quantity_milli, as_of=now_text)
        )
        if changed.rowcount == 0:
            connection.execute(
                insert(stock).values(item_id=item_id, quantity_milli=quantity_milli, as_of=now_text)
            )
        application.moved_items.add(item_id)


def _store_movement(application: Application, movement: MovementBody) -> None:
    check_movement(movement)
    application.connection.execute(
        insert(tables.drawer_movement).values(
            till_id=application.till.till_id, **msgspec.structs.asdict(movement)
        )
    )


def _open_session(application: Application, body: SessionOpenedBody) -> None:
    check_amounts(body.float_minor, body.number)
    application.connection.execute(
        insert(tables.till_session).values(
            session_id=body.session_id,
            till_id=application.till.till_id,
            number=body.number,
            business_date=application.entry.business_date,
            opened_at=body.movement.at,
            opened_by=body.operator_id,
            float_minor=body.float_minor,
        )
    )
    if body.movement.amount_minor:
        _store_movement(application, body.movement)


def _store_z_report(application: Application, body: ZReportBody) -> None:
    check_moment(body.closed_at)
    check_amounts(
        body.z_number,
        body.report.total_minor,
        body.report.expected_cash_minor,
        body.declared_minor,
        body.over_short_minor,
        body.grand_total_minor,
    )
    application.connection.execute(
        insert(tables.z_report).values(
            till_id=application.till.till_id,
            z_number=body.z_number,
            session_id=body.report.session_id,
            business_date=application.entry.business_date,
            closed_at=body.closed_at,
            total_minor=body.report.total_minor,
            expected_cash_minor=body.report.expected_cash_minor,
            declared_minor=body.declared_minor,
            over_short_minor=body.over_short_minor,
            grand_total_minor=body.grand_total_minor,
        )
    )


_Effect = Callable[..., None] | None

_EFFECTS: dict[str, tuple[type[msgspec.Struct], _Effect]] = {
    Kind.SALE: (SaleBody, _apply_sale),
    Kind.DRAWER_MOVEMENT: (MovementBody, _store_movement),
    Kind.SESSION_OPENED: (SessionOpenedBody, _open_session),
    Kind.Z_REPORT: (ZReportBody, _store_z_report),
    Kind.BASKET_VOIDED: (BasketVoidedBody, None),
    Kind.NO_SALE: (NoSaleBody, None),
    Kind.X_REPORT: (ReportBody, None),
    Kind.REPRINT: (ReprintBody, None),
    Kind.SIGNED_ON: (OperatorBody, None),
    Kind.SIGNED_OFF: (OperatorBody, None),
    Kind.PIN_REFUSED: (OperatorBody, None),
    Kind.AGE_CHECK: (AgeCheckBody, None),
}
"""Body and effect by kind; kinds without an effect are checked and kept as they are."""
