"""The catalogue cache's tables. They are never migrated: a file of another schema is made anew."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    insert,
)

SCHEMA_VERSION = 1
"""Raise it with every change here; kept in the file as SQLite's `user_version`."""

metadata = MetaData()


def _generation() -> Column[int]:
    """Which reading of the whole feed last mentioned the row."""
    return Column("generation", Integer, nullable=False)


feed_state = Table(
    "feed_state",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    sqlite_strict=True,
)

item = Table(
    "item",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("item_id", Text, nullable=False, unique=True),
    Column("item_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("department_id", Text, nullable=False),
    Column("vat_code", Text, nullable=False),
    Column("price_minor", Integer),
    Column("unit", Text, nullable=False),
    Column("plu", Text),
    Column("barcodes", Text, nullable=False),
    Column("minimum_age", Integer, nullable=False),
    Column("picture", Text),
    Column("blocked", Integer, nullable=False),
    _generation(),
    sqlite_strict=True,
)
"""`number` is local to the file: the row of `item_words`, and the order in which a search finds things."""
Index("ix_item_department", item.c.department_id, item.c.name)
Index("ix_item_picture", item.c.picture, sqlite_where=item.c.picture.is_not(None))

item_key = Table(
    "item_key",
    metadata,
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("key", "number"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Every code under which an item is found, see `catalogue_text.item_keys`."""

stock = Table(
    "stock",
    metadata,
    Column("item_id", Text, primary_key=True, nullable=False),
    Column("quantity_milli", Integer, nullable=False),
    Column("as_of", Text, nullable=False),
    _generation(),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

department = Table(
    "department",
    metadata,
    Column("department_id", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    _generation(),
    sqlite_strict=True,
)

vat_rate = Table(
    "vat_rate",
    metadata,
    Column("code", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rate_bp", Integer, nullable=False),
    _generation(),
    sqlite_strict=True,
)

quick_key = Table(
    "quick_key",
    metadata,
    Column("quick_key_id", Text, primary_key=True, nullable=False),
    Column("page", Text, nullable=False),
    Column("page_position", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    _generation(),
    sqlite_strict=True,
)

staff = Table(
    "staff",
    metadata,
    Column("staff_id", Text, primary_key=True, nullable=False),
    Column("staff_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("active", Integer, nullable=False),
    _generation(),
    sqlite_strict=True,
)

shop = Table(
    "shop",
    metadata,
    Column("shop_id", Text, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("vat_number", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("receipt_header", Text, nullable=False),
    Column("receipt_footer", Text, nullable=False),
    _generation(),
    sqlite_strict=True,
)

wanted_picture = Table(
    "wanted_picture",
    metadata,
    Column("sha256", Text, primary_key=True, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Named by an item when the file was not there."""

_ITEM_WORDS = """
    CREATE VIRTUAL TABLE item_words USING fts5(
        words, content='', contentless_delete=1, detail='none', prefix='1 2 3 4', tokenize='ascii'
    )
"""
"""The folded words of names (`catalogue_text.folded_words`), so that nothing is left for a tokenizer to
guess. The row id is the item's number: results come in its order without a sort."""


def create_all(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.exec_driver_sql(_ITEM_WORDS)
    connection.execute(insert(feed_state), {"id": 1, "cursor": "", "generation": 1})
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def has_this_schema(connection: Connection) -> bool:
    return connection.exec_driver_sql("PRAGMA user_version").scalar() == SCHEMA_VERSION
