"""A trading day in the real widgets, off screen: sales of many kinds, a dead hub, a return, X and Z.

Writes screenshots, receipts as bytes and as text, and `totals.json`, which says whether till and hub agree.
"""

import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize

from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.pty_pair import PtyPair
from till_app.app import TillApplication
from till_app.demo.hub_process import HubFailed
from till_app.demo.operator import DayStuck, Key, Operator
from till_app.demo.shop import DemoShop, open_demo_shop, pin_hints
from till_app.demo.totals import Totals, compare_sides
from till_app.devices.settings import DeviceSettings, PrinterSettings, ScannerSettings
from till_app.domain.reports import fold
from till_app.services.ports import JobState
from till_app.services.status import LinkState
from till_app.sync.cycle import SyncSettings
from till_app.ui.shell import ScreenName

WINDOW = QSize(1366, 768)
COLUMNS = 42
CASHIER, SUPERVISOR, MANAGER = "12", "21", "31"
MILK, SOURDOUGH, WINE = "0400001000045", "2000101", "0400001000144"
OATS, CARD, NEWSPAPER, BAG = "5000108022824", "0400001000199", "9779999001008", "0400001000892"
CHEDDAR_AT_3_91, BACON_OF_250_G = "2000011003913", "2100016002505"
EXIT_DIFFERENT, EXIT_STUCK = 1, 2


def play_trading_day(folder: Path, theme: str) -> int:
    """0 when till and hub agree to the penny, 1 when they do not, 2 when the day could not be played."""
    for part in ("screenshots", "receipts"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    (folder / "totals.json").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="till-demo-day-") as data:
        print("Starting the hub and loading the demo shop …", flush=True)
        shop = open_demo_shop(Path(data), port=0)
        try:
            with SimulatedPrinter() as printer, _scanner() as (port, send):
                application = _application(shop, printer, port, theme)
                try:
                    totals = _Day(application, shop, printer, send, folder).play()
                finally:
                    application.close()
        except (DayStuck, HubFailed) as error:
            print(f"The trading day could not be played to its end: {error}", file=sys.stderr)
            return EXIT_STUCK
        finally:
            shop.hub.stop()
    (folder / "totals.json").write_text(json.dumps(totals.as_json(), indent=2) + "\n", encoding="utf-8")
    print(f"Screenshots, receipts and totals.json are in {folder}")
    print("\n".join(f"  {line}" for line in totals.summary))
    return 0 if totals.is_equal else EXIT_DIFFERENT


@contextlib.contextmanager
def _scanner() -> Iterator[tuple[str, Callable[[bytes], None] | None]]:
    """A serial line for the scanner's bytes; where there is none (Windows), scans arrive as key presses."""
    if sys.platform == "win32":
        yield "", None
        return
    with PtyPair() as pair:
        yield pair.port, pair.send


def _application(shop: DemoShop, printer: SimulatedPrinter, port: str, theme: str) -> TillApplication:
    devices = DeviceSettings(
        printer=PrinterSettings(address=printer.address, columns=COLUMNS),
        scanner=ScannerSettings(address=port),
    )
    application = TillApplication(
        shop.files, devices, hints=pin_hints(), theme=theme, sync_settings=SyncSettings(soonest_retry_s=0.5)
    )
    application.window.sounds.set_muted(True)
    application.window.resize(WINDOW)
    application.window.show()
    application.window.activateWindow()
    return application


@dataclass
class _Day:
    application: TillApplication
    shop: DemoShop
    printer: SimulatedPrinter
    send_to_scanner: Callable[[bytes], None] | None
    folder: Path

    def play(self) -> Totals:
        self.pins = {hint.staff_code: hint.pin for hint in pin_hints()}
        self.hands = Operator(self.application, self.send_to_scanner, self.folder / "screenshots")
        self.application.show()
        self._begin()
        sales: tuple[Callable[[], None], ...] = (
            self._one_item_exact_cash,
            self._several_items_with_change,
            self._three_times_one,
            self._scanner_as_keyboard_by_card,
            self._typed_weight,
            self._price_in_the_barcode,
            self._weight_in_the_barcode,
            self._open_price,
            self._age_checked,
            self._age_refused,
            self._split_tender,
            self._line_voided,
            self._basket_voided,
            self._discount_with_approval,
            self._found_by_name,
            self._unknown_and_misread_codes,
            self._quick_keys,
            self._too_much_on_the_card,
            self._hub_gone,
            self._printer_out_of_paper,
            self._price_changed_at_the_hub,
            self._given_away,
            self._returned_by_receipt,
            self._exchanged,
        )
        for number, sale in enumerate(sales, start=1):
            print(f"  {number:2} {sale.__name__.strip('_').replace('_', ' ')}", flush=True)
            sale()
        return self._end()

    # -------------------------------------------------------------------- morning

    def _begin(self) -> None:
        hands = self.hands
        hands.wait("the hub", lambda: "Online" in self._hub_words())
        hands.picture("sign-on")
        hands.sign_on(CASHIER, self.pins[CASHIER])
        hands.wait("opening the day", lambda: hands.window.current is ScreenName.OPEN_DAY)
        hands.picture("open-day")
        hands.type("15000")
        hands.press(Key.Key_Return)
        hands.wait("the sell screen", lambda: hands.window.current is ScreenName.SELL)
        hands.picture("sell-empty")

    # ---------------------------------------------------------------------- sales

    def _one_item_exact_cash(self) -> None:
        self._add(MILK)
        self.hands.pay_exact_cash()

    def _several_items_with_change(self) -> None:
        hands = self.hands
        for code in (MILK, OATS, CARD, NEWSPAPER):
            self._add(code)
        hands.picture("sell-basket")
        hands.pay()
        hands.type("2000")
        hands.picture("tender-change")
        hands.press(Key.Key_Return)
        hands.wait("the change", lambda: hands.window.current is ScreenName.SALE_DONE)
        hands.picture("sale-done")
        hands.finish()

    def _three_times_one(self) -> None:
        self.hands.type("3*")
        self.hands.picture("three-times")
        self._add(OATS)
        self.hands.pay_exact_cash()

    def _scanner_as_keyboard_by_card(self) -> None:
        self.hands.wedge_scan(OATS)
        self.hands.wait("the scanned line", lambda: self.hands.selling_lines == 1)
        self.hands.wedge_scan(MILK)
        self.hands.wait("the second line", lambda: self.hands.selling_lines == 2)
        self.hands.pay_card()

    def _typed_weight(self) -> None:
        hands = self.hands
        hands.type("4011")
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        hands.type("0.412")
        hands.picture("weight")
        hands.press(Key.Key_Return)
        hands.wait("the weighed line", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def _price_in_the_barcode(self) -> None:
        self._add(CHEDDAR_AT_3_91)
        self.hands.pay_exact_cash()

    def _weight_in_the_barcode(self) -> None:
        self._add(BACON_OF_250_G)
        self.hands.pay_card()

    def _open_price(self) -> None:
        hands = self.hands
        hands.type("901")
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        hands.type("275")
        hands.press(Key.Key_Return)
        hands.wait("the line", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def _age_checked(self) -> None:
        hands = self.hands
        hands.scan(WINE)
        hands.wait_for_panel()
        hands.picture("age-check")
        hands.press(Key.Key_F1)
        hands.wait("the wine", lambda: hands.selling_lines == 1)
        hands.pay_card()

    def _age_refused(self) -> None:
        hands = self.hands
        hands.scan(WINE)
        hands.wait_for_panel()
        hands.press(Key.Key_F4)
        hands.wait("the answer", lambda: not hands.window.overlay.is_open)
        self._add(BAG)
        hands.pay_exact_cash()

    def _split_tender(self) -> None:
        hands = self.hands
        for code in (CARD, CARD, OATS):
            hands.scan(code)
        hands.wait("two lines", lambda: hands.selling_lines == 2)
        hands.pay()
        hands.type("500")
        hands.press(Key.Key_Return)
        hands.wait("a tender", lambda: len(self.application.till.services.selling.tenders) == 1)
        hands.picture("tender-split")
        hands.press(Key.Key_F2)
        hands.press(Key.Key_Return)
        hands.wait_for_panel()
        hands.press(Key.Key_Return)
        hands.finish()

    def _line_voided(self) -> None:
        hands = self.hands
        self._add(MILK)
        self._add(CARD)
        hands.press(Key.Key_Delete)
        hands.wait("the line voided", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def _basket_voided(self) -> None:
        hands = self.hands
        self._add(OATS)
        hands.press(Key.Key_F5)
        hands.wait_for_panel()
        hands.picture("void-basket")
        hands.press(Key.Key_F5)
        hands.wait("the basket voided", lambda: hands.selling_lines == 0)

    def _discount_with_approval(self) -> None:
        hands = self.hands
        for code in (CARD, OATS, MILK):
            self._add(code)
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

    def _found_by_name(self) -> None:
        hands = self.hands
        hands.type("croissant")
        hands.wait("results", lambda: hands.sell.goods.search.is_showing_results)
        hands.picture("search")
        hands.press(Key.Key_Return)
        hands.wait("the line", lambda: hands.selling_lines == 1)
        hands.pay_exact_cash()

    def _unknown_and_misread_codes(self) -> None:
        hands = self.hands
        hands.scan("5000000000012")
        hands.picture("unknown-code")
        hands.scan("5000108022825")
        hands.picture("misread-code")
        self._add(SOURDOUGH)
        hands.pay_exact_cash()

    def _quick_keys(self) -> None:
        hands = self.hands
        grid = hands.sell.goods.grid
        for position in (0, 4):
            before = hands.selling_lines
            grid.button_at(position).click()
            hands.wait("the tapped line", lambda before=before: hands.selling_lines == before + 1)  # type: ignore[misc]
        hands.pay_exact_cash()

    def _too_much_on_the_card(self) -> None:
        hands = self.hands
        self._add(NEWSPAPER)
        hands.pay()
        hands.press(Key.Key_F2)
        hands.type("9900")
        hands.press(Key.Key_Return)
        hands.wait("the refusal", lambda: hands.window.messages.message is not None)
        hands.picture("card-over-balance")
        hands.press(Key.Key_Escape)
        hands.wait("the basket", lambda: hands.window.current is ScreenName.SELL)
        hands.pay_exact_cash()

    def _hub_gone(self) -> None:
        hands = self.hands
        self.shop.hub.stop()
        for _ in range(2):
            self._add(MILK)
            self._add(OATS)
            hands.pay_exact_cash()
        hands.wait("the pill to say offline", lambda: "Offline" in self._hub_words())
        hands.picture("hub-gone")
        self.shop.hub.start()
        hands.wait("the hub to be back", lambda: "Online" in self._hub_words(), timeout_s=60)

    def _printer_out_of_paper(self) -> None:
        hands = self.hands
        self.printer.mode = PrinterMode.PAPER_OUT
        self._add(BAG)
        hands.pay_exact_cash()
        jobs = self.application.till.ledger
        hands.wait(
            "the waiting receipt", lambda: any(job.state is JobState.WAITING for job in jobs.open_jobs())
        )
        hands.picture("printer-out-of-paper")
        self.printer.mode = PrinterMode.OK
        hands.wait("the receipt to print", lambda: not jobs.open_jobs(), timeout_s=60)

    def _price_changed_at_the_hub(self) -> None:
        hands = self.hands
        self._add(MILK)
        self.shop.hub.change_item("MILK-SEMI-2L", price_minor=175)
        hands.wait("the new price", self._milk_costs(175))
        lines = self.application.till.services.selling.lines
        if [line.gross_minor for line in lines] != [165]:
            raise DayStuck("a price changed at the hub changed an open basket")
        hands.pay_exact_cash()
        self._add(MILK)
        hands.pay_exact_cash()

    def _given_away(self) -> None:
        """A total of nothing still is a sale."""
        hands = self.hands
        self._add(BAG)
        hands.press(Key.Key_F3)
        hands.wait_for_panel()
        hands.type("100")
        hands.press(Key.Key_Return)
        hands.approve(self._name(SUPERVISOR), self.pins[SUPERVISOR])
        hands.wait("the savings", lambda: self._savings_minor() > 0)
        hands.pay_exact_cash()

    def _returned_by_receipt(self) -> None:
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

    def _exchanged(self) -> None:
        hands = self.hands
        hands.scan("RN" + self._receipt_number(3))
        hands.wait("the returns screen", lambda: hands.window.current is ScreenName.RETURNS)
        hands.press(Key.Key_Return)
        hands.press(Key.Key_F6)
        hands.wait("the return line", lambda: hands.selling_lines == 1)
        self._add(CARD)
        self._add(CARD)
        hands.pay()
        hands.press(Key.Key_Return)
        hands.finish()

    # -------------------------------------------------------------------- evening

    def _end(self) -> Totals:
        hands, till = self.hands, self.application.till
        session = till.services.workplace.require_session()
        hands.press_button("More")
        hands.wait_for_panel()
        hands.picture("more")
        hands.window.close_panel()
        hands.window.lock()
        hands.picture("locked")
        hands.sign_on(MANAGER, self.pins[MANAGER])
        hands.window.go(ScreenName.END_OF_DAY)
        hands.press(Key.Key_F3)
        self._count_drawer(till.services.reporting.read().expected_cash_minor)
        hands.picture("count")
        hands.press(Key.Key_F4)
        hands.picture("counted")
        hands.press(Key.Key_F9)
        hands.wait("the day closed", lambda: till.services.workplace.session is None)
        hands.picture("closed")
        hands.wait("all facts at the hub", lambda: till.ledger.unsent().entries == 0, timeout_s=60)
        hands.wait("all receipts printed", lambda: not till.ledger.open_jobs(), timeout_s=60)
        self._write_receipts()
        report = fold(till.ledger.session_facts(session))
        return compare_sides(
            report,
            till.ledger.journal_head().seq,
            till.hub_totals(),
            printed=len(self.printer.jobs),
        )

    def _count_drawer(self, expected_minor: int) -> None:
        """As many of each note and coin as make up the expected sum, largest first."""
        screen = self.hands.window.screen_named(ScreenName.END_OF_DAY)
        left_minor = expected_minor
        for denomination in self.application.till.formatter.currency.denominations_minor:
            pieces, left_minor = divmod(left_minor, denomination)
            if pieces:
                screen.count.field(denomination).setText(str(pieces))  # type: ignore[attr-defined]

    def _write_receipts(self) -> None:
        for number, job in enumerate(self.printer.jobs, start=1):
            stem = self.folder / "receipts" / f"{number:02d}"
            stem.with_suffix(".bin").write_bytes(job)
            stem.with_suffix(".txt").write_text(to_text(job), encoding="utf-8")

    # ---------------------------------------------------------------------- facts

    def _add(self, code: str) -> None:
        before = self.application.till.services.checkout.total_minor
        self.hands.scan(code)
        self.hands.wait(
            f"the line of {code}", lambda: self.application.till.services.checkout.total_minor != before
        )

    def _hub_words(self) -> str:
        status = self.application.last_sync_status
        return {LinkState.ONLINE: "Online", LinkState.OFFLINE: "Offline"}.get(status.state, status.state)

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
