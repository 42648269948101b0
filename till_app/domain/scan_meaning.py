"""What a scan means, as facts by name for whoever tries a scanner out: nothing is looked up."""

from till_app.domain.barcode import (
    BadCheckDigit,
    BadVerifier,
    InStoreItem,
    ReceiptCode,
    TradeItem,
    parse_barcode,
)
from till_app.domain.gs1 import GROUP_SEPARATOR, Gs1Amount, Gs1Date, Gs1Details
from till_app.domain.gtin import is_isbn, is_issn
from till_app.domain.in_store import UK_LAYOUTS, InStoreLayout
from till_app.domain.symbology import split_identifier, symbology_of


def scan_meaning(
    text: str, this_year: int, layouts: tuple[InStoreLayout, ...] = UK_LAYOUTS
) -> dict[str, str]:
    """`raw`, `aim`, `symbology`, `meaning` (a code) and what that kind of code has; only facts there are."""
    aim, _rest = split_identifier(text)
    facts = {"raw": _readable(text), "aim": aim, "symbology": symbology_of(text)}
    code = parse_barcode(text, layouts)
    match code:
        case TradeItem():
            facts |= {"meaning": _kind(code.gtin14), "gtin": code.gtin14, "add_on": code.add_on}
            facts |= _details(code.details, this_year)
        case InStoreItem(item_key=key, price_minor=price_minor, quantity_milli=quantity_milli):
            facts |= {"meaning": "label", "item": key}
            if price_minor is not None:
                facts["price"] = _decimal(price_minor, 2)
            if quantity_milli is not None:
                facts["quantity"] = _decimal(quantity_milli, 3)
        case ReceiptCode(receipt_number=number):
            facts |= {"meaning": "receipt", "receipt": number}
        case BadCheckDigit(expected_digit=digit):
            facts |= {"meaning": "misread", "expected_digit": digit}
        case BadVerifier():
            facts["meaning"] = "label_misread"
        case _:
            facts["meaning"] = "other"
    return {name: value for name, value in facts.items() if value}


def _readable(text: str) -> str:
    """What cannot be seen is written out, such as `<GS>` or `<09>`."""
    return "".join(
        each if each.isprintable() else "<GS>" if each == GROUP_SEPARATOR else f"<{ord(each):02X}>"
        for each in text
    )


def _kind(gtin14: str) -> str:
    return "book" if is_isbn(gtin14) else "periodical" if is_issn(gtin14) else "item"


def _details(details: Gs1Details, this_year: int) -> dict[str, str]:
    weight_grams, count = details.weight_grams, details.count
    return {
        "batch": details.batch,
        "serial": details.serial,
        "variant": details.variant,
        "produced_on": _day(details.produced, this_year),
        "best_before": _day(details.best_before, this_year),
        "expires_on": _day(details.expires, this_year),
        "weight_kg": "" if weight_grams is None else _decimal(weight_grams, 3),
        "price": _amount(details.price),
        "amount": _amount(details.amount),
        "count": "" if count is None else str(count),
    }


def _day(day: Gs1Date | None, this_year: int) -> str:
    return "" if day is None else day.iso(this_year) or day.yymmdd


def _amount(amount: Gs1Amount | None) -> str:
    return "" if amount is None else f"{_decimal(amount.amount, amount.decimals)} {amount.currency}".strip()


def _decimal(value: int, digits: int) -> str:
    text = f"{value:0{digits + 1}}"
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text
