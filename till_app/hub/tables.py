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
    text,
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
    Column("feed_horizon", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row. Its counters are taken under the write lock, at the end of a transaction. Tombstones up to
`feed_horizon` may be purged: who read less of the feed has to begin anew."""

feed = Table(
    "feed",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("scope", Text, nullable=False, default=""),
    Column("gone", Boolean(create_constraint=False), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    UniqueConstraint("record_id", "kind", "scope"),
    Index("ix_feed_scope_seq", "scope", "seq"),
    Index("ix_feed_gone_seq", "seq", sqlite_where=text("gone = 1"), postgresql_where=text("gone")),
)
"""The latest version of each record as its encoded JSON array, in the order of commit. `scope` is the shop
whose tills get it, empty for all; a record that moves leaves a tombstone where it was.

In the keys of this table and of the staging tables the selective column comes first: without statistics
SQLite takes an equality on `kind` or `import_id` for a handful of rows and would walk all of them.
"""

feed_day = Table(
    "feed_day",
    metadata,
    Column("day", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""How far the feed was on a day: by it a tombstone's age is told."""

shop = Table(
    "shop",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("shop_code", Text, nullable=False, server_default=text("''")),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("vat_number", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("receipt_header", Text, nullable=False),
    Column("receipt_footer", Text, nullable=False),
    Index("ix_shop_shop_code", "shop_code", unique=True),
)

location = Table(
    "location",
    metadata,
    Column("location_id", Text, primary_key=True),
    Column("location_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("shop_id", Text, ForeignKey("shop.shop_id"), nullable=False, index=True),
    Column("is_default", Boolean(create_constraint=False), nullable=False),
)
"""Sales of a shop take from its default location."""

vat_rate = Table(
    "vat_rate",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rate_bp", Integer, nullable=False),
)
"""`rate_bp` holds until the first of the rate's changes."""

vat_rate_change = Table(
    "vat_rate_change",
    metadata,
    Column("code", Text, ForeignKey("vat_rate.code"), nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("rate_bp", Integer, nullable=False),
    PrimaryKeyConstraint("code", "valid_from"),
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
    Column("quantity_milli", BigInteger, nullable=False, default=1000),
)
"""`barcode_key` is the 14-digit form of a GTIN, else the barcode as it stands."""

item_picture = Table(
    "item_picture",
    metadata,
    Column("item_id", Text, ForeignKey("item.item_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("file_name", Text, nullable=False, index=True),
    PrimaryKeyConstraint("item_id", "position"),
)
"""The pictures after the first, which is `item.picture_file`."""

price_list = Table(
    "price_list",
    metadata,
    Column("price_list_id", Text, primary_key=True),
    Column("price_list_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("shop_id", Text, ForeignKey("shop.shop_id")),
    Column("priority", Integer, nullable=False),
    Column("valid_from", Text),
    Column("valid_until", Text),
    Column("customers_only", Boolean(create_constraint=False), nullable=False),
)
"""Without a shop it is every shop's."""

price = Table(
    "price",
    metadata,
    Column("price_id", Text, nullable=False, unique=True),
    Column("item_id", Text, ForeignKey("item.item_id"), nullable=False),
    Column("price_list_id", Text, ForeignKey("price_list.price_list_id"), nullable=False, index=True),
    Column("price_minor", BigInteger, nullable=False),
    PrimaryKeyConstraint("item_id", "price_list_id"),
)

promotion = Table(
    "promotion",
    metadata,
    Column("promotion_id", Text, primary_key=True),
    Column("promotion_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("shop_id", Text, ForeignKey("shop.shop_id")),
    Column("kind", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("valid_from", Text),
    Column("valid_until", Text),
)

promotion_item = Table(
    "promotion_item",
    metadata,
    Column("promotion_id", Text, ForeignKey("promotion.promotion_id"), nullable=False),
    Column("item_id", Text, ForeignKey("item.item_id"), nullable=False, index=True),
    PrimaryKeyConstraint("promotion_id", "item_id"),
)

promotion_department = Table(
    "promotion_department",
    metadata,
    Column("promotion_id", Text, ForeignKey("promotion.promotion_id"), nullable=False),
    Column("department_id", Text, ForeignKey("department.department_id"), nullable=False, index=True),
    PrimaryKeyConstraint("promotion_id", "department_id"),
)

customer = Table(
    "customer",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("customer_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("price_list_id", Text, ForeignKey("price_list.price_list_id")),
    Column("balance_minor", BigInteger, nullable=False),
    Column("credit_limit_minor", BigInteger, nullable=False),
    Column("balance_at", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("active", Boolean(create_constraint=False), nullable=False),
    Column("made_by_till_id", Text),
)

receipt_text = Table(
    "receipt_text",
    metadata,
    Column("receipt_text_id", Text, primary_key=True),
    Column("shop_id", Text, ForeignKey("shop.shop_id")),
    Column("place", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("valid_from", Text),
    Column("valid_until", Text),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, nullable=False),
    Column("shop_id", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("name", "shop_id"),
)
"""An empty `shop_id`: for every shop that has no value of its own."""

stock = Table(
    "stock",
    metadata,
    Column("item_id", Text, ForeignKey("item.item_id"), nullable=False),
    Column("location_id", Text, ForeignKey("location.location_id"), nullable=False),
    Column("quantity_milli", BigInteger, nullable=False),
    Column("as_of", Text, nullable=False),
    PrimaryKeyConstraint("item_id", "location_id"),
)

stock_movement = Table(
    "stock_movement",
    metadata,
    Column("movement_id", Text, primary_key=True),
    Column("item_id", Text, nullable=False, index=True),
    Column("location_id", Text, nullable=False),
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
    Column("shop_id", Text, nullable=False, default=""),
    UniqueConstraint("page", "position", "shop_id"),
)
"""An empty `shop_id`: every shop's."""

staff = Table(
    "staff",
    metadata,
    Column("staff_id", Text, primary_key=True),
    Column("staff_code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("active", Boolean(create_constraint=False), nullable=False),
    Column("shop_id", Text, ForeignKey("shop.shop_id")),
)
"""Without a shop they may sign on in every one."""

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
    Column("shop_id", Text, index=True),
    Column("continues_till_id", Text),
    Column("health", LargeBinary),
    Column("health_at", Text),
    Column("sales", BigInteger, nullable=False, server_default="0"),
    Column("receipts", BigInteger, nullable=False, server_default="0"),
    Column("highest_receipt", BigInteger, nullable=False, server_default="0"),
)
"""`sales` counts them, and `receipts` the different numbers of the till's own that they have.
`continues_till_id`: whose journal this one goes on from. `health`: the body of the last till_health entry.
Without a shop it has the only one there is, or none yet."""

pairing_code = Table(
    "pairing_code",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("expires_at", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("shop_id", Text, ForeignKey("shop.shop_id")),
    Column("continues_till_id", Text),
)
"""With `continues_till_id` it pairs the machine of that till anew."""

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
    Column("resolution", Text),
    Column("resolved_at", Text),
    Column("resolved_by", Text),
    Column("resolution_note", Text),
    PrimaryKeyConstraint("till_id", "seq"),
)
"""The tills' journals, byte for byte. `claimed_uuid` is empty when another entry has the uuid already.
A resolved entry keeps its `quarantine_code`; `resolution` is `applied`, `accepted`, `set_aside` or
`compensated`."""

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
    Column("adopted_by_till_id", Text),
    Index("ix_fork_uuid", "uuid"),
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
    Column("session_id", Text, nullable=False, index=True),
    Column("business_date", Text, nullable=False, index=True),
    Column("completed_at", Text, nullable=False, index=True),
    Column("operator_id", Text, nullable=False),
    Column("operator_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("difference", Text),
    Column("shop_id", Text, index=True),
    Column("customer_id", Text, index=True),
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
    Column("session_id", Text, nullable=False, index=True),
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
    Column("seq", BigInteger),
)
"""`seq` is that of its journal entry; here and at the Z it is unknown of what an older release took."""

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
    Column("seq", BigInteger),
    PrimaryKeyConstraint("till_id", "z_number"),
    Index("ix_z_report_session_id", "session_id"),
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
    Column("location_id", Text),
    Column("stock_scope", Text),
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
    Column("quantity_milli", BigInteger, nullable=False, server_default=text("1000")),
    PrimaryKeyConstraint("key", "kind", "import_id"),
    Index("ix_import_key_line", "line", "import_id"),
)
"""Codes, PLUs and barcodes of the good rows so far, so that a second use of one is found at any distance."""

import_picture = Table(
    "import_picture",
    metadata,
    Column("import_id", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("file_name", Text, nullable=False),
    PrimaryKeyConstraint("line", "position", "import_id"),
)
"""Of the good rows, the pictures after the first."""

import_price = Table(
    "import_price",
    metadata,
    Column("import_id", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("price_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("price_list_id", Text, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("scope", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    PrimaryKeyConstraint("line", "import_id"),
    UniqueConstraint("item_id", "price_list_id", "import_id"),
)
"""Good rows of a file of prices being read; those that change nothing are kept to find second uses."""

access_token = Table(
    "access_token",
    metadata,
    Column("token_id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("last_used_at", Text),
    Column("revoked_at", Text),
)
"""Who may call the back office's API, beside the owner's token in its file."""

audit = Table(
    "audit",
    metadata,
    Column("audit_id", Text, primary_key=True),
    Column("at", Text, nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("caller", Text, nullable=False),
    Column("window", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    PrimaryKeyConstraint("caller", "window"),
)
"""Failed proofs of identity, by caller and minute, for all worker processes together."""

snapshot = Table(
    "snapshot",
    metadata,
    Column("sha256", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("compressed_bytes", BigInteger, nullable=False),
    Column("catalogue_sha256", Text, nullable=False),
    Column("catalogue_bytes", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("built_at", Text, nullable=False),
    PrimaryKeyConstraint("sha256", "scope"),
)
"""Ready catalogue files that lie in the hub's snapshot folder under their hash; two scopes may share one."""

accepted_import = Table(
    "accepted_import",
    metadata,
    Column("import_id", Text, primary_key=True),
    Column("accepted_at", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'items'")),
)
"""An import whose staged rows are becoming items; while there is one, nothing else edits the catalogue."""
