"""What stands on a label: today's price, what a unit costs, and a code that can be scanned again."""

import json
from dataclasses import replace
from typing import Any

import pytest

from hardware.document import Barcode, Symbology
from tests.services.chain_shop import OATS, apply, fill_chain
from tests.services.counter import CHEDDAR, MILK, SUNDRIES, ShopCounter
from till_app.domain.catalogue import Item, ListedPrice, PriceList, Setting, Validity
from till_app.domain.errors import DomainError
from till_app.domain.promotions import Promotion, PromotionKind
from till_app.domain.receipt_templates import DocumentKind
from till_app.services.item_labels import barcode_of
from till_app.services.ports import JobKind
from till_app.services.printed_text import printed_text

SHELF, PRICE = DocumentKind.SHELF_EDGE_LABEL, DocumentKind.PRICE_LABEL


def label(counter: ShopCounter, item: Item, kind: DocumentKind = SHELF) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(counter.services.documents.label(item, kind))["label"]
    return content


def on_promotion(counter: ShopCounter, kind: PromotionKind, value: int, quantity: int = 1) -> None:
    of = frozenset({MILK.item_id, CHEDDAR.item_id})
    apply(counter, Promotion("p", "Autumn", kind, quantity, value, item_ids=of))


def test_a_shelf_edge_label_has_all_that_can_be_known(counter: ShopCounter) -> None:
    assert label(counter, MILK) == {
        "name": "Semi-skimmed milk 2L",
        "price": "£1.65",
        "unit_price": "£0.83 per litre",
        "small_text": "milk · 24 Nov 2026",
        "code": {"symbology": "EAN13", "data": "5000128104517"},
    }


def test_a_price_label_is_short(counter: ShopCounter) -> None:
    assert label(counter, MILK, PRICE) == {
        "name": "Semi-skimmed milk 2L",
        "price": "£1.65",
        "code": {"symbology": "EAN13", "data": "5000128104517"},
    }


def test_weighed_goods_are_priced_by_the_kilogram_and_say_it_once(counter: ShopCounter) -> None:
    content = label(counter, CHEDDAR)
    assert content["price"] == "£9.50/kg"
    assert "unit_price" not in content
    assert content["code"] == {"symbology": "CODE128", "data": "2000011"}


def test_a_promotion_shows_the_price_before_and_the_unit_price_of_now(counter: ShopCounter) -> None:
    on_promotion(counter, PromotionKind.PERCENT_OFF, 2000)
    content = label(counter, MILK)
    assert (content["price"], content["was_price"]) == ("£1.32", "was £1.65")
    assert content["unit_price"] == "£0.66 per litre"
    assert label(counter, CHEDDAR)["was_price"] == "was £9.50/kg"


def test_an_amount_off_each_does_not_touch_what_is_weighed(counter: ShopCounter) -> None:
    on_promotion(counter, PromotionKind.AMOUNT_OFF, 50)
    assert label(counter, MILK)["price"] == "£1.15"
    assert label(counter, CHEDDAR)["price"] == "£9.50/kg"


def test_an_offer_for_several_is_named_and_the_price_of_one_stays(counter: ShopCounter) -> None:
    on_promotion(counter, PromotionKind.CHEAPEST_FREE, 0, 3)
    content = label(counter, MILK)
    assert content["small_text"] == "Autumn · milk · 24 Nov 2026"
    assert content["price"] == "£1.65"
    assert "was_price" not in content


def test_the_price_is_that_of_the_list_that_holds_today_for_everybody(counter: ShopCounter) -> None:
    fill_chain(counter)
    assert label(counter, MILK)["price"] == "£1.65"  # the café's list is for customers who have it
    apply(
        counter,
        PriceList("week", "This week", 5, Validity("2026-11-23", "2026-11-29")),
        ListedPrice("week-milk", "week", MILK.item_id, 150),
    )
    assert label(counter, MILK)["price"] == "£1.50"


def test_the_customer_who_is_served_does_not_change_a_label(counter: ShopCounter) -> None:
    fill_chain(counter)
    cafe = counter.catalogue.customer("cafe")
    assert cafe is not None
    counter.services.customers.attach(cafe)
    assert label(counter, MILK)["price"] == "£1.65"


def test_without_a_quantity_in_the_name_there_is_no_unit_price(counter: ShopCounter) -> None:
    assert "unit_price" not in label(counter, replace(MILK, name="Free-range eggs 6"))


def test_the_shop_may_want_prices_per_100_grams(counter: ShopCounter) -> None:
    blocks = ["name", "price", "unit_price"]
    template = {"document": "shelf_edge_label", "blocks": blocks, "unit_price_per_100": True}
    apply(counter, Setting("receipt_template", json.dumps(template)))
    counter.services.settings.read_again()
    assert label(counter, OATS) == {
        "name": "Porridge oats 1kg",
        "price": "£1.45",
        "unit_price": "£0.15 per 100 g",
    }


def test_an_open_price_has_no_label(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="label_price_missing"):
        counter.services.documents.print_labels(SUNDRIES, SHELF, 1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"barcodes": ("50184323",)}, Barcode("50184323", Symbology.EAN8)),
        ({"barcodes": ("036000291452",)}, Barcode("036000291452", Symbology.UPCA)),
        ({"barcodes": ("15000108022173",)}, Barcode("15000108022173", Symbology.ITF14)),
        ({"barcodes": ("5000128104518",)}, Barcode("5000128104518")),  # no EAN: its check digit is wrong
        ({"barcodes": ("حليب",), "plu": "4100"}, Barcode("4100")),
        ({"barcodes": (), "item_code": "MILK-2"}, Barcode("MILK-2")),
        ({"barcodes": (), "item_code": "молоко"}, None),
    ],
)
def test_the_code_is_the_first_that_can_be_printed(fields: dict[str, Any], expected: Barcode | None) -> None:
    assert barcode_of(replace(MILK, **fields)) == expected


def test_labels_stand_in_the_label_printers_queue_and_are_no_fact(counter: ShopCounter) -> None:
    entries_before = len(counter.ledger.entries_after(0, 99, 10**6))
    job = counter.services.documents.print_labels(MILK, PRICE, 12)
    assert (job.kind, job.printer) == (JobKind.LABEL, "label_printer")
    assert job.title == "12 × Label Semi-skimmed milk 2L"
    assert json.loads(job.document)["label"]["copies"] == 12
    assert len(counter.ledger.entries_after(0, 99, 10**6)) == entries_before
    assert counter.devices.asked == ["wake"]


def test_labels_can_be_printed_where_a_printer_takes_them(counter: ShopCounter) -> None:
    assert counter.services.documents.can_print_labels
    counter.devices.has_printer = False
    assert not counter.services.documents.can_print_labels


def test_a_label_can_be_read_on_the_screen(counter: ShopCounter) -> None:
    on_promotion(counter, PromotionKind.PERCENT_OFF, 2000)
    assert printed_text(counter.services.documents.label(MILK, SHELF), 32) == (
        "      Semi-skimmed milk 2L\n"
        "           was £1.65\n"
        "             £1.32\n"
        "        £0.66 per litre\n"
        "       milk · 24 Nov 2026\n"
        "        *5000128104517*\n"
    )
