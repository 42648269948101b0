"""Bodies of journal entries as the domain values that they were made from."""

from collections.abc import Mapping

from till_app.domain.basket_line import BasketCustomer, PromotionSaving, ReturnOrigin
from till_app.domain.catalogue import Unit
from till_app.domain.sale import Sale, SaleLine
from till_app.domain.session import DrawerMovement, MovementKind, TillSession
from till_app.domain.tender import TenderKind, TenderLine
from till_app.wire.bodies import LineBody, MovementBody, SaleBody, SessionOpenedBody


def sale_from(body: SaleBody, business_date: str) -> Sale:
    names = body.promotion_names
    return Sale(
        uuid=body.uuid,
        till_code=body.till_code,
        counter=body.counter,
        session_id=body.session_id,
        business_date=business_date,
        opened_at=body.opened_at,
        completed_at=body.completed_at,
        operator_id=body.operator_id,
        operator_name=body.operator_name,
        currency=body.currency,
        total_minor=body.total_minor,
        lines=tuple(_line_from(line, names) for line in body.lines),
        tenders=tuple(
            TenderLine(
                tender_id=tender.tender_id,
                kind=TenderKind(tender.kind),
                amount_minor=tender.amount_minor,
                given_minor=tender.given_minor,
                change_minor=tender.change_minor,
                reference=tender.reference,
            )
            for tender in body.tenders
        ),
        voided_lines=tuple(_line_from(line, names) for line in body.voided_lines),
        approved_by=body.approved_by,
        age_checked=body.age_checked,
        customer=(
            BasketCustomer(body.customer_id, body.customer_name) if body.customer_id is not None else None
        ),
    )


def _line_from(line: LineBody, promotion_names: Mapping[str, str]) -> SaleLine:
    origin = line.origin
    return SaleLine(
        line_number=line.line_number,
        item_id=line.item_id,
        item_code=line.item_code,
        code=line.code,
        name=line.name,
        unit=Unit(line.unit),
        department_id=line.department_id,
        quantity_milli=line.quantity_milli,
        unit_price_minor=line.unit_price_minor,
        list_price_minor=line.list_price_minor,
        discount_minor=line.discount_minor,
        gross_minor=line.gross_minor,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        vat_code=line.vat_code,
        vat_rate_bp=line.vat_rate_bp,
        minimum_age=line.minimum_age,
        origin=ReturnOrigin(origin.sale_uuid, origin.receipt_number, origin.line_number) if origin else None,
        price_list_id=line.price_list_id,
        promotions=tuple(
            PromotionSaving(promotion_id, promotion_names.get(promotion_id, ""), amount_minor)
            for promotion_id, amount_minor in line.promotions.items()
        ),
        batch=line.batch,
        expires_on=line.expires_on,
    )


def movement_from(body: MovementBody) -> DrawerMovement:
    return DrawerMovement(
        movement_id=body.movement_id,
        session_id=body.session_id,
        kind=MovementKind(body.kind),
        amount_minor=body.amount_minor,
        at=body.at,
        operator_id=body.operator_id,
        reason=body.reason,
        sale_uuid=body.sale_uuid,
    )


def session_from(body: SessionOpenedBody, business_date: str) -> TillSession:
    return TillSession(
        session_id=body.session_id,
        number=body.number,
        business_date=business_date,
        opened_at=body.movement.at,
        opened_by=body.operator_id,
        float_minor=body.float_minor,
    )
