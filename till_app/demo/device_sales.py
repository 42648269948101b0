"""Sales of the trading day in which a device does its part, or fails to."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize

from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.zvt_terminal import ZvtOutcome
from till_app.demo.day_sales import BAG, CARD, MILK, OATS, DaySales
from till_app.demo.operator import DayStuck, Key
from till_app.demo.virtual_devices.window import VirtualDevicesWindow
from till_app.services.payment_views import PaymentPhase
from till_app.services.ports import JobState
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.shell import ScreenName

CUSTOMERS_SCREEN = QSize(1024, 600)
BANANAS_PLU = "4011"


@dataclass(frozen=True, slots=True)
class DeviceSales:
    """As DaySales. `window` has the switches."""

    sales: DaySales
    window: VirtualDevicesWindow

    @property
    def steps(self) -> tuple[Callable[[], None], ...]:
        return (
            self.weighed_on_the_scale,
            self.shown_to_the_customer,
            self.declined_at_the_terminal,
            self.nobody_knows_whether_it_was_paid,
            self.second_printer_takes_over,
            self.printers_out_of_paper,
            self.gift_receipt,
        )

    def weighed_on_the_scale(self) -> None:
        hands = self.sales.hands
        hands.type(BANANAS_PLU)
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        panel = hands.window.overlay.panel
        assert isinstance(panel, WeightPanel)
        self.window.scale.unstable.setChecked(True)
        self.window.scale.grams.setValue(785)
        self.window.scale.unstable.setChecked(False)
        hands.wait("the weight at rest", panel.accept_button.isEnabled)
        hands.picture("weight-on-the-scale")
        hands.press(Key.Key_Return)
        hands.wait("the weighed line", lambda: hands.selling_lines == 1)
        sold_milli = self.sales.application.till.services.selling.lines[0].quantity_milli
        if sold_milli != 785:
            raise DayStuck(f"785 g lay on the scale, and {sold_milli} were sold")
        self.window.scale.grams.setValue(0)
        hands.pay_exact_cash()

    def shown_to_the_customer(self) -> None:
        """On the two lines of the pole display, and on the second screen."""
        sales, hands = self.sales, self.sales.hands
        second = sales.application.second_screen.window
        second.resize(CUSTOMERS_SCREEN)
        for code in (MILK, OATS, CARD):
            sales.add(code)
        display = sales.devices.display
        hands.wait("the display", lambda: display.lines[1].startswith("Total"))
        hands.wait("the second screen", lambda: second.is_up_to_date and second.shelf.is_idle)
        hands.picture("second-screen-basket", second)
        hands.pay()
        hands.wait("what is to pay on the display", lambda: display.lines[1].startswith("To pay"))
        hands.type("2000")
        hands.press(Key.Key_Return)
        hands.wait("the change on the display", lambda: display.lines[0].startswith("Change"))
        hands.wait("the second screen", lambda: second.is_up_to_date)
        hands.picture("second-screen-change", second)
        hands.finish()

    def declined_at_the_terminal(self) -> None:
        sales, hands = self.sales, self.sales.hands
        self._terminal_will(ZvtOutcome.DECLINE)
        sales.add(MILK)
        hands.pay()
        hands.begin_card()
        hands.wait("the refusal", lambda: sales.application.till.services.card_payments.pending is None)
        hands.picture("card-declined")
        self._terminal_will(ZvtOutcome.APPROVE)
        hands.press(Key.Key_Escape)
        hands.wait("another way to pay", lambda: hands.window.current is ScreenName.TENDER)
        hands.press(Key.Key_F1)
        hands.press(Key.Key_Return)
        hands.finish()

    def nobody_knows_whether_it_was_paid(self) -> None:
        """The link breaks after the approval: the terminal is asked before anything else is done."""
        sales, hands = self.sales, self.sales.hands
        approved_before = len(sales.devices.terminal.transactions)
        self._terminal_will(ZvtOutcome.LOST)
        sales.add(OATS)
        hands.pay()
        hands.begin_card()
        cards = sales.application.till.services.card_payments
        hands.wait(
            "the link to break",
            lambda: cards.pending is not None and cards.pending.phase is PaymentPhase.UNKNOWN,
        )
        hands.picture("card-unknown")
        self._terminal_will(ZvtOutcome.APPROVE)
        hands.finish()
        if len(sales.devices.terminal.transactions) != approved_before + 1:
            raise DayStuck("a card was charged twice")

    def second_printer_takes_over(self) -> None:
        sales, hands = self.sales, self.sales.hands
        before = len(sales.devices.fallback.peer.jobs)
        sales.devices.printer.peer.mode = PrinterMode.PAPER_OUT
        sales.add(MILK)
        hands.pay_exact_cash()
        hands.wait("the second printer", lambda: len(sales.devices.fallback.peer.jobs) > before)
        hands.picture("second-printer")
        sales.devices.printer.peer.mode = PrinterMode.OK

    def printers_out_of_paper(self) -> None:
        sales, hands, devices = self.sales, self.sales.hands, self.sales.devices
        for printer in (devices.printer, devices.fallback):
            printer.peer.mode = PrinterMode.PAPER_OUT
        sales.add(BAG)
        hands.pay_exact_cash()
        jobs = sales.application.till.ledger
        hands.wait(
            "the waiting receipt", lambda: any(job.state is JobState.WAITING for job in jobs.open_jobs())
        )
        hands.picture("printer-out-of-paper")
        for printer in (devices.printer, devices.fallback):
            printer.peer.mode = PrinterMode.OK
        hands.wait("the receipt to print", lambda: not jobs.open_jobs(), timeout_s=60)

    def gift_receipt(self) -> None:
        sales, hands = self.sales, self.sales.hands
        jobs = sales.application.till.ledger
        sales.add(CARD)
        hands.pay()
        hands.press(Key.Key_Return)
        hands.wait("the sale done", lambda: hands.window.current is ScreenName.SALE_DONE)
        hands.wait("the receipt", lambda: not jobs.open_jobs(), timeout_s=60)
        before = len(sales.devices.printer.peer.jobs)
        hands.press(Key.Key_F2)
        hands.wait("the gift receipt", lambda: len(sales.devices.printer.peer.jobs) > before)
        hands.finish()

    def _terminal_will(self, outcome: ZvtOutcome) -> None:
        self.window.terminal.outcomes.buttons[outcome].click()
