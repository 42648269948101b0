"""All use cases of one till, built over the ports."""

from dataclasses import dataclass

from till_app.services.cash_control import CashControl
from till_app.services.checkout import Checkout
from till_app.services.customers import Customers
from till_app.services.health import Health
from till_app.services.ports import (
    CashDrawer,
    Catalogue,
    Clock,
    Formatting,
    HealthProbe,
    Ledger,
    PinVerifier,
    Printing,
    SyncWaker,
)
from till_app.services.receipts import ReceiptWriter, Translate
from till_app.services.report_printouts import ReportWriter
from till_app.services.reporting import Reporting
from till_app.services.reprints import Reprints
from till_app.services.returns import Returns
from till_app.services.selling import Selling
from till_app.services.settings import LiveSettings
from till_app.services.sign_on import SignOn
from till_app.services.stock_taking import StockTaking
from till_app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class TillServices:
    """What the screens call. GUI thread only."""

    catalogue: Catalogue
    ledger: Ledger
    workplace: Workplace
    sign_on: SignOn
    selling: Selling
    checkout: Checkout
    returns: Returns
    cash_control: CashControl
    reporting: Reporting
    receipts: ReceiptWriter
    reprints: Reprints
    customers: Customers
    stock_taking: StockTaking
    health: Health
    settings: LiveSettings


def build_services(
    *,
    ledger: Ledger,
    catalogue: Catalogue,
    clock: Clock,
    pins: PinVerifier,
    formatting: Formatting,
    translate: Translate,
    drawer: CashDrawer,
    printing: Printing,
    sync: SyncWaker,
    health_probe: HealthProbe,
    combine_lines: bool | None = None,
) -> TillServices:
    """`combine_lines`: whatever the hub's settings say."""
    workplace = Workplace(ledger, catalogue, clock)
    settings = LiveSettings(catalogue, combine_lines=combine_lines)
    health = Health(workplace, ledger, health_probe)
    selling = Selling(workplace, ledger, catalogue, settings)
    receipts = ReceiptWriter(workplace, formatting, translate, catalogue.receipt_texts)
    reports = ReportWriter(workplace, formatting, translate)
    return TillServices(
        catalogue=catalogue,
        ledger=ledger,
        workplace=workplace,
        sign_on=SignOn(workplace, ledger, catalogue, clock, pins),
        selling=selling,
        checkout=Checkout(workplace, selling, ledger, receipts, drawer, printing, sync),
        returns=Returns(workplace, selling, ledger),
        cash_control=CashControl(workplace, ledger, clock, drawer, sync, health),
        reporting=Reporting(workplace, selling, ledger, reports, printing, sync, health),
        receipts=receipts,
        reprints=Reprints(workplace, ledger, receipts, printing),
        customers=Customers(workplace, ledger, catalogue, selling, sync),
        stock_taking=StockTaking(workplace, ledger, catalogue, sync),
        health=health,
        settings=settings,
    )
