"""The ledger's tables as they are now. Migrations make them; a test compares the two."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_row_id() -> Column[int]:
    return Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True)


def _later(target: str) -> ForeignKey:
    """Checked at the commit, so that a transaction may write in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED")


chain = Table(
    "chain",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("till_id", Text, nullable=False, unique=True),
    Column("till_code", Text, nullable=False),
    Column("till_name", Text, nullable=False),
    Column("began_at", Text),
    Column("reason", Text, nullable=False),
    Column("acked_through", Integer, nullable=False),
    sqlite_strict=True,
)
"""One identity of this till after the other; the newest is its own, and its entries are the outbox."""

till_state = Table(
    "till_state",
    metadata,
    _one_row_id(),
    Column("receipt_counter", Integer, nullable=False),
    Column("z_number", Integer, nullable=False),
    Column("session_number", Integer, nullable=False),
    Column("grand_total_minor", Integer, nullable=False),
    sqlite_strict=True,
)

journal = Table(
    "journal",
    metadata,
    Column("chain", Integer, _later("chain.number"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("uuid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("chain", "seq"),
    UniqueConstraint("chain", "uuid"),
    Index(None, "chain", "kind", "seq"),
    sqlite_strict=True,
)

till_session = Table(
    "till_session",
    metadata,
    Column("session_id", Text, primary_key=True, nullable=False),
    Column("number", Integer, nullable=False, unique=True),
    Column("business_date", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("float_minor", Integer, nullable=False),
    Column("first_seq", Integer, nullable=False),
    Column("voided_baskets", Integer, nullable=False),
    Column("no_sales", Integer, nullable=False),
    Column("closed_at", Text),
    Column("z_number", Integer, unique=True),
    sqlite_strict=True,
)
Index(
    "ix_till_session_only_one_open",
    text("(closed_at IS NULL)"),
    unique=True,
    sqlite_where=till_session.c.closed_at.is_(None),
    _table=till_session,
)

sale = Table(
    "sale",
    metadata,
    Column("counter", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("till_code", Text, nullable=False),
    Column("session_id", Text, _later("till_session.session_id"), nullable=False, index=True),
    Column("business_date", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("completed_at", Text, nullable=False),
    Column("operator_id", Text, nullable=False),
    Column("operator_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", Integer, nullable=False),
    Column("approved_by", Text),
    Column("age_checked", Integer, nullable=False),
    Column("customer_id", Text),
    Column("customer_name", Text),
    sqlite_strict=True,
)

sale_line = Table(
    "sale_line",
    metadata,
    Column("counter", Integer, _later("sale.counter"), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("voided", Integer, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("department_id", Text, nullable=False),
    Column("quantity_milli", Integer, nullable=False),
    Column("unit_price_minor", Integer, nullable=False),
    Column("list_price_minor", Integer),
    Column("discount_minor", Integer, nullable=False),
    Column("gross_minor", Integer, nullable=False),
    Column("net_minor", Integer, nullable=False),
    Column("tax_minor", Integer, nullable=False),
    Column("vat_code", Text, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("minimum_age", Integer, nullable=False),
    Column("origin_sale_uuid", Text),
    Column("origin_receipt_number", Text),
    Column("origin_line_number", Integer),
    Column("price_list_id", Text),
    Column("promotions", Text),
    PrimaryKeyConstraint("counter", "line_number"),
    CheckConstraint("net_minor + tax_minor = gross_minor", name="net_and_tax_sum_to_gross"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
Index(
    "ix_sale_line_origin",
    sale_line.c.origin_sale_uuid,
    sqlite_where=sale_line.c.origin_sale_uuid.is_not(None),
)

sale_tender = Table(
    "sale_tender",
    metadata,
    Column("counter", Integer, _later("sale.counter"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("tender_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    Column("given_minor", Integer, nullable=False),
    Column("change_minor", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    PrimaryKeyConstraint("counter", "position"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

drawer_movement = Table(
    "drawer_movement",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("movement_id", Text, nullable=False, unique=True),
    Column("session_id", Text, _later("till_session.session_id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("amount_minor", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("operator_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sale_uuid", Text, _later("sale.uuid")),
    sqlite_strict=True,
)

print_job = Table(
    "print_job",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("job_id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("printer", Text, nullable=False, server_default="receipt_printer"),
    sqlite_strict=True,
)
FINISHED_JOB = "state IN ('printed', 'cancelled')"
"""Finished jobs are kept for ever and are most of them: the index of the others stays small."""
Index("ix_print_job_unfinished", print_job.c.number, sqlite_where=text(f"NOT ({FINISHED_JOB})"))

payment_attempt = Table(
    "payment_attempt",
    metadata,
    Column("attempt_id", Text, primary_key=True, nullable=False),
    Column("basket_uuid", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reference", Text, nullable=False, unique=True),
    Column("amount_minor", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("operator_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("approved_minor", Integer, nullable=False),
    Column("ended_at", Text),
    Column("reason", Text, nullable=False),
    Column("terminal", Text, nullable=False),
    Column("terminal_reference", Text, nullable=False),
    Column("authorisation", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("of_attempt", Text, nullable=False),
    Column("customer_copy", Text, nullable=False),
    sqlite_strict=True,
)
Index("ix_payment_attempt_basket_uuid", payment_attempt.c.basket_uuid)
OPEN_PAYMENT = "state IN ('started', 'unknown')"
Index("ix_payment_attempt_open", payment_attempt.c.started_at, sqlite_where=text(OPEN_PAYMENT))

document_copies = Table(
    "document_copies",
    metadata,
    Column("document", Text, primary_key=True, nullable=False),
    Column("copies", Integer, nullable=False),
    sqlite_strict=True,
)

open_basket = Table(
    "open_basket",
    metadata,
    _one_row_id(),
    Column("uuid", Text, nullable=False, unique=True),
    Column("opened_at", Text, nullable=False),
    Column("age_checked", Integer, nullable=False),
    Column("customer_id", Text),
    Column("customer_name", Text),
    sqlite_strict=True,
)

open_basket_line = Table(
    "open_basket_line",
    metadata,
    Column("basket_uuid", Text, _later("open_basket.uuid"), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("basket_uuid", "line_number"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

open_basket_tender = Table(
    "open_basket_tender",
    metadata,
    Column("basket_uuid", Text, _later("open_basket.uuid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("tender", Text, nullable=False),
    PrimaryKeyConstraint("basket_uuid", "position"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

new_customer = Table(
    "new_customer",
    metadata,
    Column("customer_id", Text, primary_key=True, nullable=False),
    Column("added_at", Text, nullable=False),
    Column("customer", Text, nullable=False),
    sqlite_strict=True,
)

pin_state = Table(
    "pin_state",
    metadata,
    Column("staff_id", Text, primary_key=True, nullable=False),
    Column("wrong_in_a_row", Integer, nullable=False),
    Column("locked_until", Text),
    sqlite_strict=True,
)
