"""What a sale does to the hub's tables: its lines and tenders, the drawer, returned goods, the stock."""

from collections import defaultdict
from datetime import timedelta

import msgspec
from sqlalchemy import bindparam, func, select

from till_app.domain.ids import new_uuid7, receipt_number
from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.custody.application import Application, Step
from till_app.hub.custody.sale_checks import (
    Quarantined,
    canonical_moment,
    check_movement,
    check_sale,
    differences,
)
from till_app.hub.custody.stock_effects import move_stock
from till_app.hub.custody.writes import StockKey
from till_app.wire.bodies import LineBody, MovementBody, SaleBody
from till_app.wire.exchange import QuarantineCode

_ONE_DAY = timedelta(days=1)
_MAX_NAMED = 20
"""Differences of one sale that are spelt out."""
_lines = tables.sale_line.c
_sold_line = select(_lines.quantity_milli, _lines.gross_minor).where(
    _lines.sale_uuid == bindparam("of_sale"), _lines.line_number == bindparam("of_line")
)
_returned_before = select(
    func.coalesce(-func.sum(_lines.quantity_milli), 0), func.coalesce(-func.sum(_lines.gross_minor), 0)
).where(_lines.origin_sale_uuid == bindparam("of_sale"), _lines.origin_line_number == bindparam("of_line"))


def check_sale_body(body: SaleBody) -> None:
    check_sale(body)
    for movement in body.movements:
        check_movement(movement)


def apply_sale(step: Step, body: SaleBody) -> None:
    application, writes, till = step.application, step.writes, step.application.till
    lookups, used = application.lookups, application.lookups.used_receipts
    found = differences(body, lookups.till_codes) + _check_returns(application, body)
    found += _returned_before_it_came(application, body) + _odd_circumstances(step, body)
    is_own = body.receipt_number == receipt_number(till.till_code, body.counter)
    if body.receipt_number in used:
        found.append(f"receipt number {body.receipt_number} used before")
    elif is_own:
        writes.deferred.counts.receipts += 1
        writes.deferred.counts.highest_receipt = body.counter
    writes.deferred.counts.sales += 1
    used.add(body.receipt_number)
    writes.add(
        tables.sale,
        {
            "sale_uuid": body.uuid,
            "till_id": till.till_id,
            "seq": step.entry.seq,
            "receipt_number": body.receipt_number,
            "counter": body.counter,
            "session_id": body.session_id,
            "business_date": step.entry.business_date,
            "completed_at": canonical_moment(body.completed_at),
            "operator_id": body.operator_id,
            "operator_name": body.operator_name,
            "currency": body.currency,
            "total_minor": body.total_minor,
            "difference": _in_words(found),
            "shop_id": lookups.place.shop_id,
            "customer_id": body.customer_id,
        },
    )
    for line in body.lines:
        writes.add(tables.sale_line, _line_values(body.uuid, till.till_id, line))
    for tender in body.tenders:
        writes.add(
            tables.sale_tender,
            {"sale_uuid": body.uuid, "till_id": till.till_id, **msgspec.structs.asdict(tender)},
        )
    for movement in body.movements:
        store_movement(step, movement)
    _move_stock(step, body)


def _odd_circumstances(step: Step, body: SaleBody) -> list[str]:
    """What the sale says beside its figures and cannot be right; applied all the same."""
    found = []
    currency = step.application.lookups.place.currency
    if currency and body.currency != currency:
        found.append(f"currency {body.currency}, the shop's is {currency}")
    # A day of grace: the shop's date may be ahead of UTC's.
    tomorrow = to_text(step.application.now + _ONE_DAY)
    for name, value in (
        ("business date", step.entry.business_date),
        ("completion", canonical_moment(body.completed_at)),
    ):
        if value > tomorrow:
            found.append(f"{name} {value} has not come yet")
    return found


def _in_words(found: list[str]) -> str | None:
    more = f"; and {len(found) - _MAX_NAMED} more" if len(found) > _MAX_NAMED else ""
    return "; ".join(found[:_MAX_NAMED]) + more if found else None


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


def _check_returns(application: Application, body: SaleBody) -> list[str]:
    """Over all tills, no line may come back in more quantity or value than it was sold.

    A return against a sale that has not arrived is applied and flagged.
    """
    returned: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for line in body.lines:
        if line.origin is not None:
            sums = returned[line.origin.sale_uuid, line.origin.line_number]
            sums[0] -= line.quantity_milli
            sums[1] -= line.gross_minor
    if not returned:
        return []
    application.flush()
    found = []
    for (sale_uuid, line_number), (quantity_milli, gross_minor) in returned.items():
        line_key = {"of_sale": sale_uuid, "of_line": line_number}
        sold = application.connection.execute(_sold_line, line_key).first()
        if sold is None:
            found.append(f"returns line {line_number} of sale {sale_uuid}, which the hub does not have")
            continue
        before_milli, before_minor = application.connection.execute(_returned_before, line_key).one()
        if (
            before_milli + quantity_milli > sold.quantity_milli
            or before_minor + gross_minor > sold.gross_minor
        ):
            if not application.is_accepted:
                raise Quarantined(QuarantineCode.OVER_RETURNED)
            found.append(f"more of line {line_number} of sale {sale_uuid} came back than was sold")
    return found


def _returned_before_it_came(application: Application, body: SaleBody) -> list[str]:
    """Goods that came back at another till before this sale arrived, and more of them than it sold."""
    found = []
    for line in body.lines:
        before = application.lookups.returned.get((body.uuid, line.line_number))
        if before is not None and (before[0] > line.quantity_milli or before[1] > line.gross_minor):
            found.append(f"more of line {line.line_number} came back than was sold")
    return found


def _move_stock(step: Step, body: SaleBody) -> None:
    """Out of and into the shop's default location; what the hub knows no item for moves nothing."""
    application, location_id = step.application, step.application.lookups.place.location_id
    if location_id is None:
        return
    for line in body.lines:
        if line.item_id in application.lookups.items:
            move_stock(
                step,
                new_uuid7(application.now),
                StockKey(line.item_id, location_id),
                "sale" if line.quantity_milli > 0 else "return",
                -line.quantity_milli,
                body.uuid,
                line.line_number,
            )


def store_movement(step: Step, movement: MovementBody) -> None:
    values = msgspec.structs.asdict(movement)
    values["at"] = canonical_moment(movement.at)
    step.writes.add(tables.drawer_movement, {"till_id": step.application.till.till_id, **values})
