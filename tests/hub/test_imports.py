"""Odd rows are reported by line with a reason, the good ones go in, nothing is half-done."""

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from tests.hub.building import DEPARTMENTS, VAT_CODES, Client
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.feed import bump_catalogue_version, require_no_import, take_numbers
from till_app.hub.hub import open_hub
from till_app.hub.imports import item_apply, parts
from till_app.hub.imports import items as items_module
from till_app.hub.imports.accepted import finish_accepted
from till_app.hub.imports.folder import import_file, import_folder
from till_app.hub.imports.item_staging import refuse_taken
from till_app.hub.imports.report import FileRefused, ImportReport, ImportUnfinished, Tally
from till_app.hub.refusals import Refused

HEADER = (
    "item_code,name,description,department,vat_code,price,open_price,"
    "unit,plu,barcodes,minimum_age,stock,picture"
)
NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
DEMO_SHOP = Path(__file__).parents[2] / "resources" / "demo"


class Shop:
    """A database with departments and VAT codes, and items imported straight into it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._folder = folder
        self.load("departments", DEPARTMENTS)
        self.load("vat-codes", VAT_CODES)

    def load(self, kind: str, content: str | bytes, *, dry_run: bool = False) -> ImportReport:
        path = self._folder / "file.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(self.database, kind, path, NOW, dry_run=dry_run)

    def items(self, *rows: str, **options: Any) -> ImportReport:
        return self.load("items", "\n".join((HEADER, *rows)) + "\n", **options)

    def column(self, column: Any) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(column).order_by(column.nulls_first())).scalars())

    def feed_records(self) -> list[list[Any]]:
        with self.database.reading() as connection:
            payloads = connection.execute(select(tables.feed.c.payload).order_by(tables.feed.c.seq)).scalars()
            return [json.loads(payload) for payload in payloads]

    def feed_seq(self) -> int:
        return int(self.column(tables.hub_state.c.feed_seq)[0])


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    return Shop(database, tmp_path)


def refusals(report: ImportReport) -> list[tuple[int, str]]:
    return [(row.line, row.code) for row in report.refused]


GOOD = "G,Good,,GR,Z,1.00,,,,,,,"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("X,Bad,,GR,Z,1.00,,,,5000112637923,,,", "bad_check_digit"),
        ("X,Bad,,GR,Z,1.00,,,,5000112637922|12345671,,,", "bad_check_digit"),
        ("X,Bad,,GR,Z,1.00,,,,café,,,", "barcode_malformed"),
        ("X,Bad,,GR,Z,,,,,,,,", "price_missing"),
        ("X,Bad,,GR,Z,1.00,yes,,,,,,", "price_and_open_price"),
        ("X,Bad,,GR,Z,1.00,perhaps,,,,,,", "not_yes_or_no"),
        ("X,Bad,,GR,Z,£1,,,,,,,", "not_a_number"),
        ("X,Bad,,GR,Z,1e3,,,,,,,", "not_a_number"),
        ("X,Bad,,GR,Z,١,,,,,,,", "not_a_number"),
        ("X,Bad,,GR,Z,-1.00,,,,,,,", "negative"),
        ("X,Bad,,GR,Z,=1+1,,,,,,,", "formula"),
        ("X,Bad,,GR,Z,1.005,,,,,,,", "too_many_decimals"),
        ("X,Bad,,GR,Z,1000000.00,,,,,,,", "too_large"),
        ("X,Bad,,GR,Q,1.00,,,,,,,", "unknown_vat_code"),
        ("X,Bad,,ZZ,Z,1.00,,,,,,,", "unknown_department"),
        ("X,Bad,,GR,Z,1.00,,stone,,,,,", "unknown_unit"),
        ("X,Bad,,GR,Z,1.00,,,4x1,,,,", "plu_malformed"),
        ("X,Bad,,GR,Z,1.00,,,,,old,,", "not_a_number"),
        ("X,Bad,,GR,Z,1.00,,,,,100,,", "too_large"),
        ("X,Bad,,GR,Z,1.00,,,,,,1.5,", "stock_not_whole"),
        ("X,Bad,,GR,Z,1.00,,,,,,-1,", "negative"),
        ("X,=cmd|' /C calc'!A0,,GR,Z,1.00,,,,,,,", "formula"),
        ("X, @SUM(1),,GR,Z,1.00,,,,,,,", "formula"),
        ("X,Bad,-2 for 1,GR,Z,1.00,,,,,,,", "formula"),
        ("X,Bad,\tx,GR,Z,1.00,,,,,,,", "formula"),
        ("+X,Bad,,GR,Z,1.00,,,,,,,", "formula"),
        ("X,B\0d,,GR,Z,1.00,,,,,,,", "control_character"),
        (f"X,{'B' * 201},,GR,Z,1.00,,,,,,,", "too_long"),
        (f"X,Bad,{'d' * 30_000},GR,Z,1.00,,,,,,,", "too_long"),
        ("X,,,GR,Z,1.00,,,,,,,", "missing"),
        (",Bad,,GR,Z,1.00,,,,,,,", "missing"),
        ("X,Bad,,GR,Z,1.00,,,,,,,,more", "too_many_columns"),
        ("X,Bad,,GR,Z,1.00", "too_few_columns"),
        ('X,"Bad,,GR,Z,1.00,,,,,,,', "quote_open"),
        ('X,"Bad" name,,GR,Z,1.00,,,,,,,', "quote_open"),
        ("G,Again,,GR,Z,2.00,,,,,,,", "duplicate_item_code"),
    ],
)
def test_an_odd_row_is_named_by_line_and_the_others_go_in(shop: Shop, row: str, code: str) -> None:
    report = shop.items(GOOD, row, "H,After,,GR,Z,1.00,,,,,,,")
    assert refusals(report) == [(3, code)]
    assert (report.read, report.added) == (3, 2)
    assert shop.column(tables.item.c.item_code) == ["G", "H"]
    assert shop.column(tables.item.c.name) == ["After", "Good"]


def test_a_row_in_another_encoding_is_refused_alone(shop: Shop) -> None:
    content = (
        f"{HEADER}\n{GOOD}\nX,Café,,GR,Z,1.00,,,,,,,\n".encode("cp1252")
        + "Y,Café,,GR,Z,1.00,,,,,,,\n".encode()
    )
    report = shop.load("items", content)
    assert refusals(report) == [(3, "wrong_encoding")]
    assert shop.column(tables.item.c.name) == ["Café", "Good"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends_are_told_from_the_file(
    shop: Shop, encoding: str, delimiter: str, line_end: str
) -> None:
    lines = ["Item_Code,NAME,department,vat_code,price,colour", "A,Café £1,GR,Z,1.20,red", ""]
    report = shop.load("items", line_end.join(lines).replace(",", delimiter).encode(encoding))
    assert (report.added, report.ignored_columns) == (1, ["colour"])
    assert shop.column(tables.item.c.name) == ["Café £1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("item_code,name\nA,Apple\n", "missing: department, vat_code, price"),
        ("A,Apple,GR,Z,1.00\n", "missing: item_code"),
        ("item_code,name,department,vat_code,price,PRICE\n", "twice: price"),
    ],
)
def test_a_file_without_its_columns_is_refused_whole(shop: Shop, content: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        shop.load("items", content)


def test_codes_are_used_once_within_a_file_the_first_row_wins(shop: Shop) -> None:
    report = shop.items(
        "A,Apple,,GR,Z,1.00,,,4011,5000112637922,,,",
        "B,Bread,,GR,Z,1.00,,,4011,,,,",
        "C,Cola,,GR,A,1.00,,,,05000112637922|2000011,,,",
        "D,Deli,,GR,A,1.00,,,,2000011,,,",
    )
    assert refusals(report) == [(3, "duplicate_plu"), (4, "duplicate_barcode")]
    assert report.refused[1].words == "barcode 05000112637922 belongs to item A on line 2"
    assert shop.column(tables.item_barcode.c.barcode) == ["2000011", "5000112637922"]


def test_a_second_use_is_found_at_any_distance(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items_module, "BATCH_ROWS", 2)
    rows = [f"I{number},Item,,GR,Z,1.00,,,{number},,,," for number in range(1, 8)]
    report = shop.items(*rows, "LAST,Item,,GR,Z,1.00,,,1,,,,", "I2,Item,,GR,Z,1.00,,,,,,,")
    assert refusals(report) == [(9, "duplicate_plu"), (10, "duplicate_item_code")]
    assert report.added == 7


def test_a_code_of_an_item_that_the_file_does_not_name_is_refused(shop: Shop) -> None:
    shop.items("A,Apple,,GR,Z,1.00,,,4011,5000112637922,,,")
    report = shop.items("B,Bread,,GR,Z,1.00,,,4011,,,,", "C,Cola,,GR,Z,1.00,,,,5000112637922,,,", GOOD)
    assert refusals(report) == [(2, "duplicate_plu"), (3, "duplicate_barcode")]
    assert "belongs to item A, which is not in the file" in report.refused[0].words
    assert (report.added, shop.column(tables.item.c.item_code)) == (1, ["A", "G"])


def test_codes_may_move_between_the_items_of_a_file(shop: Shop) -> None:
    shop.items("A,Apple,,GR,Z,1.00,,,1,5000112637922,,,", "B,Bread,,GR,Z,1.00,,,2,,,,")
    report = shop.items("A,Apple,,GR,Z,1.00,,,2,,,,", "B,Bread,,GR,Z,1.00,,,1,5000112637922,,,")
    assert (report.changed, report.refused_count) == (2, 0)
    assert shop.column(tables.item.c.plu) == ["1", "2"]
    with shop.database.reading() as connection:
        owner = connection.execute(
            select(tables.item.c.item_code).join(
                tables.item_barcode, tables.item_barcode.c.item_id == tables.item.c.item_id
            )
        ).scalar_one()
    assert owner == "B"


def test_a_refused_row_keeps_what_its_item_had(shop: Shop) -> None:
    shop.items("A,Apple,,GR,Z,1.00,,,1,,,,", "B,Bread,,GR,Z,1.00,,,2,,,,", "C,Cola,,GR,Z,1.00,,,3,,,,")
    # A may not take 3 of C, which is not in the file; so A keeps 1, and B may not take that.
    report = shop.items("A,Apple,,GR,Z,1.00,,,3,,,,", "B,Bread,,GR,Z,1.00,,,1,,,,")
    assert refusals(report) == [(2, "duplicate_plu"), (3, "duplicate_plu")]
    assert (report.changed, shop.column(tables.item.c.plu)) == (0, ["1", "2", "3"])


def test_an_unchanged_row_makes_no_change_and_a_changed_one_keeps_its_id(shop: Shop) -> None:
    shop.items("A,Apple,,GR,Z,1.00,,,,5000112637922,,10,", "B,Bread,,GR,Z,1.00,,,,,,,")
    ids, seq = shop.column(tables.item.c.item_id), shop.feed_seq()
    again = shop.items("A,Apple,,GR,Z,1.00,,,,5000112637922,,99,", "B,Bread,,GR,Z,1.00,,,,,,,")
    assert (again.unchanged, again.changed, shop.feed_seq()) == (2, 0, seq)
    changed = shop.items("A,Apple,,GR,Z,1.10,,,,5000112637922,,99,")
    assert (changed.changed, shop.feed_seq()) == (1, seq + 1)
    assert shop.column(tables.item.c.item_id) == ids
    assert shop.column(tables.item.c.price_minor) == [100, 110]
    assert shop.column(tables.stock.c.quantity_milli) == [10_000]


def test_weighed_goods_open_prices_and_ages_are_taken_over(shop: Shop) -> None:
    shop.items("BAN,Bananas,Loose,GR,Z,1.05,no,kg,4011,,,12.345,", "GIFT,Card,,GR,A,,yes,,,,18,,")
    with shop.database.reading() as connection:
        rows = connection.execute(
            select(tables.item.c.unit, tables.item.c.price_minor, tables.item.c.minimum_age).order_by(
                tables.item.c.item_code
            )
        ).all()
        stock = connection.execute(select(tables.stock.c.quantity_milli)).scalars().all()
    assert [tuple(row) for row in rows] == [("kg", 105, 0), ("each", None, 18)]
    assert stock == [12_345]


def test_a_dry_run_reports_and_changes_nothing(shop: Shop) -> None:
    seq = shop.feed_seq()
    report = shop.items(GOOD, "X,Bad,,GR,Z,,,,,,,,", dry_run=True)
    assert (report.dry_run, report.added, refusals(report)) == (True, 1, [(3, "price_missing")])
    small = shop.load("departments", "code,name,position\nNEW,New,1\n", dry_run=True)
    assert small.added == 1
    assert (shop.column(tables.item.c.item_code), shop.feed_seq()) == ([], seq)
    assert shop.column(tables.department.c.code) == ["GR"]


def _staged(shop: Shop) -> int:
    return len(shop.column(tables.import_item.c.line)) + len(shop.column(tables.import_key.c.line))


def test_a_crash_before_the_file_is_accepted_leaves_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = shop.feed_seq()

    def fail(*_: object) -> int:
        raise RuntimeError("power cut")

    monkeypatch.setattr(items_module, "accept", fail)
    with pytest.raises(RuntimeError):
        shop.items(GOOD)
    assert (shop.column(tables.item.c.item_code), shop.feed_seq(), _staged(shop)) == ([], seq, 0)
    monkeypatch.undo()
    assert shop.items(GOOD).added == 1


@pytest.mark.parametrize("parts_before_the_crash", [0, 1, 2, 3])
def test_an_accepted_file_goes_in_whole_after_a_crash_between_two_parts(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, parts_before_the_crash: int
) -> None:
    shop.items("A,Apple,,GR,Z,1.00,,,1,5000112637922,,5,", "B,Bread,,GR,Z,1.00,,,2,,,,")
    monkeypatch.setattr(parts, "PART_LINES", 1)
    taken = 0

    def take_until_the_crash(connection: Connection, count: int) -> int:
        nonlocal taken
        if taken == parts_before_the_crash:
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))
        taken += 1
        return take_numbers(connection, count)

    monkeypatch.setattr(item_apply, "take_numbers", take_until_the_crash)
    rows = (
        "B,Bread,,GR,Z,1.00,,,1,5000112637922,,,",
        "A,Apple,,GR,Z,1.00,,,2,,,,",
        "C,Cola,,GR,A,1.50,,,3,,,7,",
        "D,Dates,,GR,Z,2.00,,,,,,,",
    )
    with pytest.raises(ImportUnfinished, match="was accepted"):
        shop.items(*rows)
    with shop.database.reading() as connection, pytest.raises(Refused) as refused:
        require_no_import(connection)
    assert (refused.value.status, refused.value.answer.code) == (503, "busy")
    monkeypatch.undo()
    finish_accepted(shop.database, NOW)
    finish_accepted(shop.database, NOW)
    assert shop.column(tables.item.c.item_code) == ["A", "B", "C", "D"]
    assert shop.column(tables.item.c.plu) == [None, "1", "2", "3"]
    assert shop.column(tables.stock.c.quantity_milli) == [5000, 7000]
    assert shop.column(tables.item_barcode.c.barcode) == ["5000112637922"]
    assert (_staged(shop), shop.column(tables.accepted_import.c.import_id)) == (0, [])
    names = [cells[3] for cells in shop.feed_records() if cells[0] == "item"]
    assert names == ["Bread", "Apple", "Cola", "Dates"]
    assert shop.items(*rows).unchanged == 4


def test_the_next_import_and_the_next_start_finish_an_accepted_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, opened_again in (("A", True), ("B", False)):
        monkeypatch.setattr(items_module, "finish_accepted", lambda *_: None)
        shop.items(f"{code},Thing,,GR,Z,1.00,,,,,,,")
        monkeypatch.undo()
        assert code not in shop.column(tables.item.c.item_code)
        if opened_again:
            open_hub(shop.database.path or shop.database.url, data=tmp_path / "data").close()
        else:
            shop.load("departments", DEPARTMENTS)
        assert code in shop.column(tables.item.c.item_code)


def test_two_that_finish_an_accepted_import_share_the_work(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_LINES", 2)
    monkeypatch.setattr(items_module, "finish_accepted", lambda *_: None)
    shop.items(*(f"I{number},Item,,GR,Z,1.00,,,{number},,,3," for number in range(1, 41)))
    seq = shop.feed_seq()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: finish_accepted(shop.database, NOW), range(2)))
    assert len(shop.column(tables.item.c.item_code)) == 40
    assert (len(shop.feed_records()), shop.feed_seq()) == (40 + 40 + 3, seq + 80)


def test_a_sale_waits_for_one_part_of_an_import_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_LINES", 1)
    seen = []

    def others_turn(_: float) -> None:
        with shop.database.writing() as connection:
            seen.append(connection.execute(select(func.count()).select_from(tables.item)).scalar_one())

    monkeypatch.setattr(parts, "_pause", others_turn)
    shop.items(GOOD, "H,After,,GR,Z,1.00,,,,,,,")
    assert seen[:2] == [1, 2]


def test_a_catalogue_that_changed_meanwhile_refuses_the_file(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited_meanwhile(database: Database, import_id: str, tally: Tally) -> int:
        with database.writing() as connection:
            bump_catalogue_version(connection)
        return refuse_taken(database, import_id, tally)

    monkeypatch.setattr(items_module, "refuse_taken", edited_meanwhile)
    with pytest.raises(FileRefused, match="import it again"):
        shop.items(GOOD)
    assert (shop.column(tables.item.c.item_code), _staged(shop)) == ([], 0)


def test_refused_rows_are_all_counted_and_the_list_is_capped(shop: Shop) -> None:
    report = shop.items(*(f"X{number},Bad,,GR,Z,,,,,,,," for number in range(1_200)))
    assert (report.refused_count, len(report.refused)) == (1_200, 1_000)


@pytest.mark.parametrize(
    ("kind", "header", "row", "code"),
    [
        ("departments", "code,name,position", "GR,Again,2", "duplicate"),
        ("departments", "code,name,position", "DA,Dairy,x", "not_a_number"),
        ("vat-codes", "code,name,rate_percent,kind", "Z,Zero,5,zero", "rate_impossible"),
        ("vat-codes", "code,name,rate_percent,kind", "R,Reduced,5,cheap", "unknown_kind"),
        ("vat-codes", "code,name,rate_percent,kind", "R,Reduced,120,standard", "too_large"),
        ("quick-keys", "page,position,item_code,label", "Main,1,NONE,None", "unknown_item"),
        ("staff", "staff_code,name,role,pin", "7,Ann,owner,1234", "unknown_role"),
        ("staff", "staff_code,name,role,pin", "7,Ann,cashier,12", "pin_malformed"),
        ("staff", "staff_code,name,role,pin", "7,Ann,cashier,", "pin_malformed"),
        ("shop", "key,value", "moon,full", "unknown_key"),
        ("shop", "key,value", "currency,XYZ", "unknown_currency"),
    ],
)
def test_odd_rows_of_the_short_files(shop: Shop, kind: str, header: str, row: str, code: str) -> None:
    first = {"departments": "GR,Groceries,1", "shop": "name,Corner Shop\ncurrency,GBP"}.get(kind)
    report = shop.load(kind, "\n".join(filter(None, (header, first, row))) + "\n")
    assert [row.code for row in report.refused] == [code]


def test_pins_are_hashed_and_an_unchanged_pin_is_no_change(shop: Shop) -> None:
    staff = "staff_code,name,role,pin\n12,Aisha Khan,cashier,2580\n"
    assert shop.load("staff", staff).added == 1
    [pin_hash] = shop.column(tables.staff.c.pin_hash)
    assert pin_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(pin_hash, "2580")
    assert shop.load("staff", staff).unchanged == 1
    assert shop.load("staff", staff.replace("2580", "")).unchanged == 1
    assert shop.load("staff", staff.replace("2580", "1470")).changed == 1


def test_quick_keys_keep_the_order_of_their_pages(shop: Shop) -> None:
    shop.items(GOOD)
    keys = "page,position,item_code,label\nFruit,1,G,\nBread,1,G,Loaf\nFruit,2,G,Two\nFruit,2,G,Again\n"
    report = shop.load("quick-keys", keys)
    assert refusals(report) == [(5, "duplicate")]
    with shop.database.reading() as connection:
        columns = tables.quick_key.c
        rows = connection.execute(
            select(columns.page, columns.page_position, columns.position, columns.label).order_by(
                columns.page_position, columns.position
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("Fruit", 1, 1, "Good"),
        ("Fruit", 1, 2, "Two"),
        ("Bread", 2, 1, "Loaf"),
    ]


def test_the_shop_has_an_address_of_lines(shop: Shop) -> None:
    report = shop.load(
        "shop",
        "key,value\nname,Corner Shop\naddress_1,1 High Street\naddress_2,Town\npostcode,ZZ99 3WZ\n"
        "phone,+44 1632 960123\ncurrency,GBP\n",
    )
    assert (report.added, report.refused_count) == (1, 0)
    assert shop.column(tables.shop.c.address) == ["1 High Street\nTown\nZZ99 3WZ"]
    assert shop.column(tables.shop.c.phone) == ["+44 1632 960123"]


def test_the_demo_shop_goes_in_whole_and_again_without_a_change(database: Database) -> None:
    first = list(import_folder(database, DEMO_SHOP, NOW))
    assert [report.kind for report in first] == [
        "shop",
        "vat-codes",
        "departments",
        "pictures",
        "items",
        "price-lists",
        "prices",
        "promotions",
        "customers",
        "receipt-texts",
        "settings",
        "quick-keys",
        "staff",
    ]
    assert [row for report in first for row in report.refused] == []
    again = list(import_folder(database, DEMO_SHOP, NOW))
    assert [(report.added, report.changed) for report in again] == [(0, 0)] * 13


def test_the_api_imports_streamed_and_compressed_bodies(client: Client) -> None:
    client.import_csv("departments", DEPARTMENTS)
    client.import_csv("vat-codes", gzip.compress(VAT_CODES.encode()), headers={"Content-Encoding": "gzip"})

    def chunks() -> Iterator[bytes]:
        yield b"item_code,name,department,vat_code,price\nA,Ap"
        yield b"ple,GR,Z,0.40\nB,Bread,GR,Z,\n"

    report = client.admin("POST", "/imports/items", data=chunks()).json()
    assert (report["added"], report["refused"][0]["line"]) == (1, 3)
    refused = client.admin("POST", "/imports/items", data=b"nothing\n")
    assert (refused.status_code, refused.json()["code"]) == (422, "file_refused")
    assert client.admin("POST", "/imports/moon", data=b"").status_code == 404
    dry = client.import_csv(
        "items", "item_code,name,department,vat_code,price\nC,C,GR,Z,1\n", params={"dry_run": "true"}
    )
    assert (dry["added"], client.admin("GET", "/items/C").status_code) == (1, 404)
