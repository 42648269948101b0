"""Writers that want the same rows in different orders: all of them come through, and each counts once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from tests.hub.building import DEPARTMENTS, VAT_CODES, Client, TillClient, make_line
from tests.hub.conftest import HubPlace
from till_app.hub.database import Database
from till_app.hub.imports.folder import import_file
from till_app.hub.imports.report import ImportReport
from till_app.hub.tables import department, item, shop, stock, stock_movement

NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
ITEMS = 200


def load(database: Database, folder: Path, kind: str, text: str) -> ImportReport:
    path = folder / f"{kind}.csv"
    path.write_text(text)
    return import_file(database, kind, path, NOW, dry_run=False)


def test_a_transaction_that_loses_a_deadlock_is_done_anew(postgresql_place: HubPlace, tmp_path: Path) -> None:
    database = Database(postgresql_place.database)
    load(database, tmp_path, "departments", "code,name,position\nA,Ale,1\nB,Beer,2\n")
    both_hold_one = threading.Barrier(2)
    begun: list[str] = []

    def move(first: str, then: str) -> None:
        def work(connection: Connection) -> None:
            begun.append(first)
            for code in (first, then):
                connection.execute(
                    update(department)
                    .where(department.c.code == code)
                    .values(position=department.c.position + 10)
                )
                if code == first and len(begun) <= 2:
                    both_hold_one.wait(20)

        database.write(work)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(move, "A", "B"), threads.submit(move, "B", "A")]:
            done.result()
    with database.reading() as connection:
        positions = connection.execute(select(department.c.position).order_by(department.c.code)).scalars()
        assert positions.all() == [21, 22]
    database.close()
    assert len(begun) > 2


def twice(database: Database, work: object) -> None:
    """As if each transaction lost a deadlock right before its end."""
    assert callable(work)
    with database.writing() as connection:
        doomed = connection.begin_nested()
        work(connection)
        doomed.rollback()
        work(connection)


@pytest.mark.parametrize(
    ("kind", "text", "figures"),
    [
        ("departments", "code,name,position\nGR,Food,1\nGR,Again,2\nBA,Bakery,2\nBad,,x\n", (1, 1, 0, 2)),
        ("shop", "key,value\nname,Corner\ncurrency,GBP\naddress_1,1 High St\naddress_2,Ely\n", (1, 0, 0, 0)),
        ("quick-keys", "page,position,item_code\nA,1,I1\nA,2,I2\nB,1,I1\nB,1,I2\n", (3, 0, 0, 1)),
        ("stock", "item_code,stock\nI1,7\nI2,5\nI1,9\nNone,1\n", (0, 1, 1, 2)),
    ],
)
def test_an_import_reports_the_same_when_its_transactions_begin_anew(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    text: str,
    figures: tuple[int, int, int, int],
) -> None:
    load(database, tmp_path, "departments", DEPARTMENTS)
    load(database, tmp_path, "vat-codes", VAT_CODES)
    load(database, tmp_path, "items", items_file("I1", "I2"))
    monkeypatch.setattr(Database, "write", twice)
    report = load(database, tmp_path, kind, text)
    assert (report.added, report.changed, report.unchanged, report.refused_count) == figures
    assert len(report.refused) == report.refused_count
    if kind == "shop":
        with database.reading() as connection:
            assert connection.execute(select(shop.c.address)).scalars().all() == ["1 High St\nEly"]


def items_file(*codes: str) -> str:
    rows = "".join(f"{code},Milk,GR,Z,1.00,5\n" for code in codes)
    return f"item_code,name,department,vat_code,price,stock\n{rows}"


def test_a_file_of_counts_and_the_sales_of_what_is_counted_come_through_together(
    client: Client, together: Callable[..., None], tmp_path: Path
) -> None:
    database = client.hub.database
    codes = [f"I{number:03d}" for number in range(ITEMS)]
    client.stock_shop(items_file(*codes))
    with database.reading() as connection:
        ids = connection.execute(select(item.c.item_id).order_by(item.c.item_code.desc())).scalars().all()
    tills = [client.pair() for _ in range(3)]
    for till in tills:
        for _ in range(5):
            till.sell(*(make_line(at, 1, item_id=item_id) for at, item_id in enumerate(ids, 1)))

    def count() -> None:
        for counted in range(5):
            rows = "".join(f"{code},{counted}\n" for code in codes)
            report = load(database, tmp_path, "stock", f"item_code,stock\n{rows}")
            assert report.refused_count == 0

    def send(till: TillClient) -> None:
        with client.another() as own:
            copy = replace(till, client=own)
            for entry in till.entries:
                assert copy.sent([entry]) == ["applied"]

    together(count, *(partial(send, till) for till in tills))
    with database.reading() as connection:
        levels = dict(connection.execute(select(stock.c.item_id, stock.c.quantity_milli)).all())
        moved = select(stock_movement.c.item_id, func.sum(stock_movement.c.quantity_milli))
        sums = dict(connection.execute(moved.group_by(stock_movement.c.item_id)).all())
    assert levels == sums
    assert len(levels) == ITEMS
