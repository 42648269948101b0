"""What the hub holds of one till, summed by the database from the stored rows."""

from sqlalchemy import ColumnElement, Connection, distinct, func, select

from till_app.hub.custody.quarantine import IS_WAITING
from till_app.hub.tables import drawer_movement, entry, sale, sale_line, sale_tender, z_report
from till_app.wire.exchange import TaxTotal, TillTotals


def till_totals(connection: Connection, till_id: str) -> TillTotals:
    of_till = sale_line.c.till_id == till_id
    transactions, total_minor, differences = connection.execute(
        select(
            func.count(), func.coalesce(func.sum(sale.c.total_minor), 0), func.count(sale.c.difference)
        ).where(sale.c.till_id == till_id)
    ).one()
    taxes = connection.execute(
        select(
            sale_line.c.vat_code,
            sale_line.c.vat_rate_bp,
            func.sum(sale_line.c.gross_minor),
            func.sum(sale_line.c.tax_minor),
            func.count(),
        )
        .where(of_till)
        .group_by(sale_line.c.vat_code, sale_line.c.vat_rate_bp)
        .order_by(sale_line.c.vat_code, sale_line.c.vat_rate_bp)
    ).all()
    tenders = connection.execute(
        select(sale_tender.c.kind, func.sum(sale_tender.c.amount_minor))
        .where(sale_tender.c.till_id == till_id)
        .group_by(sale_tender.c.kind)
        .order_by(sale_tender.c.kind)
    ).all()
    entries = connection.execute(
        select(func.count()).select_from(entry).where(entry.c.till_id == till_id)
    ).scalar_one()
    quarantined = connection.execute(
        select(func.count()).select_from(entry).where(entry.c.till_id == till_id, IS_WAITING)
    ).scalar_one()

    def count_with(condition: ColumnElement[bool]) -> int:
        query = select(func.count(distinct(sale_line.c.sale_uuid))).where(of_till, condition)
        return int(connection.execute(query).scalar_one())

    return TillTotals(
        sales=count_with(sale_line.c.quantity_milli > 0),
        returns=count_with(sale_line.c.quantity_milli < 0),
        transactions=transactions,
        lines=sum(row[4] for row in taxes),
        gross_minor=int(total_minor),
        tax_minor=int(sum(row[3] for row in taxes)),
        taxes=[TaxTotal(row[0], row[1], int(row[2]), int(row[3])) for row in taxes],
        tenders_minor={row[0]: int(row[1]) for row in tenders},
        cash_minor=int(
            connection.execute(
                select(func.coalesce(func.sum(drawer_movement.c.amount_minor), 0)).where(
                    drawer_movement.c.till_id == till_id
                )
            ).scalar_one()
        ),
        z_reports=connection.execute(
            select(func.count()).select_from(z_report).where(z_report.c.till_id == till_id)
        ).scalar_one(),
        entries=entries,
        quarantined=quarantined,
        differences=differences,
    )
