"""Sales, sessions and open baskets as rows, and back: `…_row` gives the parameters of an insert."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketCustomer, BasketLine, PromotionSaving, ReturnOrigin
from till_app.domain.catalogue import Customer, Unit
from till_app.domain.sale import Sale, SaleLine
from till_app.domain.session import DrawerMovement, MovementKind, TillSession
from till_app.domain.tender import TenderKind, TenderLine
from till_app.services.ports import JobKind, JobState, PrintJob

Parameters = dict[str, Any]
AnyRow = Row[Any]

_SALE_FIELDS = tuple(
    field.name for field in fields(Sale) if field.name not in ("lines", "tenders", "voided_lines", "customer")
)
_LINE_FIELDS = tuple(
    field.name
    for field in fields(SaleLine)
    if field.name not in ("origin", "price_list_id", "promotions", "batch", "expires_on")
)
_UNIT_POSITION = _LINE_FIELDS.index("unit")
LINE_COLUMNS = (
    "counter",
    "voided",
    *_LINE_FIELDS,
    "origin_sale_uuid",
    "origin_receipt_number",
    "origin_line_number",
    "price_list_id",
    "promotions",
)
"""As `sales_from` wants the lines."""
_TENDER_FIELDS = tuple(field.name for field in fields(TenderLine))
_SESSION_FIELDS = tuple(field.name for field in fields(TillSession))
_MOVEMENT_FIELDS = tuple(field.name for field in fields(DrawerMovement))
_JOB_FIELDS = tuple(field.name for field in fields(PrintJob))


def _parameters(value: object, names: Sequence[str]) -> Parameters:
    return {name: getattr(value, name) for name in names}


def _values(row: AnyRow, names: Sequence[str]) -> Parameters:
    return {name: getattr(row, name) for name in names}


def sale_row(sale: Sale) -> Parameters:
    return _parameters(sale, _SALE_FIELDS) | _customer_columns(sale.customer)


def basket_row(basket: Basket) -> Parameters:
    return {
        "id": 1,
        "uuid": basket.uuid,
        "opened_at": basket.opened_at,
        "age_checked": basket.age_checked,
        **_customer_columns(basket.customer),
    }


def basket_from(header: AnyRow, lines: Iterable[str]) -> Basket:
    return Basket(
        header.uuid,
        header.opened_at,
        [basket_line_from(line) for line in lines],
        header.age_checked,
        _customer_of(header),
    )


def _customer_columns(customer: BasketCustomer | None) -> Parameters:
    return {
        "customer_id": customer.customer_id if customer else None,
        "customer_name": customer.name if customer else None,
    }


def _customer_of(row: AnyRow) -> BasketCustomer | None:
    return None if row.customer_id is None else BasketCustomer(row.customer_id, row.customer_name or "")


def line_rows(sale: Sale) -> list[Parameters]:
    return [
        _line_row(sale.counter, line, voided)
        for lines, voided in ((sale.lines, 0), (sale.voided_lines, 1))
        for line in lines
    ]


def _line_row(counter: int, line: SaleLine, voided: int) -> Parameters:
    origin = line.origin
    return {
        **_parameters(line, _LINE_FIELDS),
        "counter": counter,
        "voided": voided,
        "origin_sale_uuid": origin.sale_uuid if origin else None,
        "origin_receipt_number": origin.receipt_number if origin else None,
        "origin_line_number": origin.line_number if origin else None,
        "price_list_id": line.price_list_id,
        "promotions": _promotions_text(line.promotions),
    }


def tender_rows(sale: Sale) -> list[Parameters]:
    return [
        {**_parameters(tender, _TENDER_FIELDS), "counter": sale.counter, "position": position}
        for position, tender in enumerate(sale.tenders)
    ]


def sales_from(
    sales: Iterable[AnyRow], lines: Iterable[AnyRow], tenders: Iterable[AnyRow]
) -> tuple[Sale, ...]:
    """Lines (LINE_COLUMNS) and tenders may be of several sales, each sale's in its own order; sales come as
    ordered."""
    sold: defaultdict[int, list[SaleLine]] = defaultdict(list)
    voided: defaultdict[int, list[SaleLine]] = defaultdict(list)
    settled: defaultdict[int, list[TenderLine]] = defaultdict(list)
    for line in lines:
        counter, is_voided, *columns = tuple(line)
        (voided if is_voided else sold)[counter].append(_line_from(columns))
    for tender in tenders:
        values = _values(tender, _TENDER_FIELDS) | {"kind": TenderKind(tender.kind)}
        settled[tender.counter].append(TenderLine(**values))
    return tuple(
        Sale(
            **_values(sale, _SALE_FIELDS),
            lines=tuple(sold[sale.counter]),
            tenders=tuple(settled[sale.counter]),
            voided_lines=tuple(voided[sale.counter]),
            customer=_customer_of(sale),
        )
        for sale in sales
    )


def _line_from(columns: Sequence[Any]) -> SaleLine:
    """By position, as a day has thousands: LINE_COLUMNS come in the order of SaleLine's fields."""
    *values, sale_uuid, receipt_number, line_number, price_list_id, promotions = columns
    values[_UNIT_POSITION] = Unit(values[_UNIT_POSITION])
    origin = None if sale_uuid is None else ReturnOrigin(sale_uuid, receipt_number, line_number)
    values += (origin, price_list_id, _promotions_from(promotions))
    return SaleLine(*values)


def _promotions_text(promotions: Sequence[PromotionSaving]) -> str | None:
    """JSON, as they are only ever read with their line; None for most lines."""
    return json.dumps([asdict(saving) for saving in promotions], ensure_ascii=False) if promotions else None


def _promotions_from(text: str | None) -> tuple[PromotionSaving, ...]:
    return tuple(PromotionSaving(**saving) for saving in json.loads(text)) if text else ()


def movement_row(movement: DrawerMovement) -> Parameters:
    return _parameters(movement, _MOVEMENT_FIELDS)


def movement_from(row: AnyRow) -> DrawerMovement:
    return DrawerMovement(**(_values(row, _MOVEMENT_FIELDS) | {"kind": MovementKind(row.kind)}))


def session_row(session: TillSession) -> Parameters:
    return _parameters(session, _SESSION_FIELDS)


def session_from(row: AnyRow) -> TillSession:
    return TillSession(**_values(row, _SESSION_FIELDS))


def job_row(job: PrintJob) -> Parameters:
    return _parameters(job, _JOB_FIELDS)


def job_from(row: AnyRow) -> PrintJob:
    return PrintJob(**(_values(row, _JOB_FIELDS) | {"kind": JobKind(row.kind), "state": JobState(row.state)}))


def basket_line_text(line: BasketLine) -> str:
    """JSON by field name: a line of the open basket lives for minutes and is only ever read whole."""
    return json.dumps(asdict(line), ensure_ascii=False)


def basket_line_from(text: str) -> BasketLine:
    values = json.loads(text)
    origin = values.pop("origin")
    promotions = values.pop("promotions", ())
    return BasketLine(
        **(values | {"unit": Unit(values["unit"])}),
        origin=ReturnOrigin(**origin) if origin else None,
        promotions=tuple(PromotionSaving(**saving) for saving in promotions),
    )


def customer_text(customer: Customer) -> str:
    return json.dumps(asdict(customer), ensure_ascii=False)


def customer_from(text: str) -> Customer:
    values = json.loads(text)
    return Customer(**(values | {"address": tuple(values["address"])}))


def tender_text(tender: TenderLine) -> str:
    return json.dumps(asdict(tender), ensure_ascii=False)


def tender_from(text: str) -> TenderLine:
    values = json.loads(text)
    return TenderLine(**(values | {"kind": TenderKind(values["kind"])}))
