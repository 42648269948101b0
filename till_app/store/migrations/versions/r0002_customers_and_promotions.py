"""Customers of baskets and sales, the price list and promotions of a line, customers made at this till."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STEPS = (
    "ALTER TABLE sale ADD COLUMN customer_id TEXT",
    "ALTER TABLE sale ADD COLUMN customer_name TEXT",
    "ALTER TABLE sale_line ADD COLUMN price_list_id TEXT",
    "ALTER TABLE sale_line ADD COLUMN promotions TEXT",
    "ALTER TABLE open_basket ADD COLUMN customer_id TEXT",
    "ALTER TABLE open_basket ADD COLUMN customer_name TEXT",
    """
    CREATE TABLE new_customer (
        customer_id TEXT NOT NULL,
        added_at TEXT NOT NULL,
        customer TEXT NOT NULL,
        CONSTRAINT pk_new_customer PRIMARY KEY (customer_id)
    ) STRICT
    """,
)


def upgrade() -> None:
    for statement in _STEPS:
        op.execute(statement)
