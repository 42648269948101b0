"""The tables, indexes and search of a catalogue file, and telling whether a file has just these.

They are never migrated: what they hold is the hub's. The columns of a kind of record are the fields of its
message in their order, so that a record can be made again exactly.
"""

import functools
from typing import Any

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
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from till_app.catalogue_file.version import SCHEMA_VERSION as SCHEMA_VERSION

metadata = MetaData()
_DIALECT = sqlite.dialect()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _text_or_null(name: str) -> Column[str]:
    return Column(name, Text)


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True)


def _generation() -> Column[int]:
    """Which reading of the whole feed last mentioned the row."""
    return _whole("generation")


feed_state = _table(
    "feed_state",
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    _text("cursor"),
    _whole("generation"),
    _text("pictures_looked_through"),
)
"""One row. Items' pictures up to and with `pictures_looked_through`, in the order of their hashes, are in the
cache, were wanted, or were there once and had to make room."""

item = _table(
    "item",
    Column("number", Integer, primary_key=True),
    _text("item_id"),
    _text("item_code"),
    _text("name"),
    _text("description"),
    _text("department_id"),
    _text("vat_code"),
    Column("price_minor", Integer),
    _text("unit"),
    _text_or_null("plu"),
    _text("barcodes"),
    _whole("minimum_age"),
    _text_or_null("picture"),
    _whole("blocked"),
    _text("pictures"),
    _text("pack_milli"),
    _generation(),
)
"""`number` is local to the file: the row of `item_words`, and the order in which a search finds things."""

item_key = Table(
    "item_key",
    metadata,
    _text("key"),
    _whole("number"),
    PrimaryKeyConstraint("key", "number"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Every code under which an item is found, see `text.item_keys`."""

stock = _table(
    "stock", _text("item_id"), _whole("quantity_milli"), _text("as_of"), _text("location_id"), _generation()
)

location = _table(
    "location", _text("location_id"), _text("name"), _text("shop_id"), _whole("is_default"), _generation()
)

department = _table("department", _text("department_id"), _text("name"), _whole("position"), _generation())

vat_rate = _table(
    "vat_rate",
    _text("code"),
    _text("name"),
    _text("kind"),
    _whole("rate_bp"),
    _text("changes"),
    _generation(),
)

price_list = _table(
    "price_list",
    _text("price_list_id"),
    _text("name"),
    _whole("priority"),
    _text_or_null("valid_from"),
    _text_or_null("valid_until"),
    _whole("customers_only"),
    _generation(),
)

price = _table(
    "price", _text("price_id"), _text("price_list_id"), _text("item_id"), _whole("price_minor"), _generation()
)

promotion = _table(
    "promotion",
    _text("promotion_id"),
    _text("name"),
    _text("kind"),
    _text_or_null("valid_from"),
    _text_or_null("valid_until"),
    _whole("quantity"),
    _whole("value"),
    _text("item_ids"),
    _text("department_ids"),
    _generation(),
)

customer = _table(
    "customer",
    Column("number", Integer, primary_key=True),
    _text("customer_id"),
    _text("customer_code"),
    _text("name"),
    _text("email"),
    _text("phone"),
    _text("address"),
    _text_or_null("price_list_id"),
    _whole("balance_minor"),
    _whole("credit_limit_minor"),
    _text("balance_at"),
    _text("note"),
    _whole("active"),
    _generation(),
)
"""`number` as for `item`."""

customer_key = Table(
    "customer_key",
    metadata,
    _text("key"),
    _whole("number"),
    PrimaryKeyConstraint("key", "number"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""Of the active ones, see `text.customer_keys`."""

receipt_text = _table(
    "receipt_text",
    _text("receipt_text_id"),
    _text("place"),
    _whole("position"),
    _text("text"),
    _text_or_null("valid_from"),
    _text_or_null("valid_until"),
    _generation(),
)

setting = _table("setting", _text("name"), _text("value"), _generation())

quick_key = _table(
    "quick_key",
    _text("quick_key_id"),
    _text("page"),
    _whole("page_position"),
    _whole("position"),
    _text("item_id"),
    _text("label"),
    _generation(),
)

staff = _table(
    "staff",
    _text("staff_id"),
    _text("staff_code"),
    _text("name"),
    _text("role"),
    _text("pin_hash"),
    _whole("active"),
    _generation(),
)

shop = _table(
    "shop",
    _text("shop_id"),
    _text("name"),
    _text("address"),
    _text("phone"),
    _text("vat_number"),
    _text("currency"),
    _text("receipt_header"),
    _text("receipt_footer"),
    _generation(),
)

wanted_picture = Table(
    "wanted_picture",
    metadata,
    Column("sha256", Text, primary_key=True, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""To be fetched when there is time and room."""

# The identities come as indexes of their own, so that many rows can be written before them.
_IDENTITIES = {
    table: Index(f"uq_{table.name}", *(table.c[name] for name in key), unique=True)
    for table, key in (
        (item, ("item_id",)),
        (stock, ("item_id", "location_id")),
        (location, ("location_id",)),
        (department, ("department_id",)),
        (vat_rate, ("code",)),
        (price_list, ("price_list_id",)),
        (price, ("price_id",)),
        (promotion, ("promotion_id",)),
        (customer, ("customer_id",)),
        (receipt_text, ("receipt_text_id",)),
        (setting, ("name",)),
        (quick_key, ("quick_key_id",)),
        (staff, ("staff_id",)),
        (shop, ("shop_id",)),
    )
}
Index("ix_item_department", item.c.department_id, item.c.name)
Index("ix_item_picture", item.c.picture, sqlite_where=item.c.picture.is_not(None))
Index("ix_price_item", price.c.item_id)

_WORDS = """
    CREATE VIRTUAL TABLE {} USING fts5(
        words, content='', contentless_delete=1, detail='none', prefix='1 2 3 4', tokenize='ascii'
    )
"""
"""The folded words of names (`text.folded_words`), so that nothing is left for a tokenizer to guess. The row
id is the item's or customer's number: results come in its order without a sort."""

ITEM_WORDS, CUSTOMER_WORDS = "item_words", "customer_words"
STATE_STATEMENT = (
    "INSERT INTO feed_state (id, cursor, generation, pictures_looked_through) VALUES (1, ?, 1, '')"
)
"""With the feed's cursor."""

PARTS = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
"""All that a file is made of: two files with the same parts have the same tables and nothing else."""


def key_of(table: Table) -> tuple[str, ...]:
    """The columns that identify a record of the table's kind."""
    return tuple(column.name for column in _IDENTITIES[table].columns)


def table_statements() -> list[str]:
    """For everything but the indexes, which are quicker to make when the rows are there."""
    tables = [str(CreateTable(table).compile(dialect=_DIALECT)) for table in metadata.sorted_tables]
    return [*tables, _WORDS.format(ITEM_WORDS), _WORDS.format(CUSTOMER_WORDS)]


def identity_statement(table: Table) -> str:
    return str(CreateIndex(_IDENTITIES[table]).compile(dialect=_DIALECT))


def index_statements() -> list[str]:
    """Those that are no identities."""
    return [
        str(CreateIndex(index).compile(dialect=_DIALECT))
        for table in metadata.sorted_tables
        for index in sorted(table.indexes, key=lambda index: str(index.name))
        if index is not _IDENTITIES.get(table)
    ]


@functools.cache
def creation_statements() -> tuple[str, ...]:
    """Of an empty file, but for its state."""
    identities = [identity_statement(table) for table in _IDENTITIES]
    return (*table_statements(), *identities, *index_statements())


def create_all(connection: Connection) -> None:
    """An empty file that is ready for use."""
    for statement in creation_statements():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(STATE_STATEMENT, ("",))
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def has_this_schema(connection: Connection) -> bool:
    return connection.exec_driver_sql("PRAGMA user_version").scalar() == SCHEMA_VERSION
