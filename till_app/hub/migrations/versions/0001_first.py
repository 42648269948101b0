"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    "stock",
    "sale_tender",
    "sale_line",
    "quick_key",
    "item_barcode",
    "sale",
    "picture_file",
    "item",
    "fork",
    "entry",
    "z_report",
    "vat_rate",
    "till_session",
    "till",
    "stock_movement",
    "staff",
    "shop",
    "picture",
    "pairing_code",
    "import_key",
    "import_item",
    "hub_state",
    "feed",
    "drawer_movement",
    "department",
)
"""Children before their parents."""


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("department_id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )
    op.create_table(
        "drawer_movement",
        sa.Column("movement_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sale_uuid", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_drawer_movement")),
    )
    op.create_index(op.f("ix_drawer_movement_till_id"), "drawer_movement", ["till_id"], unique=False)
    op.create_table(
        "feed",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_feed")),
        sa.UniqueConstraint("record_id", "kind", name=op.f("uq_feed_record_id_kind")),
    )
    op.create_table(
        "hub_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hub_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("catalogue_version", sa.BigInteger(), nullable=False),
        sa.Column("last_till_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_hub_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_state")),
    )
    op.create_table(
        "import_item",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("vat_code", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("plu", sa.Text(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=False),
        sa.Column("picture_file", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("stock_milli", sa.BigInteger(), nullable=True),
        sa.Column("stock_payload", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("line", "import_id", name=op.f("pk_import_item")),
    )
    op.create_table(
        "import_key",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "kind", "import_id", name=op.f("pk_import_key")),
    )
    op.create_table(
        "pairing_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_pairing_code")),
    )
    op.create_table(
        "picture",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_table(
        "shop",
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("receipt_header", sa.Text(), nullable=False),
        sa.Column("receipt_footer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_shop")),
    )
    op.create_table(
        "staff",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("staff_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("staff_code", name=op.f("uq_staff_staff_code")),
    )
    op.create_table(
        "stock_movement",
        sa.Column("movement_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("sale_uuid", sa.Text(), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_stock_movement")),
    )
    op.create_index(op.f("ix_stock_movement_item_id"), "stock_movement", ["item_id"], unique=False)
    op.create_table(
        "till",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("till_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("paired_at", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.Text(), nullable=True),
        sa.Column("last_seen_at", sa.Text(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("clock_skew_s", sa.Integer(), nullable=False),
        sa.Column("reported_seq", sa.BigInteger(), nullable=False),
        sa.Column("acked_seq", sa.BigInteger(), nullable=False),
        sa.Column("acked_hash", sa.Text(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("forked_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("till_id", name=op.f("pk_till")),
        sa.UniqueConstraint("till_code", name=op.f("uq_till_till_code")),
    )
    op.create_table(
        "till_session",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("float_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_till_session")),
    )
    op.create_index(op.f("ix_till_session_till_id"), "till_session", ["till_id"], unique=False)
    op.create_table(
        "vat_rate",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_vat_rate")),
    )
    op.create_table(
        "z_report",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("z_number", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("expected_cash_minor", sa.BigInteger(), nullable=False),
        sa.Column("declared_minor", sa.BigInteger(), nullable=False),
        sa.Column("over_short_minor", sa.BigInteger(), nullable=False),
        sa.Column("grand_total_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("till_id", "z_number", name=op.f("pk_z_report")),
    )
    op.create_table(
        "entry",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("claimed_uuid", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.Column("quarantine_code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["till_id"], ["till.till_id"], name=op.f("fk_entry_till_id_till")),
        sa.PrimaryKeyConstraint("till_id", "seq", name=op.f("pk_entry")),
        sa.UniqueConstraint("claimed_uuid", name=op.f("uq_entry_claimed_uuid")),
    )
    op.create_index(op.f("ix_entry_quarantine_code"), "entry", ["quarantine_code"], unique=False)
    op.create_table(
        "fork",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["till_id"], ["till.till_id"], name=op.f("fk_fork_till_id_till")),
        sa.PrimaryKeyConstraint("till_id", "seq", "hash", name=op.f("pk_fork")),
    )
    op.create_table(
        "item",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("vat_code", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("plu", sa.Text(), nullable=True),
        sa.Column("minimum_age", sa.Integer(), nullable=False),
        sa.Column("picture_file", sa.Text(), nullable=True),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.department_id"], name=op.f("fk_item_department_id_department")
        ),
        sa.ForeignKeyConstraint(["vat_code"], ["vat_rate.code"], name=op.f("fk_item_vat_code_vat_rate")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item")),
        sa.UniqueConstraint("item_code", name=op.f("uq_item_item_code")),
        sa.UniqueConstraint("plu", name=op.f("uq_item_plu")),
    )
    op.create_index(op.f("ix_item_picture_file"), "item", ["picture_file"], unique=False)
    op.create_table(
        "picture_file",
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["picture.sha256"], name=op.f("fk_picture_file_sha256_picture")),
        sa.PrimaryKeyConstraint("file_name", name=op.f("pk_picture_file")),
    )
    op.create_table(
        "sale",
        sa.Column("sale_uuid", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("business_date", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text(), nullable=False),
        sa.Column("operator_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["till_id"], ["till.till_id"], name=op.f("fk_sale_till_id_till")),
        sa.PrimaryKeyConstraint("sale_uuid", name=op.f("pk_sale")),
    )
    op.create_index(op.f("ix_sale_business_date"), "sale", ["business_date"], unique=False)
    op.create_index(op.f("ix_sale_completed_at"), "sale", ["completed_at"], unique=False)
    op.create_index("ix_sale_till_id_counter", "sale", ["till_id", "counter"], unique=False)
    op.create_table(
        "item_barcode",
        sa.Column("barcode_key", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name=op.f("fk_item_barcode_item_id_item")),
        sa.PrimaryKeyConstraint("barcode_key", name=op.f("pk_item_barcode")),
    )
    op.create_index(op.f("ix_item_barcode_item_id"), "item_barcode", ["item_id"], unique=False)
    op.create_table(
        "quick_key",
        sa.Column("quick_key_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("page_position", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name=op.f("fk_quick_key_item_id_item")),
        sa.PrimaryKeyConstraint("quick_key_id", name=op.f("pk_quick_key")),
        sa.UniqueConstraint("page", "position", name=op.f("uq_quick_key_page_position")),
    )
    op.create_index(op.f("ix_quick_key_item_id"), "quick_key", ["item_id"], unique=False)
    op.create_table(
        "sale_line",
        sa.Column("sale_uuid", sa.Text(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_code", sa.Text(), nullable=False),
        sa.Column("vat_rate_bp", sa.Integer(), nullable=False),
        sa.Column("origin_sale_uuid", sa.Text(), nullable=True),
        sa.Column("origin_line_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sale_uuid"], ["sale.sale_uuid"], name=op.f("fk_sale_line_sale_uuid_sale")),
        sa.PrimaryKeyConstraint("sale_uuid", "line_number", name=op.f("pk_sale_line")),
    )
    op.create_index(
        "ix_sale_line_origin", "sale_line", ["origin_sale_uuid", "origin_line_number"], unique=False
    )
    op.create_index("ix_sale_line_till_id", "sale_line", ["till_id"], unique=False)
    op.create_table(
        "sale_tender",
        sa.Column("tender_id", sa.Text(), nullable=False),
        sa.Column("sale_uuid", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_minor", sa.BigInteger(), nullable=False),
        sa.Column("change_minor", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sale_uuid"], ["sale.sale_uuid"], name=op.f("fk_sale_tender_sale_uuid_sale")
        ),
        sa.PrimaryKeyConstraint("tender_id", name=op.f("pk_sale_tender")),
    )
    op.create_index(op.f("ix_sale_tender_sale_uuid"), "sale_tender", ["sale_uuid"], unique=False)
    op.create_index(op.f("ix_sale_tender_till_id"), "sale_tender", ["till_id"], unique=False)
    op.create_table(
        "stock",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name=op.f("fk_stock_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_stock")),
    )


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
