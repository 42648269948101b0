"""What a chain's till looks up: stock by location, price lists, promotions, customers, texts, settings."""

from tests.conftest import ExpectedLogs
from till_app.domain.catalogue import (
    Customer,
    Item,
    ListedPrice,
    Location,
    Pack,
    PriceList,
    ReceiptText,
    Setting,
    Shop,
    StockLevel,
    TextPlace,
    Unit,
    Validity,
)
from till_app.domain.currency import GBP
from till_app.domain.promotions import Promotion, PromotionKind
from till_app.domain.tax import VatKind, VatRate
from till_app.services.ports import Gone
from till_app.store.catalogue import SqliteCatalogue

NINE = "2026-11-24T09:00:00.000000Z"
SHOP = Shop("leeds", "Leeds", (), "", "", GBP, "", "")
FLOOR = Location("floor", "Shop floor", "leeds", is_default=True)
CELLAR = Location("cellar", "Cellar", "leeds", is_default=False)
YORK = Location("a-york", "A York", "york", is_default=True)


def test_packs_pictures_and_dated_rates_come_back_in_their_order(catalogue: SqliteCatalogue) -> None:
    beer = Item(
        item_id="beer",
        item_code="B",
        name="Beer",
        description="Six or one",
        department_id="d",
        vat_code="A",
        price_minor=199,
        unit=Unit.EACH,
        barcodes=("2", "1", "case"),
        picture="b" * 64,
        pictures=("b" * 64, "a" * 64),
        packs=(Pack("case", 6_000),),
    )
    rate = VatRate("A", "Standard", VatKind.STANDARD, 1_750, (("2011-01-04", 2_000), ("2030-01-01", 2_100)))
    catalogue.apply([beer, rate], "1")
    assert catalogue.find("case") == [beer]
    assert catalogue.find("case")[0].pack_milli("case") == 6_000
    assert catalogue.vat_rate("A") == rate


def test_stock_is_of_the_own_shops_default_location(catalogue: SqliteCatalogue) -> None:
    levels = [StockLevel("i", n, NINE, place) for n, place in enumerate(("cellar", "floor", "a-york"))]
    catalogue.apply([SHOP, YORK, CELLAR, FLOOR, *levels], "1")
    assert catalogue.stock("i") == StockLevel("i", 1, NINE, "floor")
    assert [level.location_id for level in catalogue.stock_levels("i")] == ["floor", "a-york", "cellar"]
    assert [each.location_id for each in catalogue.locations()] == ["floor", "a-york", "cellar"]
    catalogue.apply([Gone("stock", "i@floor")], "2")
    assert catalogue.stock("i") is None
    assert len(catalogue.stock_levels("i")) == 2


def test_stock_of_a_hub_without_locations_is_the_shops(catalogue: SqliteCatalogue) -> None:
    catalogue.apply([StockLevel("i", 4_000, NINE)], "1")
    assert catalogue.stock("i") == StockLevel("i", 4_000, NINE, "")
    catalogue.apply([Gone("stock", "i")], "2")
    assert catalogue.stock("i") is None


def test_prices_come_with_their_lists_the_highest_priority_first(catalogue: SqliteCatalogue) -> None:
    low = PriceList("low", "Everyday", 1)
    high = PriceList("high", "Sale", 9, Validity("2026-11-24", "2026-11-30"))
    prices = [
        ListedPrice("p1", "low", "i", 150),
        ListedPrice("p2", "high", "i", 99),
        ListedPrice("p3", "no list", "i", 1),
        ListedPrice("p4", "high", "other", 5),
    ]
    catalogue.apply(prices, "1")
    assert catalogue.prices("i") == []
    catalogue.apply([low, high], "2")
    assert catalogue.prices("i") == [(high, prices[1]), (low, prices[0])]
    catalogue.apply([Gone("price_list", "high")], "3")
    assert catalogue.prices("i") == [(low, prices[0])]


def test_removing_an_item_leaves_its_prices_and_stock_to_their_own_tombstones(
    catalogue: SqliteCatalogue,
) -> None:
    price = ListedPrice("p1", "low", "i", 150)
    catalogue.apply([PriceList("low", "Everyday", 1), price, StockLevel("i", 1, NINE)], "1")
    catalogue.apply([Gone("item", "i")], "2")
    assert [found for _, found in catalogue.prices("i")] == [price]
    assert catalogue.stock("i") is not None


def test_promotions_are_kept_until_they_change(catalogue: SqliteCatalogue) -> None:
    deal = Promotion("m", "2 for £5", PromotionKind.MULTIBUY_PRICE, 2, 500, item_ids=frozenset({"i", "j"}))
    catalogue.apply([deal], "1")
    assert catalogue.promotions() == (deal,)
    assert catalogue.promotions() is catalogue.promotions()
    catalogue.apply([Gone("promotion", "m")], "2")
    assert catalogue.promotions() == ()


def test_customers_are_found_by_words_code_phone_and_e_mail(catalogue: SqliteCatalogue) -> None:
    ann = Customer("c1", "C100", "Ann O'Neill", "ann@example.org", "0113 496 0000", ("1 High St", "Leeds"))
    bob = Customer("c2", "C200", "Bob Neilson", balance_minor=-500, price_list_id="trade")
    left = Customer("c3", "C300", "Ann Gone", active=False)
    catalogue.apply([ann, bob, left], "1")
    for typed in ("ann", "oneill", "ONEI an", "c100", "01134", "0113 4", "(0113) 496", "Ann@Exam"):
        assert catalogue.search_customers(typed, 9) == [ann], typed
    assert catalogue.search_customers("nei", 9) == [bob]
    assert catalogue.search_customers("c", 1) == [ann]
    assert catalogue.search_customers("%", 9) == []
    assert (catalogue.customer("c1"), catalogue.customer("c3"), catalogue.customer("c4")) == (ann, left, None)
    catalogue.apply([Gone("customer", "c1")], "2")
    assert catalogue.search_customers("ann", 9) == []


def test_receipt_texts_come_by_place_and_position_and_settings_by_name(catalogue: SqliteCatalogue) -> None:
    texts = [
        ReceiptText("t1", TextPlace.HEADER, 2, "Second"),
        ReceiptText("t2", TextPlace.HEADER, 1, "First", Validity(None, "2026-12-24")),
        ReceiptText("t3", TextPlace.FOOTER, 1, "Bye"),
    ]
    catalogue.apply([*texts, Setting("b", "2"), Setting("a", "1")], "1")
    assert list(catalogue.receipt_texts()) == [texts[2], texts[1], texts[0]]
    assert catalogue.settings() == [Setting("a", "1"), Setting("b", "2")]


def test_what_breaks_a_rule_of_the_domain_is_left_out_and_the_rest_is_sold(
    catalogue: SqliteCatalogue, expected_logs: ExpectedLogs
) -> None:
    """Such as a unit of a newer hub, in a snapshot that it made."""
    expected_logs.expect("left out a row of the catalogue (item_from)")
    good = Item("i1", "77", "Milk", "", "d", "Z", 165)
    catalogue.apply([good, Item("i2", "77b", "Milk", "", "d", "Z", 165)], "1")
    catalogue._database.write(
        lambda connection: connection.exec_driver_sql("UPDATE item SET unit = 'mile' WHERE item_id = 'i2'")
    )
    assert catalogue.search("milk", 5) == [good]
    assert catalogue.item("i2") is None
