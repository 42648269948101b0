"""The hub's tables. Money and quantities are integers; constraints are named for later migrations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

hub_state = Table(
    "hub_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("hub_id", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("feed_seq", BigInteger, nullable=False),
    Column("catalogue_version", BigInteger, nullable=False),
    Column("last_till_number", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row. Its counters are taken under the write lock, at the end of a transaction."""

feed = Table(
    "feed",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("gone", Boolean(create_constraint=False), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("record_id", "kind"),
)
"""The latest version of each record as its encoded JSON array, in the order of commit.

In the keys of this table and of the staging tables the selective column comes first: without statistics
SQLite takes an equality on `kind` or `import_id` for a handful of rows and would walk all of them.
"""

shop = Table(
    "shop",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("vat_number", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("receipt_header", Text, nullable=False),
    Column("receipt_footer", Text, nullable=False),
)

vat_rate = Table(
    "vat_rate",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rate_bp", Integer, nullable=False),
)

department = Table(
    "department",
    metadata,
    Column("department_id", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

item = Table(
    "item",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("item_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("department_id", Text, ForeignKey("department.department_id"), nullable=False),
    Column("vat_code", Text, ForeignKey("vat_rate.code"), nullable=False),
    Column("price_minor", BigInteger),
    Column("unit", Text, nullable=False),
    Column("plu", Text, unique=True),
    Column("minimum_age", Integer, nullable=False),
    Column("picture_file", Text, index=True),
    Column("blocked", Boolean(create_constraint=False), nullable=False),
)

item_barcode = Table(
    "item_barcode",
    metadata,
    Column("barcode_key", Text, primary_key=True),
    Column("item_id", Text, ForeignKey("item.item_id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("barcode", Text, nullable=False),
)
"""`barcode_key` is the 14-digit form of a GTIN, else the barcode as it stands."""

stock = Table(
    "stock",
    metadata,
    Column("item_id", Text, ForeignKey("item.item_id"), primary_key=True),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("as_of", Text, nullable=False),
)

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("movement_id", Text, primary_key=True),
    Column("item_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    Column("sale_uuid", Text),
    Column("line_number", Integer),
)
"""Signed deltas; `stock` is their sum. They outlive their item."""

quick_key = Table(
    "quick_key",
    metadata,
    Column("quick_key_id", Text, primary_key=True),
    Column("page", Text, nullable=False),
    Column("page_position", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("item_id", Text, ForeignKey("item.item_id"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    UniqueConstraint("page", "position"),
)

staff = Table(
    "staff",
    metadata,
    Column("staff_id", Text, primary_key=True),
    Column("staff_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("active", Boolean(create_constraint=False), nullable=False),
)

picture = Table(
    "picture",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

picture_file = Table(
    "picture_file",
    metadata,
    Column("file_name", Text, primary_key=True),
    Column("sha256", Text, ForeignKey("picture.sha256"), nullable=False),
)

till = Table(
    "till",
    metadata,
    Column("till_id", Text, primary_key=True),
    Column("till_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("paired_at", Text, nullable=False),
    Column("revoked_at", Text),
    Column("last_seen_at", Text),
    Column("app_version", Text, nullable=False),
    Column("clock_skew_s", Integer, nullable=False),
    Column("reported_seq", BigInteger, nullable=False),
    Column("acked_seq", BigInteger, nullable=False),
    Column("acked_hash", Text, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("forked_at", Text),
)

pairing_code = Table(
    "pairing_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("expires_at", Text, nullable=False),
    Column("failures", Integer, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("till_id", Text, ForeignKey("till.till_id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("uuid", Text, nullable=False),
    Column("claimed_uuid", Text, unique=True),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("quarantine_code", Text, index=True),
    PrimaryKeyConstraint("till_id", "seq"),
)
"""The tills' journals, byte for byte. `claimed_uuid` is empty when another entry has the uuid already."""

fork = Table(
    "fork",
    metadata,
    Column("till_id", Text, ForeignKey("till.till_id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("uuid", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Text, nullable=False),
    PrimaryKeyConstraint("till_id", "seq", "hash"),
)
"""Entries that contradict what the till sent before: two machines with one identity, or a restored one."""

sale = Table(
    "sale",
    metadata,
    Column("sale_uuid", Text, primary_key=True),
    Column("till_id", Text, ForeignKey("till.till_id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("receipt_number", Text, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("business_date", Text, nullable=False, index=True),
    Column("completed_at", Text, nullable=False, index=True),
    Column("operator_id", Text, nullable=False),
    Column("operator_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("difference", Text),
    Index("ix_sale_till_id_counter", "till_id", "counter"),
)
"""The till's figures, as they came. `difference` says where the hub computes something else."""

sale_line = Table(
    "sale_line",
    metadata,
    Column("sale_uuid", Text, ForeignKey("sale.sale_uuid"), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("till_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("department_id", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("unit_price_minor", BigInteger, nullable=False),
    Column("list_price_minor", BigInteger),
    Column("discount_minor", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("vat_code", Text, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("origin_sale_uuid", Text),
    Column("origin_line_number", Integer),
    PrimaryKeyConstraint("sale_uuid", "line_number"),
    Index("ix_sale_line_origin", "origin_sale_uuid", "origin_line_number"),
    Index("ix_sale_line_till_id", "till_id"),
)

sale_tender = Table(
    "sale_tender",
    metadata,
    Column("tender_id", Text, primary_key=True),
    Column("sale_uuid", Text, ForeignKey("sale.sale_uuid"), nullable=False, index=True),
    Column("till_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("given_minor", BigInteger, nullable=False),
    Column("change_minor", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
)

drawer_movement = Table(
    "drawer_movement",
    metadata,
    Column("movement_id", Text, primary_key=True),
    Column("till_id", Text, nullable=False, index=True),
    Column("session_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("at", Text, nullable=False),
    Column("operator_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sale_uuid", Text),
)

till_session = Table(
    "till_session",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("till_id", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("float_minor", BigInteger, nullable=False),
)

z_report = Table(
    "z_report",
    metadata,
    Column("till_id", Text, nullable=False),
    Column("z_number", Integer, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("business_date", Text, nullable=False),
    Column("closed_at", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("expected_cash_minor", BigInteger, nullable=False),
    Column("declared_minor", BigInteger, nullable=False),
    Column("over_short_minor", BigInteger, nullable=False),
    Column("grand_total_minor", BigInteger, nullable=False),
    PrimaryKeyConstraint("till_id", "z_number"),
)

import_item = Table(
    "import_item",
    metadata,
    Column("import_id", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("is_new", Boolean(create_constraint=False), nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("department_id", Text, nullable=False),
    Column("vat_code", Text, nullable=False),
    Column("price_minor", BigInteger),
    Column("unit", Text, nullable=False),
    Column("plu", Text),
    Column("minimum_age", Integer, nullable=False),
    Column("picture_file", Text),
    Column("blocked", Boolean(create_constraint=False), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("stock_milli", BigInteger),
    Column("stock_payload", LargeBinary),
    PrimaryKeyConstraint("line", "import_id"),
)
"""Good rows of a file being read, each complete; they become items all, or never."""

import_key = Table(
    "import_key",
    metadata,
    Column("import_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item_code", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("key", "kind", "import_id"),
    Index("ix_import_key_line", "line", "import_id"),
)
"""Codes, PLUs and barcodes of the good rows so far, so that a second use of one is found at any distance."""

accepted_import = Table(
    "accepted_import",
    metadata,
    Column("import_id", Text, primary_key=True),
    Column("accepted_at", Text, nullable=False),
)
"""An import whose staged rows are becoming items; while there is one, nothing else edits the catalogue."""
