"""Domain values as the bodies of journal entries."""

from collections.abc import Iterable

import msgspec

from till_app.domain.reports import SessionReport, ZReport
from till_app.domain.sale import Sale, SaleLine
from till_app.domain.session import DrawerMovement
from till_app.wire.bodies import (
    CashMovementBody,
    LineBody,
    MovementBody,
    OriginBody,
    ReportBody,
    SaleBody,
    TaxBody,
    TenderBody,
    TenderTotalBody,
    ZReportBody,
)


def line_body(line: SaleLine) -> LineBody:
    origin = line.origin
    return LineBody(
        line_number=line.line_number,
        item_id=line.item_id,
        item_code=line.item_code,
        code=line.code,
        name=line.name,
        unit=line.unit.value,
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
        origin=(OriginBody(origin.sale_uuid, origin.receipt_number, origin.line_number) if origin else None),
        price_list_id=line.price_list_id,
        promotions={saving.promotion_id: saving.amount_minor for saving in line.promotions},
        batch=line.batch,
        expires_on=line.expires_on,
    )


def movement_body(movement: DrawerMovement) -> MovementBody:
    return MovementBody(
        movement_id=movement.movement_id,
        session_id=movement.session_id,
        kind=movement.kind.value,
        amount_minor=movement.amount_minor,
        at=movement.at,
        operator_id=movement.operator_id,
        reason=movement.reason,
        sale_uuid=movement.sale_uuid,
    )


def cash_movement_body(movement: DrawerMovement, approved_by: str | None) -> CashMovementBody:
    return CashMovementBody(**msgspec.structs.asdict(movement_body(movement)), approved_by=approved_by)


def sale_body(sale: Sale, movements: Iterable[DrawerMovement], *, drawer_opened_for: str = "") -> SaleBody:
    return SaleBody(
        uuid=sale.uuid,
        receipt_number=sale.receipt_number,
        till_code=sale.till_code,
        counter=sale.counter,
        session_id=sale.session_id,
        opened_at=sale.opened_at,
        completed_at=sale.completed_at,
        operator_id=sale.operator_id,
        operator_name=sale.operator_name,
        currency=sale.currency,
        total_minor=sale.total_minor,
        lines=[line_body(line) for line in sale.lines],
        tenders=[
            TenderBody(
                tender.tender_id,
                tender.kind.value,
                tender.amount_minor,
                tender.given_minor,
                tender.change_minor,
                tender.reference,
            )
            for tender in sale.tenders
        ],
        movements=[movement_body(movement) for movement in movements],
        voided_lines=[line_body(line) for line in sale.voided_lines],
        approved_by=sale.approved_by,
        age_checked=sale.age_checked,
        customer_id=sale.customer.customer_id if sale.customer else None,
        customer_name=sale.customer.name if sale.customer else "",
        promotion_names={
            saving.promotion_id: saving.name
            for line in (*sale.lines, *sale.voided_lines)
            for saving in line.promotions
        },
        drawer_opened_for=drawer_opened_for,
    )


def report_body(report: SessionReport, operator_id: str) -> ReportBody:
    return ReportBody(
        session_id=report.session.session_id,
        session_number=report.session.number,
        transaction_count=report.transaction_count,
        sale_count=report.sale_count,
        sold_minor=report.sold_minor,
        return_count=report.return_count,
        returned_minor=report.returned_minor,
        savings_minor=report.savings_minor,
        total_minor=report.total_minor,
        voided_lines=report.voided_lines,
        voided_baskets=report.voided_baskets,
        no_sales=report.no_sales,
        taxes=[
            TaxBody(tax.vat_code, tax.rate_bp, tax.gross_minor, tax.net_minor, tax.tax_minor)
            for tax in report.tax_lines
        ],
        tenders=[
            TenderTotalBody(tender.kind.value, tender.count, tender.amount_minor) for tender in report.tenders
        ],
        movements_minor={kind.value: amount for kind, amount in report.movements_minor.items()},
        expected_cash_minor=report.expected_cash_minor,
        first_receipt=report.first_receipt,
        last_receipt=report.last_receipt,
        operator_id=operator_id,
    )


def z_report_body(z: ZReport, approved_by: str | None) -> ZReportBody:
    return ZReportBody(
        z_number=z.z_number,
        report=report_body(z.report, z.closed_by),
        closed_at=z.closed_at,
        closed_by=z.closed_by,
        count_by_denomination={
            str(denomination): pieces for denomination, pieces in z.count_by_denomination.items()
        },
        declared_minor=z.declared_minor,
        over_short_minor=z.over_short_minor,
        grand_total_minor=z.grand_total_minor,
        journal_first_seq=z.journal_first_seq,
        journal_last_seq=z.journal_last_seq,
        chain_head=z.chain_head,
        unsent_count=z.unsent_count,
        approved_by=approved_by,
        sales_at_hub=z.sales_at_hub,
        chain_broken_at=z.chain_broken_at,
    )
