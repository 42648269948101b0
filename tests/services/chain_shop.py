"""What a chain's hub adds to the small shop of `counter`: price lists, promotions, customers, places."""

from tests.services.counter import MILK, ShopCounter, an_item
from till_app.domain.catalogue import (
    Customer,
    ListedPrice,
    Location,
    Pack,
    PriceList,
    Setting,
    StockLevel,
)
from till_app.domain.promotions import Promotion, PromotionKind
from till_app.services.ports import CatalogueRecord

BREAKFAST = "2026-11-24T08:00:00.000000Z"
OATS = an_item(
    "oats",
    "Porridge oats 1kg",
    145,
    barcodes=("5000108022176", "15000108022173"),
    packs=(Pack("15000108022173", 6000),),
)
TEA = an_item("tea", "Breakfast tea 80", 290, barcodes=("5000108022183",), vat_code="A")
JAM = an_item("jam", "Strawberry jam", 210, barcodes=("5000108022190",))
TRADE = PriceList("trade", "Trade", 10, customers_only=True)
CAFE = Customer(
    "cafe", "C-7", "Corner Café", "orders@corner.example", "01132 496001", price_list_id="trade",
    balance_minor=1250, balance_at=BREAKFAST,
)  # fmt: skip
NEIGHBOUR = Customer("neighbour", "C-8", "Nadia Novak", phone="07700 900123")
THREE_FOR_TWO = Promotion(
    "three-for-two", "3 for 2", PromotionKind.CHEAPEST_FREE, 3, 0,
    item_ids=frozenset({OATS.item_id, TEA.item_id, JAM.item_id}),
)  # fmt: skip
SHOP_FLOOR = Location("floor", "Shop floor", "shop", is_default=True)
CELLAR = Location("cellar", "Cellar", "shop", is_default=False)


def fill_chain(counter: ShopCounter, *more: CatalogueRecord) -> None:
    apply(
        counter,
        OATS,
        TEA,
        JAM,
        TRADE,
        CAFE,
        NEIGHBOUR,
        SHOP_FLOOR,
        CELLAR,
        ListedPrice("trade-milk", "trade", MILK.item_id, 130),
        StockLevel(MILK.item_id, 48_000, BREAKFAST, "floor"),
        StockLevel(MILK.item_id, 12_000, BREAKFAST, "cellar"),
        *more,
    )


def apply(counter: ShopCounter, *records: CatalogueRecord) -> None:
    """As a pull brings them."""
    cursor = counter.catalogue.cursor()
    epoch, _, number = cursor.partition(":")
    counter.catalogue.apply(records, f"{epoch}:{int(number) + 1}")


def setting(name: str, value: str) -> Setting:
    return Setting(name, value)
