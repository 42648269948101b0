"""Print jobs name their printer, and payments at a card terminal are rows."""

from alembic import op

revision = "0004"
down_revision = "0003"

_STATEMENTS = (
    "ALTER TABLE print_job ADD COLUMN printer TEXT DEFAULT 'receipt_printer' NOT NULL",
    """
    CREATE TABLE payment_attempt (
        attempt_id TEXT NOT NULL,
        basket_uuid TEXT NOT NULL,
        purpose TEXT NOT NULL,
        reference TEXT NOT NULL,
        amount_minor INTEGER NOT NULL,
        currency TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        started_at TEXT NOT NULL,
        state TEXT NOT NULL,
        approved_minor INTEGER NOT NULL,
        ended_at TEXT,
        reason TEXT NOT NULL,
        terminal TEXT NOT NULL,
        terminal_reference TEXT NOT NULL,
        authorisation TEXT NOT NULL,
        scheme TEXT NOT NULL,
        of_attempt TEXT NOT NULL,
        customer_copy TEXT NOT NULL,
        CONSTRAINT pk_payment_attempt PRIMARY KEY (attempt_id),
        CONSTRAINT uq_payment_attempt_reference UNIQUE (reference)
    ) STRICT
    """,
    "CREATE INDEX ix_payment_attempt_basket_uuid ON payment_attempt (basket_uuid)",
    """
    CREATE INDEX ix_payment_attempt_open ON payment_attempt (started_at)
    WHERE state IN ('started', 'unknown')
    """,
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
