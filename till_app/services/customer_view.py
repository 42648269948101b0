"""What the customer may see, made from the basket and the payment, and handed to all customer displays."""

import logging
from collections.abc import Callable

from till_app.domain.basket import Basket, BasketTotals
from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import TextPlace, Unit
from till_app.domain.sale import Sale
from till_app.domain.tender import balance_minor
from till_app.services.checkout import Checkout
from till_app.services.device_ports import CustomerDisplay
from till_app.services.device_status import CustomerMoment, CustomerView, ShownLine
from till_app.services.ports import Catalogue, CatalogueUnavailable, Formatting
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace

log = logging.getLogger(__name__)

MOST_LINES = 16
"""The last ones; a display has no room for more, and a long basket costs no more than a short one."""
ONE_MILLI = 1000

Translate = Callable[[str], str]
RunLater = Callable[[Callable[[], None]], None]


def _run_now(run: Callable[[], None]) -> None:
    run()


class CustomerViews:
    """GUI thread only. The till's screens tell where the sale stands and that something changed; what the
    customer sees is made once for all that changed in one turn."""

    def __init__(
        self,
        workplace: Workplace,
        selling: Selling,
        checkout: Checkout,
        catalogue: Catalogue,
        formatting: Formatting,
        translate: Translate,
    ) -> None:
        self._workplace = workplace
        self._selling = selling
        self._checkout = checkout
        self._catalogue = catalogue
        self._format = formatting
        self._tr = translate
        self._sinks: list[CustomerDisplay] = []
        self._stage = CustomerMoment.SELLING
        self._last_line_id: str | None = None
        self._totals: tuple[Basket, BasketTotals] | None = None
        self._words: dict[str, tuple[BasketLine, ShownLine]] = {}
        """Of the lines that were shown last, by id."""
        self._is_due = False
        self.run_later: RunLater = _run_now
        """How to come back when the present turn is over; the window sets it."""

    def add_sink(self, display: CustomerDisplay) -> None:
        """It is shown what there is."""
        self._sinks.append(display)
        self.changed()

    def remove_sink(self, display: CustomerDisplay) -> None:
        self._sinks.remove(display)

    def stage(self, moment: CustomerMoment) -> None:
        """`selling`, `paying` or `done`: which screen the operator has come to."""
        self._stage = moment
        self.changed()

    def changed(self, line_id: str | None = None, totals: BasketTotals | None = None) -> None:
        """Basket, payment or operator are others now. `line_id`: the line that changed; `totals`: of the
        basket, when they are known already, for they cost more than all the rest."""
        if line_id is not None:
            self._last_line_id = line_id
        if totals is not None and self._selling.basket is not None:
            self._totals = (self._selling.basket, totals)
        if self._sinks and not self._is_due:
            self._is_due = True
            self.run_later(self._show)

    def _show(self) -> None:
        self._is_due = False
        try:
            view = self.view()
        except CatalogueUnavailable as error:
            log.info("the customer's display stays as it is: %s", error)
            return
        for sink in self._sinks:
            sink.show(view)

    def view(self) -> CustomerView:
        """As things stand now."""
        if self._workplace.operator is None:
            return CustomerView(CustomerMoment.CLOSED, message=self._shop_name())
        basket = self._selling.basket
        if basket is not None:
            return self._of_basket(basket)
        completed = self._checkout.last_completed
        if self._stage is CustomerMoment.DONE and completed is not None:
            return self._of_sale(completed.sale)
        return CustomerView(CustomerMoment.IDLE, message=self._shop_message())

    def _of_basket(self, basket: Basket) -> CustomerView:
        totals = self._totals_of(basket)
        lines = basket.lines
        recent = lines[-MOST_LINES:]
        newest = recent[-1:]
        last = next(((line,) for line in reversed(lines) if line.line_id == self._last_line_id), newest)
        wanted = {line.line_id: line for line in (*recent, *last)}
        self._words = {line_id: self._kept(line) for line_id, line in wanted.items()}
        is_paying = self._stage is CustomerMoment.PAYING
        to_pay_minor = balance_minor(totals.total_minor, self._selling.tenders) if is_paying else 0
        return CustomerView(
            CustomerMoment.PAYING if is_paying else CustomerMoment.SELLING,
            lines=tuple(self._words[line.line_id][1] for line in recent),
            earlier_lines=len(lines) - len(recent),
            last_line=next((self._words[line.line_id][1] for line in last), None),
            total=self._format.amount(totals.total_minor),
            savings=self._format.amount(totals.savings_minor) if totals.savings_minor else "",
            to_pay=self._format.amount(to_pay_minor) if is_paying and to_pay_minor >= 0 else "",
            change=self._format.amount(-to_pay_minor) if to_pay_minor < 0 else "",
        )

    def _of_sale(self, sale: Sale) -> CustomerView:
        back_minor = -sale.total_minor if sale.total_minor < 0 else sale.change_minor
        return CustomerView(
            CustomerMoment.DONE,
            total=self._format.amount(sale.total_minor),
            change=self._format.amount(back_minor) if back_minor else "",
            message=self._shop_message(),
        )

    def _totals_of(self, basket: Basket) -> BasketTotals:
        if self._totals is None or self._totals[0] is not basket:
            self._totals = (basket, basket.totals())
        return self._totals[1]

    def _kept(self, line: BasketLine) -> tuple[BasketLine, ShownLine]:
        """A line that did not change keeps its words."""
        kept = self._words.get(line.line_id)
        return kept if kept is not None and kept[0] == line else (line, self._shown(line))

    def _shown(self, line: BasketLine) -> ShownLine:
        item = self._catalogue.item(line.item_id)
        picture = item.picture if item is not None else None
        return ShownLine(
            line.name, self._quantity(line), self._format.amount(line.gross_minor), picture or ""
        )

    def _quantity(self, line: BasketLine) -> str:
        quantity = self._format.quantity(line.quantity_milli)
        price = self._format.amount(line.unit_price_minor)
        if line.unit is Unit.KILOGRAM:
            return self._tr("{quantity} kg × {price}/kg").format(quantity=quantity, price=price)
        if line.quantity_milli == ONE_MILLI:
            return ""
        return self._tr("{quantity} × {price}").format(quantity=quantity, price=price)

    def _shop_message(self) -> str:
        """The shop's name, and below it what the hub wants said at the head of receipts today."""
        today = self._workplace.business_date
        texts = sorted(
            (text.position, text.receipt_text_id, text.text)
            for text in self._catalogue.receipt_texts()
            if text.place is TextPlace.HEADER and text.validity.holds_on(today)
        )
        return "\n".join([self._shop_name(), *(text for _, _, text in texts)])

    def _shop_name(self) -> str:
        shop = self._catalogue.shop()
        return shop.name if shop is not None else ""
