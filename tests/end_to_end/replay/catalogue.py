"""The shop of a trade file as the CSV files of the hub's own import."""

import csv
import io
from collections import Counter
from collections.abc import Iterable

from tests.end_to_end.replay.plan import VAT_CODE_OF
from tests.end_to_end.replay.trade_file import CodeKind, Invoice, TradeLine

OPERATOR_PIN = "135790"
OPERATOR_CODE = "replay"
DEPARTMENT_OF = {
    CodeKind.GOODS: "gifts",
    CodeKind.SAMPLES: "gifts",
    CodeKind.CARRIAGE: "carriage",
    CodeKind.DISCOUNT: "adjustments",
    CodeKind.MANUAL: "adjustments",
    CodeKind.FEE: "fees",
    CodeKind.GIFT_VOUCHER: "vouchers",
}
MOST_NAME = 60


def import_files(invoices: Iterable[Invoice]) -> dict[str, str]:
    """CSV texts by the import's kind, in the order in which they are to be imported."""
    return {
        "shop": _csv(
            ("key", "value"),
            [
                ("name", "Replay Giftware"),
                ("address_1", "1 Test Street"),
                ("postcode", "LE1 1AA"),
                ("vat_number", "GB 123 4567 82"),
                ("currency", "GBP"),
            ],
        ),
        "vat-codes": _csv(
            ("code", "name", "rate_percent", "kind"),
            [
                ("A", "Standard", "20", "standard"),
                ("E", "Exempt", "0", "exempt"),
                ("O", "Outside the scope", "0", "outside"),
            ],
        ),
        "departments": _csv(
            ("code", "name", "position"),
            [
                (code, code.title(), str(position))
                for position, code in enumerate(dict.fromkeys(DEPARTMENT_OF.values()), start=1)
            ],
        ),
        "items": _csv(ITEM_COLUMNS, _items(invoices)),
        "staff": _csv(
            ("staff_code", "name", "role", "pin"), [(OPERATOR_CODE, "Replay", "manager", OPERATOR_PIN)]
        ),
    }


ITEM_COLUMNS = (
    "item_code",
    "name",
    "description",
    "department",
    "vat_code",
    "price",
    "open_price",
    "unit",
    "plu",
    "barcodes",
    "minimum_age",
    "stock",
    "picture",
)


def _items(invoices: Iterable[Invoice]) -> list[tuple[str, ...]]:
    """Every code sells at its own price on each line, so every item has an open price."""
    names: dict[str, Counter[str]] = {}
    kinds: dict[str, CodeKind] = {}
    for invoice in invoices:
        for line in invoice.lines:
            names.setdefault(line.stock_code, Counter())[_name(line)] += 1
            kinds[line.stock_code] = line.kind
    return [
        (
            code,
            counts.most_common(1)[0][0],
            "",
            DEPARTMENT_OF[kinds[code]],
            VAT_CODE_OF[kinds[code]],
            "",
            "yes",
            "each",
            "",
            "",
            "",
            "",
            "",
        )
        for code, counts in sorted(names.items())
    ]


def _name(line: TradeLine) -> str:
    """Without what a spreadsheet would take for a formula, which the import refuses."""
    cleaned = "".join(character for character in line.description if character.isprintable())
    return cleaned.lstrip("=+-@ ")[:MOST_NAME] or line.stock_code


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
