"""What the customer sees follows the sale: idle, each line and the total, what to pay, the change, closed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.counter import CHEDDAR, MILK, ShopCounter, open_counter
from till_app.domain.catalogue import Item, ReceiptText, TextPlace
from till_app.services.customer_view import MOST_LINES
from till_app.services.device_status import CustomerMoment, CustomerView, ShownLine
from till_app.services.ports import CatalogueUnavailable

SHOP_NAME = "High Street Grocers"


class Glass:
    """A display that remembers what it was shown."""

    def __init__(self) -> None:
        self.views: list[CustomerView] = []

    def show(self, view: CustomerView) -> None:
        self.views.append(view)


def add(counter: ShopCounter, item: Item, quantity_milli: int | None = None) -> str:
    counter.services.selling.pick(item, quantity_milli)
    line_id = counter.services.selling.lines[-1].line_id
    counter.services.customer_view.changed(line_id)
    return line_id


def test_nobody_signed_on_is_closed_and_somebody_is_idle(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        views = counter.services.customer_view
        assert views.view() == CustomerView(CustomerMoment.CLOSED, message=SHOP_NAME)
        counter.begin_day()
        assert views.view() == CustomerView(CustomerMoment.IDLE, message=SHOP_NAME)


def test_idle_says_what_the_hub_wants_said_at_the_head_of_receipts_today(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.catalogue.apply([ReceiptText("t1", TextPlace.HEADER, 1, "Open on Sundays")], "epoch:2")
        assert counter.services.customer_view.view().message == f"{SHOP_NAME}\nOpen on Sundays"


def test_each_step_of_a_sale_is_shown(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        views, checkout = counter.services.customer_view, counter.services.checkout
        add(counter, MILK, 2000)
        milk = ShownLine("Semi-skimmed milk 2L", "2 × £1.65", "£3.30")
        assert views.view() == CustomerView(CustomerMoment.SELLING, (milk,), last_line=milk, total="£3.30")
        add(counter, CHEDDAR, 412)
        cheese = ShownLine("Mature cheddar", "0.412 kg × £9.50/kg", "£3.91")
        assert views.view().last_line == cheese
        assert views.view().total == "£7.21"
        views.stage(CustomerMoment.PAYING)
        assert (views.view().moment, views.view().to_pay) == (CustomerMoment.PAYING, "£7.21")
        checkout.pay_cash(500)
        assert views.view().to_pay == "£2.21"
        checkout.pay_cash(500)
        checkout.complete()
        views.stage(CustomerMoment.DONE)
        done = views.view()
        assert (done.moment, done.total, done.change) == (CustomerMoment.DONE, "£7.21", "£2.79")
        views.stage(CustomerMoment.SELLING)
        assert views.view().moment is CustomerMoment.IDLE


def test_savings_are_shown_when_there_are_any(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        line_id = add(counter, MILK)
        assert counter.services.customer_view.view().savings == ""
        counter.services.sign_on.sign_on("morag", "333333")
        counter.services.selling.discount_line(line_id, 65)
        assert counter.services.customer_view.view().savings == "£0.65"


def test_the_line_that_changed_last_is_the_one_that_is_named(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        views = counter.services.customer_view
        milk_id = add(counter, MILK)
        add(counter, CHEDDAR, 412)
        counter.services.selling.set_quantity(milk_id, 3000)
        views.changed(milk_id)
        assert views.view().last_line == ShownLine("Semi-skimmed milk 2L", "3 × £1.65", "£4.95")
        counter.services.selling.void_line(milk_id)
        views.changed()
        last = views.view().last_line
        assert last is not None
        assert last.name == "Mature cheddar"


def test_money_to_give_back_is_no_money_to_pay(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.sell(MILK.barcodes[0])
        counter.services.sign_on.sign_on("sam", "2222")
        found = counter.services.returns.find(counter.ledger.latest_sales(1)[0].receipt_number)
        assert found is not None
        picked = {line.line.line_number: 1000 for line in found.lines}
        counter.services.returns.add(found.sale.uuid, picked)
        views = counter.services.customer_view
        views.stage(CustomerMoment.PAYING)
        assert (views.view().to_pay, views.view().change) == ("", "£1.65")


def test_all_that_changed_in_one_turn_is_shown_once(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        views, glass = counter.services.customer_view, Glass()
        later: list[Callable[[], None]] = []
        views.run_later = later.append
        views.add_sink(glass)
        glass.views.clear()
        add(counter, MILK)
        add(counter, CHEDDAR, 412)
        views.stage(CustomerMoment.PAYING)
        assert glass.views == []
        assert len(later) == 1
        later.pop()()
        assert [view.to_pay for view in glass.views] == ["£5.56"]


def test_a_display_that_was_taken_away_is_shown_nothing(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        views, glass = counter.services.customer_view, Glass()
        views.add_sink(glass)
        assert [view.moment for view in glass.views] == [CustomerMoment.CLOSED]
        views.remove_sink(glass)
        counter.begin_day()
        views.changed()
        assert len(glass.views) == 1


def test_a_catalogue_that_cannot_be_read_leaves_the_display_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_item_id: str) -> Item | None:
        raise CatalogueUnavailable("disk_failed", "the disk does not answer")

    with open_counter(tmp_path) as counter:
        counter.begin_day()
        glass = Glass()
        counter.services.customer_view.add_sink(glass)
        with monkeypatch.context() as patched:
            patched.setattr(counter.catalogue, "item", fail)
            counter.services.selling.pick(MILK)
            counter.services.customer_view.changed()
        assert [view.moment for view in glass.views] == [CustomerMoment.IDLE]
        counter.services.customer_view.changed()
        assert glass.views[-1].total == "£1.65"


def test_a_long_basket_shows_its_last_lines_and_makes_no_words_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a scan costs the customer's display does not grow with the basket but for walking through it."""
    with open_counter(tmp_path, combine_lines=False) as counter:
        counter.begin_day()
        views = counter.services.customer_view
        for _ in range(20):
            add(counter, MILK)
        assert len(views.view().lines) == MOST_LINES
        assert views.view().earlier_lines == 20 - MOST_LINES
        add(counter, CHEDDAR, 412)
        asked: list[str] = []
        item = counter.catalogue.item

        def counting(item_id: str) -> Item | None:
            asked.append(item_id)
            return item(item_id)

        monkeypatch.setattr(counter.catalogue, "item", counting)
        views.view()
        assert asked == [CHEDDAR.item_id]
