"""The laws that the demo shop's files keep, read as a stranger's import would read them."""

import csv
import re
import struct
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "resources" / "demo"
IN_STORE_CODE = re.compile(r"(?:20|02|21)\d{5}")


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def items() -> list[dict[str, str]]:
    return rows_of("items.csv")


def barcodes_of(items: list[dict[str, str]]) -> list[str]:
    """Without the quantities of packs."""
    return [
        code.partition("*")[0] for item in items if item["barcodes"] for code in item["barcodes"].split("|")
    ]


def twice(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def has_right_check_digit(gtin: str) -> bool:
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(reversed(gtin)))
    return total % 10 == 0


def test_the_range_is_about_two_thousand_real_items_and_the_shops_own(items: list[dict[str, str]]) -> None:
    real = [item for item in items if item["barcodes"].startswith("50")]
    assert 1_900 <= len(real) <= 2_100
    assert 100 <= len(items) - len(real) <= 200


def test_every_row_has_every_column_and_no_more() -> None:
    for path in DEMO.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file, strict=True)}
        assert len(widths) == 1, path.name


def test_every_barcode_is_a_gtin_with_its_check_digit_or_an_in_store_code(
    items: list[dict[str, str]],
) -> None:
    for code in barcodes_of(items):
        assert IN_STORE_CODE.fullmatch(code) or (len(code) == 13 and has_right_check_digit(code)), code


def test_no_gtin_begins_like_a_label_with_a_price_inside(items: list[dict[str, str]]) -> None:
    assert not [c for c in barcodes_of(items) if len(c) == 13 and c[:2] in ("20", "02", "21")]


def test_every_code_finds_one_item(items: list[dict[str, str]]) -> None:
    codes = [item["item_code"] for item in items]
    plus = [item["plu"] for item in items if item["plu"]]
    assert not twice(codes + plus + barcodes_of(items))


def test_every_item_can_be_sold_somehow_other_than_by_its_code(items: list[dict[str, str]]) -> None:
    assert not [item["item_code"] for item in items if not item["barcodes"] and not item["plu"]]


def test_names_are_short_unique_and_readable(items: list[dict[str, str]]) -> None:
    names = [item["name"] for item in items]
    assert not twice([name.casefold() for name in names])
    for name in names:
        assert 3 <= len(name) <= 40
        assert name == name.strip()
        assert re.fullmatch(r"[A-Za-z0-9À-ÿ &'!.,×%£-]+", name), name
        assert not (name.isupper() and len(name) > 4), name


def test_every_item_is_described_in_one_sentence(items: list[dict[str, str]]) -> None:
    for item in items:
        assert re.fullmatch(r"[A-Z0-9].{5,118}\.", item["description"]), item["item_code"]


def test_prices_are_whole_pence_above_zero_and_only_an_open_price_is_empty(
    items: list[dict[str, str]],
) -> None:
    for item in items:
        if item["open_price"] == "yes":
            assert item["price"] == ""
        else:
            assert item["open_price"] == "no"
            assert re.fullmatch(r"\d+\.\d\d", item["price"]), item["item_code"]
            assert Decimal("0.10") <= Decimal(item["price"]) <= Decimal("60.00"), item["item_code"]


def test_units_stock_and_ages_are_what_the_import_knows(items: list[dict[str, str]]) -> None:
    for item in items:
        assert item["unit"] in ("each", "kg")
        assert Decimal(item["stock"]) >= 0
        assert item["minimum_age"] in ("", "12", "16", "18")


def test_departments_and_vat_codes_exist_and_all_are_used(items: list[dict[str, str]]) -> None:
    assert {item["department"] for item in items} == {row["code"] for row in rows_of("departments.csv")}
    assert {item["vat_code"] for item in items} == {row["code"] for row in rows_of("vat_codes.csv")}


def test_vat_codes_are_the_rates_of_the_united_kingdom() -> None:
    assert {row["code"]: (row["rate_percent"], row["kind"]) for row in rows_of("vat_codes.csv")} == {
        "A": ("20", "standard"),
        "B": ("5", "reduced"),
        "Z": ("0", "zero"),
        "E": ("0", "exempt"),
        "O": ("0", "outside"),
    }


@pytest.mark.parametrize(
    ("department", "vat_codes"),
    [("AL", {"A"}), ("CO", {"A"}), ("SD", {"A"}), ("BA", {"Z"}), ("FV", {"Z"}), ("TV", {"A", "E"})],
)
def test_vat_falls_as_the_law_says(items: list[dict[str, str]], department: str, vat_codes: set[str]) -> None:
    assert {item["vat_code"] for item in items if item["department"] == department} == vat_codes


@pytest.mark.parametrize("department", ["AL", "TV"])
def test_alcohol_tobacco_and_lottery_are_for_adults(items: list[dict[str, str]], department: str) -> None:
    assert {item["minimum_age"] for item in items if item["department"] == department} == {"18"}


def test_produce_is_weighed_and_has_plus(items: list[dict[str, str]]) -> None:
    weighed = [item for item in items if item["unit"] == "kg"]
    assert len([item for item in weighed if item["department"] == "FV"]) >= 25
    assert all(item["plu"] for item in weighed)


def test_every_quick_key_has_an_item_and_a_picture_on_a_page_of_fifteen(items: list[dict[str, str]]) -> None:
    by_code = {item["item_code"]: item for item in items}
    keys = rows_of("quick_keys.csv")
    assert 40 <= len(keys) <= 75
    assert all(by_code[key["item_code"]]["picture"] for key in keys)
    assert all(0 < len(key["label"]) <= 20 for key in keys)
    assert all(1 <= int(key["position"]) <= 15 for key in keys)
    assert not twice([f"{key['page']} {key['position']}" for key in keys])


def test_every_picture_is_small_there_and_used(items: list[dict[str, str]]) -> None:
    named = {name for item in items if item["picture"] for name in item["picture"].split("|")}
    files = list((DEMO / "pictures").iterdir())
    assert {path.name for path in files} == named
    for path in files:
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", content[16:24]) == (320, 240)
        assert len(content) < 25_000
    assert sum(path.stat().st_size for path in files) < 1_500_000


def test_staff_have_every_role_and_managers_longer_pins() -> None:
    staff = rows_of("staff.csv")
    assert {row["role"] for row in staff} == {"cashier", "supervisor", "manager", "installer"}
    assert not twice([row["staff_code"] for row in staff])
    assert not twice([row["pin"] for row in staff])
    for row in staff:
        assert row["pin"].isdigit()
        assert len(row["pin"]) >= (4 if row["role"] == "cashier" else 5)
        assert len(row["pin"]) >= 6 or row["role"] not in ("manager", "installer")


def test_packs_and_second_pictures_are_shown(items: list[dict[str, str]]) -> None:
    packs = {code for item in items for code in item["barcodes"].split("|") if "*" in code}
    assert packs == {"0400001009024*12", "0400001009017*24"}
    assert [item["item_code"] for item in items if "|" in item["picture"]] == ["SCONE", "CARD-BIRTHDAY"]


def test_prices_and_promotions_name_what_there_is_and_are_lower(items: list[dict[str, str]]) -> None:
    by_code = {item["item_code"]: item for item in items}
    lists = {row["price_list_code"] for row in rows_of("price_lists.csv")}
    for row in rows_of("prices.csv"):
        assert row["price_list_code"] in lists
        assert Decimal(row["price"]) < Decimal(by_code[row["item_code"]]["price"])
    departments = {row["code"] for row in rows_of("departments.csv")}
    promotions = rows_of("promotions.csv")
    assert {row["kind"] for row in promotions} == {
        "cheapest_free",
        "multibuy_price",
        "percent_off",
        "amount_off",
    }
    for row in promotions:
        assert set(filter(None, row["items"].split(";"))) <= by_code.keys()
        assert set(filter(None, row["departments"].split(";"))) <= departments
    assert {row["price_list_code"] for row in rows_of("customers.csv")} <= lists | {""}


def test_what_the_demonstrated_day_sells_costs_what_it_says(items: list[dict[str, str]]) -> None:
    """Nothing that is sold in it has another price on any day but for a customer."""
    open_lists = {
        row["price_list_code"] for row in rows_of("price_lists.csv") if row["customers_only"] != "yes"
    }
    changed = {row["item_code"] for row in rows_of("prices.csv") if row["price_list_code"] in open_lists}
    changed |= {code for row in rows_of("promotions.csv") for code in row["items"].split(";") if code}
    frozen = {item["item_code"] for item in items if item["department"] == "FR"}
    quick_keys = {row["item_code"] for row in rows_of("quick_keys.csv")}
    assert not (changed | frozen) & quick_keys


def test_the_shop_has_what_a_vat_receipt_needs() -> None:
    shop = {row["key"]: row["value"] for row in rows_of("shop.csv")}
    for key in ("name", "address_1", "postcode", "phone", "receipt_header", "receipt_footer"):
        assert shop[key], key
    assert re.fullmatch(r"GB \d{3} \d{4} \d{2}", shop["vat_number"])
    assert shop["currency"] == "GBP"


def test_every_odd_file_is_explained_and_none_is_missing() -> None:
    explained = set(
        re.findall(r"^\| `([\w.]+)`", (DEMO / "odd" / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert {path.name for path in (DEMO / "odd").glob("*.csv")} == explained


def test_the_odd_files_are_as_odd_as_they_say() -> None:
    def content(name: str) -> bytes:
        return (DEMO / "odd" / name).read_bytes()

    with pytest.raises(UnicodeDecodeError):
        content("wrong_encoding.csv").decode()
    assert b"\x00" in content("nul_byte.csv")
    assert b"=HYPERLINK(" in content("formula_in_cell.csv")
    assert content("bom_and_semicolons.csv").startswith(b"\xef\xbb\xbfitem_code;")
    wrong = next(
        row["barcodes"] for row in rows_of("odd/bad_check_digit.csv") if row["item_code"] == "ODD-CHECK"
    )
    assert not has_right_check_digit(wrong)


def test_source_and_licences_are_named() -> None:
    readme = (DEMO / "README.md").read_text("utf-8")
    assert "Open Food Facts" in readme
    assert "Prices, stock, staff, the shop" in readme
    assert {path.name for path in (DEMO / "LICENSES").iterdir()} == {"ODbL-1.0.txt", "MIT-fluent-emoji.txt"}
