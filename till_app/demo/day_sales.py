"""The sales of the trading day: one method for each kind, by scanner, keys and touch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from till_app.app import TillApplication
from till_app.demo.operator import DayStuck, Key, Operator
from till_app.demo.shop import DemoShop
from till_app.demo.virtual_devices.peers import VirtualDevices
from till_app.services.status import LinkState
from till_app.ui.shell import ScreenName

SUPERVISOR = "21"
MILK, SOURDOUGH, WINE = "0400001000045", "2000101", "0400001000144"
OATS, CARD, NEWSPAPER, BAG = "5000108022824", "0400001000199", "9779999001008", "0400001000892"
CHEDDAR_AT_3_91, BACON_OF_250_G = "2000011003913", "2100016002505"


@dataclass(frozen=True, slots=True)
class DaySales:
    """Each step leaves the sell screen with an empty basket. Raises DayStuck."""

    application: TillApplication
    shop: DemoShop
    devices: VirtualDevices
    hands: Operator
    pins: Mapping[str, str]
    """By staff code."""

    @property
    def steps(self) -> tuple[Callable[[], None], ...]:
        return (
            self.one_item_exact_cash,
            self.several_items_with_change,
            self.three_times_one,
            self.scanner_as_keyboard_by_card,
            self.typed_weight,
            self.price_in_the_barcode,
            self.weight_in_the_barcode,
            self.open_price,
            self.age_checked,
            self.age_refused,
            self.split_tender,
            self.line_voided,
            self.basket_voided,
            self.discount_with_approval,
            self.found_by_name,
            self.unknown_and_misread_codes,
            self.quick_keys,
            self.too_much_on_the_card,
            self.hub_gone,
            self.price_changed_at_the_hub,
            self.given_away,
            self.returned_by_receipt,
            self.exchanged,
        )

    def one_item_exact_cash(self) -> None:
        self.add(MILK)
        self.hands.pay_exact_cash()

    def several_items_with_change(self) -> None:
        hands = self.hands
        for code in (MILK, OATS, CARD, NEWSPAPER):
            self.add(code)
        hands.picture("sell-basket")
        hands.pay()
        hands.type("2000")
        hands.picture("tender-change")
        hands.press(Key.Key_Return)
        hands.wait("the change", lambda: hands.window.current is ScreenName.SALE_DONE)
        hands.picture("sale-done")
        hands.finish()

    def three_times_one(self) -> None:
        self.hands.type("3*")
        self.hands.picture("three-times")
        self.add(OATS)
        self.hands.pay_exact_cash()

    def scanner_as_keyboard_by_card(self) -> None:
        self.hands.wedge_scan(OATS)
        self.hands.wait("the scanned line", lambda: self.hands.selling_lines == 1)
        self.hands.wedge_scan(MILK)
        self.hands.wait("the second line", lambda: self.hands.selling_lines == 2)
        self.hands.pay_card()

    def typed_weight(self) -> None:
        hands = self.hands
        hands.type("4011")
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        hands.type("0.412")
        hands.picture("weight")
        hands.press(Key.Key_Return)
        hands.wait("the weighed line", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def price_in_the_barcode(self) -> None:
        self.add(CHEDDAR_AT_3_91)
        self.hands.pay_exact_cash()

    def weight_in_the_barcode(self) -> None:
        self.add(BACON_OF_250_G)
        self.hands.pay_card()

    def open_price(self) -> None:
        hands = self.hands
        hands.type("901")
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        hands.type("275")
        hands.press(Key.Key_Return)
        hands.wait("the line", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def age_checked(self) -> None:
        hands = self.hands
        hands.scan(WINE)
        hands.wait_for_panel()
        hands.picture("age-check")
        hands.press(Key.Key_F1)
        hands.wait("the wine", lambda: hands.selling_lines == 1)
        hands.pay_card()

    def age_refused(self) -> None:
        hands = self.hands
        hands.scan(WINE)
        hands.wait_for_panel()
        hands.press(Key.Key_F4)
        hands.wait("the answer", lambda: not hands.window.overlay.is_open)
        self.add(BAG)
        hands.pay_exact_cash()

    def split_tender(self) -> None:
        hands = self.hands
        for code in (CARD, CARD, OATS):
            hands.scan(code)
        hands.wait("two lines", lambda: hands.selling_lines == 2)
        hands.pay()
        hands.type("500")
        hands.press(Key.Key_Return)
        hands.wait("a tender", lambda: len(self.application.till.services.selling.tenders) == 1)
        hands.picture("tender-split")
        hands.begin_card()
        hands.finish()

    def line_voided(self) -> None:
        hands = self.hands
        self.add(MILK)
        self.add(CARD)
        hands.press(Key.Key_Delete)
        hands.wait("the line voided", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def basket_voided(self) -> None:
        hands = self.hands
        self.add(OATS)
        hands.press(Key.Key_F5)
        hands.wait_for_panel()
        hands.picture("void-basket")
        hands.press(Key.Key_F5)
        hands.wait("the basket voided", lambda: hands.selling_lines == 0)

    def discount_with_approval(self) -> None:
        hands = self.hands
        for code in (CARD, OATS, MILK):
            self.add(code)
        hands.press(Key.Key_F3)
        hands.wait_for_panel()
        hands.picture("discount")
        hands.type("10")
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        hands.picture("approval")
        hands.approve(self._name(SUPERVISOR), self.pins[SUPERVISOR])
        hands.wait("the savings", lambda: self._savings_minor() > 0)
        hands.picture("sell-discount")
        hands.pay_card()

    def found_by_name(self) -> None:
        hands = self.hands
        hands.type("croissant")
        hands.wait("results", lambda: hands.sell.goods.search.is_showing_results)
        hands.picture("search")
        hands.press(Key.Key_Return)
        hands.wait("the line", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def unknown_and_misread_codes(self) -> None:
        hands = self.hands
        hands.scan("5000000000012")
        hands.picture("unknown-code")
        hands.scan("5000108022825")
        hands.picture("misread-code")
        self.add(SOURDOUGH)
        hands.pay_exact_cash()

    def quick_keys(self) -> None:
        hands = self.hands
        grid = hands.sell.goods.grid
        grid.button_at(0).click()
        hands.wait("the first tapped line", lambda: hands.selling_lines == 1)
        grid.button_at(4).click()
        hands.wait("the second tapped line", lambda: hands.selling_lines == 2)
        hands.pay_exact_cash()

    def too_much_on_the_card(self) -> None:
        hands = self.hands
        self.add(NEWSPAPER)
        hands.pay()
        hands.press(Key.Key_F2)
        hands.type("9900")
        hands.press(Key.Key_Return)
        hands.wait("the refusal", lambda: hands.window.messages.message is not None)
        hands.picture("card-over-balance")
        hands.press(Key.Key_Escape)
        hands.wait("the basket", lambda: hands.window.current is ScreenName.SELL)
        hands.pay_exact_cash()

    def hub_gone(self) -> None:
        hands = self.hands
        self.shop.hub.stop()
        for _ in range(2):
            self.add(MILK)
            self.add(OATS)
            hands.pay_exact_cash()
        hands.wait("the pill to say offline", lambda: self._link_is(LinkState.OFFLINE))
        hands.picture("hub-gone")
        self.shop.hub.start()
        hands.wait("the hub to be back", lambda: self._link_is(LinkState.ONLINE), timeout_s=60)

    def price_changed_at_the_hub(self) -> None:
        hands = self.hands
        self.add(MILK)
        self.shop.hub.change_item("MILK-SEMI-2L", price_minor=175)
        hands.wait("the new price", self._milk_costs(175))
        lines = self.application.till.services.selling.lines
        if [line.gross_minor for line in lines] != [165]:
            raise DayStuck("a price changed at the hub changed an open basket")
        hands.pay_exact_cash()
        self.add(MILK)
        hands.pay_exact_cash()

    def given_away(self) -> None:
        """A total of nothing still is a sale."""
        hands = self.hands
        self.add(BAG)
        hands.press(Key.Key_F3)
        hands.wait_for_panel()
        hands.type("100")
        hands.press(Key.Key_Return)
        hands.approve(self._name(SUPERVISOR), self.pins[SUPERVISOR])
        hands.wait("the savings", lambda: self._savings_minor() > 0)
        hands.pay_exact_cash()

    def returned_by_receipt(self) -> None:
        hands = self.hands
        hands.scan("RN" + self._receipt_number(2))
        hands.wait("the returns screen", lambda: hands.window.current is ScreenName.RETURNS)
        hands.press(Key.Key_Return)
        hands.picture("returns")
        hands.press(Key.Key_F6)
        hands.wait("the return line", lambda: hands.selling_lines == 1)
        hands.picture("sell-return")
        hands.pay()
        hands.picture("tender-refund")
        hands.press(Key.Key_Return)
        hands.finish()

    def exchanged(self) -> None:
        hands = self.hands
        hands.scan("RN" + self._receipt_number(3))
        hands.wait("the returns screen", lambda: hands.window.current is ScreenName.RETURNS)
        hands.press(Key.Key_Return)
        hands.press(Key.Key_F6)
        hands.wait("the return line", lambda: hands.selling_lines == 1)
        self.add(CARD)
        self.add(CARD)
        hands.pay()
        hands.press(Key.Key_Return)
        hands.finish()

    def add(self, code: str) -> None:
        """Scan it, and wait for its line."""
        before = self.application.till.services.checkout.total_minor
        self.hands.scan(code)
        self.hands.wait(
            f"the line of {code}", lambda: self.application.till.services.checkout.total_minor != before
        )

    def _link_is(self, state: LinkState) -> bool:
        return self.application.last_sync_status.state is state

    def _savings_minor(self) -> int:
        basket = self.application.till.services.selling.basket
        return basket.totals().savings_minor if basket else 0

    def _milk_costs(self, price_minor: int) -> Callable[[], bool]:
        catalogue = self.application.till.catalogue
        return lambda: [item.price_minor for item in catalogue.find(MILK.zfill(14))] == [price_minor]

    def _receipt_number(self, counter: int) -> str:
        sales = self.application.till.ledger.latest_sales(100)
        return next(sale.receipt_number for sale in sales if sale.counter == counter)

    def _name(self, staff_code: str) -> str:
        staff = self.application.till.services.sign_on.staff()
        return next(member.name for member in staff if member.staff_code == staff_code)
