"""Goods and lines as the words of rows and tiles; nothing is decided or computed here."""

from till_app.domain.basket import BasketLine, BasketTotals
from till_app.domain.catalogue import Item, StockLevel, Unit
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr
from till_app.ui.widgets.basket_view import BasketRow, RowTone
from till_app.ui.widgets.choice_list import ChoiceRow
from till_app.ui.widgets.totals_panel import Totals

_CONTEXT = "Goods"
_DOT = " · "


def price_words(item: Item, formatter: Formatter) -> str:
    """`£1.65`, `£9.50 /kg`, or that the price is typed."""
    if item.price_minor is None:
        return tr(_CONTEXT, "any price")
    amount = formatter.amount(item.price_minor)
    return tr(_CONTEXT, "{amount} /kg").format(amount=amount) if item.is_weighed else amount


def stock_words(item: Item, stock: StockLevel | None, formatter: Formatter) -> str:
    """What the hub believes is left; weighed goods say that they are weighed, open prices count no stock."""
    if item.blocked:
        return tr(_CONTEXT, "not for sale")
    if item.is_weighed:
        return tr(_CONTEXT, "weigh")
    if stock is None or item.price_minor is None:
        return ""
    if stock.quantity_milli <= 0:
        return tr(_CONTEXT, "none left")
    return tr(_CONTEXT, "{quantity} left").format(quantity=formatter.quantity(stock.quantity_milli))


def item_choice(item: Item, stock: StockLevel | None, formatter: Formatter) -> ChoiceRow:
    """A row of the search results."""
    code = item.barcodes[0] if item.barcodes else item.plu or item.item_code
    detail = _DOT.join(part for part in (code, stock_words(item, stock, formatter)) if part)
    return ChoiceRow(item.item_id, item.name, detail, price_words(item, formatter))


def basket_row(line: BasketLine, formatter: Formatter, age_checked: int = 0) -> BasketRow:
    tone, note = _note(line, formatter)
    return BasketRow(
        formatter.quantity(line.quantity_milli),
        line.name,
        _detail(line, formatter, age_checked),
        note,
        formatter.amount(line.gross_minor),
        tone,
    )


def _detail(line: BasketLine, formatter: Formatter, age_checked: int) -> str:
    unit_price = formatter.amount(line.unit_price_minor)
    parts = [line.code]
    if line.unit is Unit.KILOGRAM:
        parts = [line.code, tr(_CONTEXT, "{amount} /kg").format(amount=unit_price)]
    elif abs(line.quantity_milli) != 1000:
        parts.append(tr(_CONTEXT, "{amount} each").format(amount=unit_price))
    if line.minimum_age and age_checked >= line.minimum_age and not line.is_return:
        parts.append(tr(_CONTEXT, "age checked {age}+").format(age=line.minimum_age))
    return _DOT.join(parts)


def _note(line: BasketLine, formatter: Formatter) -> tuple[RowTone, str]:
    if line.origin is not None:
        words = tr(_CONTEXT, "Return of receipt {number}").format(number=line.origin.receipt_number)
        return RowTone.RETURN, words
    if line.is_return:
        return RowTone.RETURN, tr(_CONTEXT, "Return without receipt")
    notes = []
    tone = RowTone.PLAIN
    if line.list_price_minor is not None and line.list_price_minor != line.unit_price_minor:
        was = formatter.amount(line.list_price_minor)
        notes.append(tr(_CONTEXT, "price changed, was {amount}").format(amount=was))
        tone = RowTone.WARN
    if line.discount_minor:
        saving = formatter.amount(-line.discount_minor)
        notes.append(tr(_CONTEXT, "Discount {amount}").format(amount=saving))
        tone = RowTone.SAVING
    return tone, _DOT.join(notes)


def totals_words(totals: BasketTotals | None, formatter: Formatter) -> Totals:
    """None: no basket is open."""
    if totals is None:
        return Totals(items_words(0), formatter.amount(0), formatter.amount(0), formatter.amount(0))
    return Totals(
        items_words(totals.item_count),
        formatter.amount(-totals.savings_minor),
        formatter.amount(totals.tax_minor),
        formatter.amount(totals.total_minor),
    )


def items_words(count: int) -> str:
    return tr(_CONTEXT, "1 item") if count == 1 else tr(_CONTEXT, "{count} items").format(count=count)
