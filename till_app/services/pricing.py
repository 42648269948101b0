"""What goods cost here and now: prices by list and customer, VAT by date, promotions of the open basket."""

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketCustomer, BasketLine, priced_line
from till_app.domain.catalogue import Item
from till_app.domain.errors import DomainError
from till_app.domain.money import divide_half_away
from till_app.domain.pricing import EffectivePrice, effective_price
from till_app.domain.promotions import PromotionBook
from till_app.services.ports import Catalogue
from till_app.services.scanning import Pending
from till_app.services.workplace import Workplace


class Pricing:
    """Everything by the business date. GUI thread only."""

    def __init__(self, workplace: Workplace, catalogue: Catalogue) -> None:
        self._workplace = workplace
        self._catalogue = catalogue
        self._book: PromotionBook | None = None
        self._book_of = ""
        """The UUID of the basket whose promotions it holds."""

    def price_of(self, item: Item, customer: BasketCustomer | None = None) -> EffectivePrice:
        """`customer`: who buys; a customer without a list of their own pays what everybody pays."""
        if item.price_minor is None:
            return EffectivePrice(None)
        listed = self._catalogue.prices(item.item_id)
        if not listed:
            return EffectivePrice(item.price_minor)
        known = self._catalogue.customer(customer.customer_id) if customer else None
        list_id = known.price_list_id if known else None
        return effective_price(item, listed, self._workplace.business_date, list_id)

    def line(self, pending: Pending, quantity_milli: int, customer: BasketCustomer | None) -> BasketLine:
        """A line of what is to be added; a negative quantity comes back.

        Raises DomainError `vat_code_unknown`, `price_in_other_currency`, and as `priced_line`.
        """
        item = pending.item
        if pending.price_currency and pending.price_currency != self._workplace.shop.currency.code:
            raise DomainError("price_in_other_currency", item=item.name, currency=pending.price_currency)
        rate = self._catalogue.vat_rate(item.vat_code)
        if rate is None:
            raise DomainError("vat_code_unknown", item=item.name, vat_code=item.vat_code)
        price = self.price_of(item, customer)
        sign = 1 if quantity_milli > 0 else -1
        fixed_minor = pending.fixed_price_minor
        if fixed_minor is not None:
            if item.is_weighed and price.price_minor and pending.quantity_milli is None:
                quantity_milli = sign * max(1, divide_half_away(fixed_minor * 1000, price.price_minor))
            fixed_minor *= sign
        return priced_line(
            self._workplace.new_id(),
            item,
            rate,
            day=self._workplace.business_date,
            code=pending.code,
            quantity_milli=quantity_milli,
            price=price,
            unit_price_minor=pending.unit_price_minor,
            fixed_price_minor=fixed_minor,
            batch=pending.batch,
            expires_on=pending.expires_on,
        )

    def set_customer(self, basket: Basket, customer: BasketCustomer | None) -> None:
        """Who buys, from now on.

        A line that is in the basket keeps its price, unless the customer's own is lower: who is named late
        pays no more than who is named first. What only the customer before could have goes back to the price
        that everybody pays. A price typed or labelled by hand, a line with a discount of its own and goods
        that come back stay as they are.
        """
        basket.customer = customer
        for line in basket.lines:
            if line.is_return or line.fixed_price_minor is not None or not line.is_at_list_price:
                continue
            item = self._catalogue.item(line.item_id)
            price = self.price_of(item, customer) if item else None
            if price is None or price.price_minor is None:
                continue
            is_dearer = price.price_minor >= line.unit_price_minor
            if line.is_customer_price or (price.is_for_customers and not is_dearer):
                basket.set_list_price(line.line_id, price)

    def promote(self, basket: Basket) -> None:
        """Work out what promotions take off, by those that held when the basket was opened or brought back:
        as with a price, nothing that is pulled alters an open basket."""
        if self._book is None or self._book_of != basket.uuid:
            self._book = PromotionBook(self._catalogue.promotions(), self._workplace.business_date)
            self._book_of = basket.uuid
        basket.apply_promotions(self._book.savings(basket.lines))
