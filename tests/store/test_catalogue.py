"""The catalogue cache: look-ups by each code, search as you type, and the feed that fills it."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.builders import a_catalogue, item
from till_app.catalogue_file.text import folded_words, search_expression
from till_app.domain.catalogue import Department, QuickKey, Role, Shop, StaffMember, StockLevel
from till_app.domain.currency import currency_by_code
from till_app.domain.tax import VatKind, VatRate
from till_app.services.ports import Catalogue, CatalogueFeed, CatalogueRecord, Gone
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.pictures import PictureDiffers

EAN = "5000112637922"
SHOP = Shop("s", "Corner Shop", ("1 High St", "Leeds"), "", "GB1", currency_by_code("GBP"), "Hi", "Bye")
KEEPS = (
    StockLevel("i1", 4_000, "2026-11-24T09:00:00.000000Z"),
    Department("dairy", "Dairy", 1),
    VatRate("Z", "Zero", VatKind.ZERO, 0),
    QuickKey("k1", "Fruit", 1, 1, "i1", "Milk"),
    StaffMember("aisha", "01", "Aisha", Role.MANAGER, "$argon2id$", True),
    SHOP,
)


def found(catalogue: SqliteCatalogue, code: str) -> list[str]:
    return [item.item_id for item in catalogue.find(code)]


def searched(catalogue: SqliteCatalogue, text: str, limit: int = 50) -> list[str]:
    return [item.item_id for item in catalogue.search(text, limit)]


def test_the_catalogue_fills_its_ports(catalogue: SqliteCatalogue) -> None:
    as_catalogue: Catalogue = catalogue
    as_feed: CatalogueFeed = catalogue
    assert as_catalogue.find("1") == []
    assert as_feed.cursor() == ""


def test_an_empty_catalogue_answers(catalogue: SqliteCatalogue) -> None:
    assert catalogue.shop() is None
    assert catalogue.item("i1") is None
    assert catalogue.stock("i1") is None
    assert catalogue.vat_rate("A") is None
    assert catalogue.search("milk", 10) == []
    assert (catalogue.quick_keys(), catalogue.departments(), catalogue.staff()) == ([], [], [])
    assert catalogue.items_in_department("dairy", 10) == []
    assert catalogue.picture("0" * 64) is None
    assert catalogue.missing_pictures(10) == []
    assert catalogue.item_count() == catalogue.known_items(["i1"]) == catalogue.unmentioned_items() == 0


def test_every_record_comes_back_as_it_was_over_a_restart(tmp_path: Path) -> None:
    milk = item("i1", barcodes=(EAN, "MILK-2"), plu="4011", picture="ab" * 32, blocked=True)
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.apply([milk, *KEEPS], "cursor-1")
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        assert catalogue.cursor() == "cursor-1"
        assert catalogue.item("i1") == milk
        assert catalogue.find(EAN) == [milk]
        assert catalogue.stock("i1") == KEEPS[0]
        assert catalogue.departments() == [KEEPS[1]]
        assert catalogue.vat_rate("Z") == KEEPS[2]
        assert catalogue.quick_keys() == [KEEPS[3]]
        assert catalogue.staff() == [KEEPS[4]]
        assert catalogue.shop() == SHOP


@pytest.mark.parametrize(
    ("code", "finds"),
    [
        (EAN, True),
        ("0" + EAN, True),
        ("036000291452", True),
        ("0036000291452", True),
        ("00036000291452", True),
        ("5000112637923", False),
        ("4011", True),
        ("401", False),
        ("MILK-2", True),
        ("milk-2", False),
        ("Ab12", True),
        ("aB12", True),
        ("ab1", False),
        ("", False),
        ("%", False),
        ("' OR 1=1 --", False),
    ],
)
def test_find_is_exact(catalogue: SqliteCatalogue, code: str, finds: bool) -> None:
    milk = item("i1", code="AB12", barcodes=(EAN, "036000291452", "MILK-2"), plu="4011")
    catalogue.apply([milk, item("i2", barcodes=("9" * 8,), plu="4012")], "1")
    assert found(catalogue, code) == (["i1"] if finds else [])


def test_a_code_of_two_items_finds_both(catalogue: SqliteCatalogue) -> None:
    catalogue.apply(
        [
            item("i1", barcodes=(EAN,)),
            item("i2", barcodes=(EAN,)),
            item("i3", code="77"),
            item("i4", plu="77"),
        ],
        "1",
    )
    assert found(catalogue, EAN) == ["i1", "i2"]
    assert found(catalogue, "77") == ["i3", "i4"]


def test_a_changed_item_is_found_under_its_new_codes_and_words_only(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item("i1", "Old name", code="OLD", barcodes=(EAN,), plu="1")], "1")
    catalogue.apply([item("i1", "New name", code="NEW", barcodes=("036000291452",), plu="2")], "2")
    for code in (EAN, "OLD", "1"):
        assert found(catalogue, code) == []
    for code in ("036000291452", "NEW", "2"):
        assert found(catalogue, code) == ["i1"]
    assert (searched(catalogue, "old"), searched(catalogue, "new")) == ([], ["i1"])


def test_a_price_alone_changes_the_price(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item("i1", "Milk", barcodes=(EAN,), price_minor=165)], "1")
    catalogue.apply([item("i1", "Milk", barcodes=(EAN,), price_minor=None)], "2")
    assert [i.price_minor for i in catalogue.find(EAN)] == [None]
    assert searched(catalogue, "milk") == ["i1"]


def test_a_tombstone_removes_just_its_record(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item("i1", "Milk", barcodes=(EAN,)), item("i2", "Milk"), *KEEPS], "1")
    gone = [
        Gone("item", "i1"),
        Gone("stock", "i1"),
        Gone("department", "dairy"),
        Gone("vat_rate", "Z"),
        Gone("quick_key", "k1"),
        Gone("staff", "aisha"),
        Gone("item", "nobody's"),
        Gone("kind of a newer hub", "x"),
    ]
    catalogue.apply(gone, "2")
    assert found(catalogue, EAN) == []
    assert searched(catalogue, "milk") == ["i2"]
    assert catalogue.stock("i1") is None
    assert (catalogue.quick_keys(), catalogue.departments(), catalogue.staff()) == ([], [], [])
    assert catalogue.vat_rate("Z") is None
    assert catalogue.shop() == SHOP


def test_of_several_records_of_one_id_in_a_page_the_last_counts(catalogue: SqliteCatalogue) -> None:
    catalogue.apply(
        [
            item("i1", "First"),
            item("i1", "Second"),
            item("i2", "Short life"),
            Gone("item", "i2"),
            Gone("item", "i3"),
            item("i3", "Back again"),
        ],
        "1",
    )
    assert searched(catalogue, "first") == searched(catalogue, "short") == []
    assert searched(catalogue, "second") == ["i1"]
    assert searched(catalogue, "back") == ["i3"]


def test_a_page_that_fails_keeps_neither_records_nor_cursor(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item("i1")], "1")
    broken = StockLevel("i2", "a lot", "2026")  # type: ignore[arg-type]
    with pytest.raises(Exception, match="cannot store TEXT value in INTEGER column"):
        catalogue.apply([item("i2"), broken], "2")
    assert catalogue.item("i2") is None
    assert catalogue.cursor() == "1"


def test_after_a_new_reading_what_it_never_mentioned_is_gone(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item("i1", "Milk"), item("i2", "Bread", barcodes=(EAN,)), *KEEPS], "1")
    assert catalogue.unmentioned_items() == 0
    catalogue.begin_again()
    assert catalogue.cursor() == ""
    assert found(catalogue, EAN) == ["i2"]
    catalogue.apply([item("i1", "Milk"), SHOP], "a")
    assert (catalogue.item_count(), catalogue.unmentioned_items()) == (2, 1)
    catalogue.end_again()
    assert found(catalogue, EAN) == searched(catalogue, "bread") == []
    assert searched(catalogue, "milk") == ["i1"]
    assert catalogue.departments() == []
    assert catalogue.shop() == SHOP
    assert (catalogue.item_count(), catalogue.unmentioned_items(), catalogue.cursor()) == (1, 0, "a")


def test_known_items_are_counted_once(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item(f"i{number}") for number in range(1200)], "1")
    assert catalogue.known_items([f"i{number}" for number in range(600, 1800)] + ["i600"]) == 600


def test_items_of_a_department_come_by_name_and_in_pages(catalogue: SqliteCatalogue) -> None:
    names = ("Cream", "Butter", "Milk", "Apples")
    catalogue.apply([item(name, name) for name in names], "1")
    catalogue.apply([item("x", "Aaa", department_id="other")], "2")
    by_name = [i.name for i in catalogue.items_in_department("dairy", 3)]
    assert by_name == ["Apples", "Butter", "Cream"]
    assert [i.name for i in catalogue.items_in_department("dairy", 3, offset=3)] == ["Milk"]


def test_quick_keys_come_by_page_and_position_and_staff_by_name(catalogue: SqliteCatalogue) -> None:
    keys = [("k1", "Bread", 2, 1), ("k2", "Fruit", 1, 2), ("k3", "Fruit", 1, 1)]
    staff = [("s1", "Zoe", True), ("s2", "Abe", True), ("s3", "Left", False)]
    catalogue.apply(
        [
            *(QuickKey(key, page, order, position, "i", "") for key, page, order, position in keys),
            *(StaffMember(key, key, name, Role.CASHIER, "", active) for key, name, active in staff),
        ],
        "1",
    )
    assert [key.quick_key_id for key in catalogue.quick_keys()] == ["k3", "k2", "k1"]
    assert [member.name for member in catalogue.staff()] == ["Abe", "Zoe"]


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("semi", ["i1"]),
        ("MILK semi", ["i1"]),
        ("mil", ["i1", "i2"]),
        ("milk milk", ["i1", "i2"]),
        ("skimmed", ["i1"]),
        ("kimmed", []),
        ("milk bread", []),
        ("creme bru", ["i3"]),
        ("Crème brûlée", ["i3"]),
        ("cre\u0300me", ["i3"]),
        ("nestles", ["i3"]),
        ("nestle's", ["i3"]),
        ("nestlé", ["i3"]),
        ("strasse", ["i4"]),
        ("2l", ["i1"]),
        ("молоко", ["i5"]),
        ("牛", ["i6"]),
        ("5000", ["i2"]),
        ("50001126379", ["i2"]),
        ("401", ["i2"]),
        ("code-I4", ["i4"]),
        ("", []),
        ("   ", []),
    ],
)
def test_search_finds_words_and_codes_by_their_beginning(
    catalogue: SqliteCatalogue, typed: str, finds: list[str]
) -> None:
    catalogue.apply(
        [
            item("i1", "Semi-Skimmed Milk 2L"),
            item("i2", "Almond milk", barcodes=(EAN,), plu="4011"),
            item("i3", "Nestlé's Crème Brûlée"),
            item("i4", "Bergstraße honey"),
            item("i4b", "Straße"),
            item("i5", "Молоко"),
            item("i6", "牛奶"),
        ],
        "1",
    )
    expected = ["i4b"] if typed == "strasse" else finds
    if typed == "code-I4":
        expected = ["i4", "i4b"]
    assert searched(catalogue, typed) == expected


def test_search_keeps_to_its_limit_and_puts_codes_first(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([item(f"i{n}", f"7 up {n}") for n in range(30)], "1")
    catalogue.apply([item("plu", "Seven", plu="7")], "2")
    assert searched(catalogue, "7", 5) == ["plu", "i0", "i1", "i2", "i3"]


@given(typed=st.text(max_size=30) | st.text("\"'*()-:^+{}ANDORNOT NEAR\x00\\%_", max_size=20))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_typed_is_taken_for_an_operator(long_catalogue: SqliteCatalogue, typed: str) -> None:
    long_catalogue.search(typed, 10)
    long_catalogue.find(typed)


@given(name=st.text(min_size=1, max_size=30))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_name_is_found_by_its_own_words(long_catalogue: SqliteCatalogue, name: str) -> None:
    long_catalogue.apply([item("the one", name)], "1")
    words = folded_words(name)
    for typed in (name, *(word[:2] for word in words)):
        is_found = "the one" in searched(long_catalogue, typed, 500)
        assert is_found or not search_expression(typed)


@pytest.fixture(scope="module")
def long_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCatalogue]:
    """For laws: many examples in one file."""
    with a_catalogue(tmp_path_factory.mktemp("laws") / "catalogue.sqlite") as opened:
        opened.apply([item(f"i{n}", f"Milk {n} AND NOT bread") for n in range(50)], "1")
        yield opened


def picture(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_pictures_that_items_name_are_missing_until_added(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    pears, milk, unused = (picture(name) for name in (b"pears", b"milk", b"unused"))
    catalogue.apply(
        [
            item("i0", picture=unused),
            item("i1", picture=pears),
            item("i2", picture=milk),
            item("i3", picture=milk),
            QuickKey("k", "Fruit", 1, 1, "i2", "Milk"),
        ],
        "1",
    )
    catalogue.apply([item("i0", picture=None)], "2")
    assert catalogue.missing_pictures(10) == [milk, pears]
    assert catalogue.missing_pictures(1) == [milk]
    catalogue.add_picture(milk, b"milk")
    assert catalogue.picture(milk) == b"milk"
    assert catalogue.missing_pictures(10) == [pears]
    assert (tmp_path / "pictures" / milk[:2] / milk).read_bytes() == b"milk"


def test_a_picture_already_there_is_not_asked_for(catalogue: SqliteCatalogue) -> None:
    catalogue.add_picture(picture(b"milk"), b"milk")
    catalogue.apply([item("i1", picture=picture(b"milk"))], "1")
    assert catalogue.missing_pictures(10) == []


def test_a_picture_is_kept_only_under_its_own_hash(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    for name in (picture(b"other"), "../../evil", ""):
        with pytest.raises(PictureDiffers):
            catalogue.add_picture(name, b"milk")
    assert catalogue.picture("../../etc/passwd") is None
    assert not (tmp_path / "pictures").exists()


def test_a_lost_picture_folder_is_fetched_again(tmp_path: Path) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.apply([item("i1", picture=picture(b"milk"))], "1")
        catalogue.add_picture(picture(b"milk"), b"milk")
    (tmp_path / "pictures").rename(tmp_path / "elsewhere")
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        assert catalogue.missing_pictures(10) == [picture(b"milk")]


def test_look_ups_go_on_while_the_feed_is_applied(catalogue: SqliteCatalogue) -> None:
    """Each look-up sees the page before or the page after, never half of one."""
    catalogue.apply([item(f"i{n}", price_minor=0) for n in range(20)], "0")
    torn: list[set[int | None]] = []
    is_done = threading.Event()
    started = threading.Event()

    def look() -> None:
        while not is_done.is_set():
            prices = {i.price_minor for i in catalogue.items_in_department("dairy", 20)}
            started.set()
            if len(prices) != 1:
                torn.append(prices)

    reader = threading.Thread(target=look)
    reader.start()
    assert started.wait(30)
    for price in range(1, 30):
        page: list[CatalogueRecord] = [item(f"i{n}", price_minor=price) for n in range(20)]
        catalogue.apply(page, str(price))
    is_done.set()
    reader.join(30)
    assert torn == []
    assert catalogue.cursor() == "29"
