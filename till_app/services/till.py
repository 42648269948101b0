"""All use cases of one till, built over the ports."""

from dataclasses import dataclass

from till_app.services.cash_control import CashControl
from till_app.services.checkout import Checkout
from till_app.services.ports import (
    CashDrawer,
    Catalogue,
    Clock,
    Formatting,
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
from till_app.services.sign_on import SignOn
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
    combine_lines: bool = True,
) -> TillServices:
    workplace = Workplace(ledger, catalogue, clock)
    selling = Selling(workplace, ledger, catalogue, combine_lines=combine_lines)
    receipts = ReceiptWriter(workplace, formatting, translate)
    reports = ReportWriter(workplace, formatting, translate)
    return TillServices(
        catalogue=catalogue,
        ledger=ledger,
        workplace=workplace,
        sign_on=SignOn(workplace, ledger, catalogue, clock, pins),
        selling=selling,
        checkout=Checkout(workplace, selling, ledger, receipts, drawer, printing, sync),
        returns=Returns(workplace, selling, ledger),
        cash_control=CashControl(workplace, ledger, clock, drawer, sync),
        reporting=Reporting(workplace, selling, ledger, reports, printing, sync),
        receipts=receipts,
        reprints=Reprints(workplace, ledger, receipts, printing),
    )
