"""The schema goes up and down on both databases, and the data with it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from tests.hub.postgres import PostgresServer
from till_app.hub import tables
from till_app.hub.database import HEAD_REVISION, Database
from till_app.hub.engines import SQLITE, DatabaseRefused
from till_app.hub.feed import identity
from till_app.hub.migrations import run

OLDER_DATA = """
INSERT INTO hub_state (id, hub_id, epoch, feed_seq, catalogue_version, last_till_number)
    VALUES (1, 'hub-1', 'epoch-1', 6, 3, 1);
INSERT INTO shop (shop_id, name, address, phone, vat_number, currency, receipt_header, receipt_footer)
    VALUES ('shop-1', 'Corner Shop', '1 High Street', '', 'GB1', 'GBP', '', 'Thank you');
INSERT INTO department (department_id, code, name, position) VALUES ('dep-1', 'GR', 'Groceries', 1);
INSERT INTO vat_rate (code, name, kind, rate_bp) VALUES ('A', 'Standard', 'standard', 2000);
INSERT INTO item (item_id, item_code, name, description, department_id, vat_code, price_minor, unit, plu,
    minimum_age, picture_file, blocked)
    VALUES ('item-1', 'MILK', 'Milk', '', 'dep-1', 'A', 150, 'each', NULL, 0, NULL, FALSE);
INSERT INTO item_barcode (barcode_key, item_id, position, barcode)
    VALUES ('05000000000012', 'item-1', 0, '5000000000012');
INSERT INTO stock (item_id, quantity_milli, as_of) VALUES ('item-1', 7000, '2026-11-24T16:20:00.000000Z');
INSERT INTO stock_movement (movement_id, item_id, kind, quantity_milli, at, sale_uuid, line_number)
    VALUES ('move-1', 'item-1', 'sale', -1000, '2026-11-24T16:20:00.000000Z', 'sale-1', 1);
INSERT INTO quick_key (quick_key_id, page, page_position, position, item_id, label)
    VALUES ('key-1', 'Drinks', 1, 1, 'item-1', 'Milk');
INSERT INTO staff (staff_id, staff_code, name, role, pin_hash, active)
    VALUES ('staff-1', '01', 'Aisha Khan', 'cashier', 'hash', TRUE);
INSERT INTO till (till_id, till_code, name, token_hash, paired_at, app_version, clock_skew_s, reported_seq,
    acked_seq, acked_hash, quarantined)
    VALUES ('till-1', '1', 'Front', 'hash', '2026-11-24T16:00:00.000000Z', '0.1.0', 0, 1, 1, 'head', 0);
INSERT INTO sale (sale_uuid, till_id, seq, receipt_number, counter, session_id, business_date, completed_at,
    operator_id, operator_name, currency, total_minor, difference)
    VALUES ('sale-1', 'till-1', 1, '1-000001', 1, 'session-1', '2026-11-24', '2026-11-24T16:20:00.000000Z',
    'staff-1', 'Aisha Khan', 'GBP', 150, NULL);
"""
"""Of a hub with one shop, as release 0.1.0 wrote it."""
OLDER_FEED = [
    (1, "vat_rate", "A", False, b'["vat_rate","A","Standard","standard",2000]'),
    (2, "department", "dep-1", False, b'["department","dep-1","Groceries",1]'),
    (
        3,
        "item",
        "item-1",
        False,
        b'["item","item-1","MILK","Milk","","dep-1","A",150,"each",null,["5000000000012"],0,null,false]',
    ),
    (4, "stock", "item-1", False, b'["stock","item-1",7000,"2026-11-24T16:20:00.000000Z"]'),
    (5, "item", "item-0", True, b'["gone","item","item-0"]'),
    (
        6,
        "shop",
        "shop-1",
        False,
        b'["shop","shop-1","Corner Shop",["1 High Street"],"","GB1","GBP","","Thank you"]',
    ),
]

_OF_THE_FEEDS_OWN = ("epoch", "feed_seq")
"""The feed goes on: numbers are never given twice."""


@pytest.fixture
def empty(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables, of its own."""
    server: PostgresServer | None = None
    place: Path | str = tmp_path / "hub.sqlite"
    if backend != SQLITE:
        server = request.getfixturevalue("postgresql_server")
        place = server.create("empty")
    database = Database(place)
    yield database
    database.close()
    if server is not None:
        server.drop("empty")


@pytest.fixture
def older(empty: Database) -> Database:
    """As the release before the chain left it."""
    empty.migrate("0002")
    with empty.writing() as connection:
        for statement in OLDER_DATA.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO feed (seq, kind, record_id, gone, payload)"
                " VALUES (:seq, :kind, :id, :gone, :payload)"
            ),
            [dict(zip(("seq", "kind", "id", "gone", "payload"), row, strict=True)) for row in OLDER_FEED],
        )
    return empty


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without where the feed stands."""
    with database.reading() as connection:
        names = MigrationContext.configure(connection).dialect.get_table_names(connection)
        columns = {
            name: ", ".join(
                sorted(
                    f'"{column["name"]}"'
                    for column in connection.dialect.get_columns(connection, name)
                    if column["name"] not in _OF_THE_FEEDS_OWN
                )
            )
            for name in names
        }
        return {
            name: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT {columns[name]} FROM {name}"))),
                key=repr,
            )
            for name in names
        }


def test_the_migrations_make_the_tables_that_the_code_knows_up_and_down_and_up_again(empty: Database) -> None:
    for target in ("head", "base", "head"):
        empty.migrate(target)
        with empty.reading() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)
        assert (differences == []) is (target == "head")
    empty.migrate("base")
    assert set(contents(empty)) == {"alembic_version"}


def test_the_newest_revision_is_the_one_that_the_code_expects(empty: Database) -> None:
    empty.migrate("head")
    assert empty.revision() == HEAD_REVISION
    assert HEAD_REVISION in run.known_revisions()


def test_a_shops_data_is_the_same_after_the_way_up_and_down(older: Database) -> None:
    before = contents(older)
    older.migrate("head")
    assert set(contents(older)) > set(before)
    older.migrate("0002")
    assert contents(older) == before


def test_each_way_begins_a_new_epoch_for_the_feed_is_another(older: Database) -> None:
    older.migrate("head")
    with older.reading() as connection:
        upward = identity(connection).epoch
    older.migrate("0002")
    with older.reading() as connection:
        downward = connection.execute(text("SELECT epoch FROM hub_state")).scalar()
    assert len({"epoch-1", upward, downward}) == 3


def test_stock_and_sales_of_the_one_shop_become_its_own(older: Database) -> None:
    older.migrate("head")
    with older.reading() as connection:
        [location] = connection.execute(tables.location.select()).all()
        assert (location.shop_id, location.is_default) == ("shop-1", True)
        [stock] = connection.execute(tables.stock.select()).all()
        assert (stock.location_id, stock.quantity_milli) == (location.location_id, 7000)
        assert connection.execute(text("SELECT shop_id FROM sale")).scalars().all() == ["shop-1"]
        counts = select(tables.till.c.sales, tables.till.c.receipts, tables.till.c.highest_receipt)
        assert connection.execute(counts.where(tables.till.c.till_id == "till-1")).one() == (1, 1, 1)
        scopes = connection.execute(
            text("SELECT record_id, scope FROM feed WHERE seq <= 6 ORDER BY seq")
        ).all()
    assert [tuple(row) for row in scopes] == [
        ("A", ""),
        ("dep-1", ""),
        ("item-1", ""),
        (f"item-1@{location.location_id}", "shop-1"),
        ("item-0", ""),
        ("shop-1", "shop-1"),
    ]


def test_a_chain_is_not_squeezed_into_one_shop(older: Database) -> None:
    older.migrate("head")
    with older.writing() as connection:
        connection.execute(
            tables.shop.insert().values(
                shop_id="shop-2",
                shop_code="2",
                name="Other",
                address="",
                phone="",
                vat_number="",
                currency="GBP",
                receipt_header="",
                receipt_footer="",
            )
        )
    before = contents(older)
    with pytest.raises(DatabaseRefused, match="has 2 shops"):
        older.migrate("0002")
    assert contents(older) == before


def test_a_database_of_a_newer_release_is_refused_and_left_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = contents(database)
    try:
        with pytest.raises(DatabaseRefused, match="newer release"):
            database.prepare()
        assert contents(database) == before
    finally:
        with database.writing() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{HEAD_REVISION}'"))


def test_an_unknown_schema_is_refused(empty: Database) -> None:
    with pytest.raises(DatabaseRefused, match="There is no schema 0099"):
        empty.migrate("0099")


def test_an_sqlite_file_is_copied_aside_before_it_is_migrated(sqlite_path: Path) -> None:
    database = Database(sqlite_path)
    with database.writing() as connection:
        connection.execute(text("UPDATE hub_state SET hub_id = 'before'"))
    database.migrate("0002")
    database.prepare()
    assert database.revision() == HEAD_REVISION
    database.close()
    for revision in (HEAD_REVISION, "0002"):
        copy = Database(sqlite_path.with_name(f"hub.sqlite.before-{revision}"))
        assert copy.revision() == revision
        with copy.reading() as connection:
            assert connection.execute(text("SELECT hub_id FROM hub_state")).scalar() == "before"
        copy.close()


def test_two_postgresql_hubs_that_start_at_once_migrate_one_after_the_other(
    postgresql_server: PostgresServer, together: Callable[..., None]
) -> None:
    url = postgresql_server.create("young")
    hubs = [Database(url) for _ in range(3)]
    together(*(hub.prepare for hub in hubs))
    with hubs[0].reading() as connection:
        assert len(connection.execute(tables.hub_state.select()).all()) == 1
    for hub in hubs:
        hub.close()
