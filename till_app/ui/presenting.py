"""Goods and lines as the words of rows and tiles; nothing is decided or computed here."""

from till_app.domain.basket import BasketTotals
from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import Customer, Item, StockLevel, Unit
from till_app.domain.pricing import EffectivePrice
from till_app.domain.times import from_text
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr
from till_app.ui.widgets.basket_view import BasketRow, RowTone
from till_app.ui.widgets.choice_list import ChoiceRow
from till_app.ui.widgets.totals_panel import Totals

_CONTEXT = "Goods"
_DOT = " · "


def price_words(item: Item, price: EffectivePrice, formatter: Formatter) -> str:
    """`£1.65`, `£9.50 /kg`, or that the price is typed."""
    if price.price_minor is None:
        return tr(_CONTEXT, "any price")
    amount = formatter.amount(price.price_minor)
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


def item_choice(
    item: Item, price: EffectivePrice, stock: StockLevel | None, formatter: Formatter
) -> ChoiceRow:
    """A row of the search results."""
    code = item.barcodes[0] if item.barcodes else item.plu or item.item_code
    detail = _DOT.join(part for part in (code, stock_words(item, stock, formatter)) if part)
    return ChoiceRow(item.item_id, item.name, detail, price_words(item, price, formatter))


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
    if line.is_customer_price and tone is RowTone.PLAIN:
        notes.append(tr(_CONTEXT, "customer's price"))
        tone = RowTone.SAVING
    for saving in line.promotions:
        notes.append(f"{saving.name} {formatter.amount(-saving.amount_minor)}")
        tone = RowTone.SAVING
    by_hand_minor = line.line_discount_minor + line.basket_discount_minor
    if by_hand_minor:
        notes.append(tr(_CONTEXT, "Discount {amount}").format(amount=formatter.amount(-by_hand_minor)))
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


def balance_words(customer: Customer, formatter: Formatter, now: str = "") -> str:
    """What the customer owes or has in hand, and when that was true; empty when nobody has said yet.

    With `now` (RFC 3339) it is brief: of today the time, of another day only the date.
    """
    if not customer.balance_at:
        return ""
    at = from_text(customer.balance_at)
    moment = formatter.date_and_time(at)
    if now:
        is_today = formatter.date(at) == formatter.date(from_text(now))
        moment = formatter.time(at) if is_today else formatter.date(at)
    if customer.balance_minor > 0:
        text = tr(_CONTEXT, "owes {amount}, {moment}")
    elif customer.balance_minor < 0:
        text = tr(_CONTEXT, "has {amount} in hand, {moment}")
    else:
        return tr(_CONTEXT, "owes nothing, {moment}").format(moment=moment)
    return text.format(amount=formatter.amount(abs(customer.balance_minor)), moment=moment)


def customer_choice(customer: Customer, formatter: Formatter) -> ChoiceRow:
    """A row of the customers found, with what is owed or in hand."""
    code = customer.customer_code or tr(_CONTEXT, "made at this till")
    detail = _DOT.join(part for part in (code, customer.phone, customer.email) if part)
    amount = ""
    if customer.balance_at and customer.balance_minor:
        owes = tr(_CONTEXT, "owes {amount}"), tr(_CONTEXT, "{amount} in hand")
        text = owes[customer.balance_minor < 0]
        amount = text.format(amount=formatter.amount(abs(customer.balance_minor)))
    return ChoiceRow(customer.customer_id, customer.name, detail, amount)


def items_words(count: int) -> str:
    return tr(_CONTEXT, "1 item") if count == 1 else tr(_CONTEXT, "{count} items").format(count=count)
