"""All use cases of one till, built over the ports."""

from dataclasses import dataclass

from till_app.domain.catalogue import StaffMember
from till_app.services.absent_devices import KeyedTerminal, NoScale
from till_app.services.card_payments import CardPayments
from till_app.services.card_slips import CardSlips
from till_app.services.cash_control import CashControl
from till_app.services.checkout import Checkout
from till_app.services.commissioning import Commissioning
from till_app.services.customer_view import CustomerViews
from till_app.services.customers import Customers
from till_app.services.device_ports import CashDrawer, PaymentTerminal, Scale
from till_app.services.document_parts import DocumentParts, Translate
from till_app.services.documents import Documents
from till_app.services.drawer_journal import DrawerJournal
from till_app.services.health import Health
from till_app.services.item_labels import LabelWriter
from till_app.services.open_payments import OpenPayments
from till_app.services.payment_records import PaymentRecords
from till_app.services.ports import (
    Catalogue,
    Clock,
    Formatting,
    HealthProbe,
    Ledger,
    PinVerifier,
    Printing,
    SyncWaker,
)
from till_app.services.pricing import Pricing
from till_app.services.receipts import ReceiptWriter
from till_app.services.report_printouts import ReportWriter
from till_app.services.reporting import Reporting
from till_app.services.reprints import Reprints
from till_app.services.returns import Returns
from till_app.services.sale_papers import SalePapers
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
    card_payments: CardPayments
    returns: Returns
    cash_control: CashControl
    reporting: Reporting
    receipts: ReceiptWriter
    reprints: Reprints
    documents: Documents
    customers: Customers
    stock_taking: StockTaking
    health: Health
    settings: LiveSettings
    commissioning: Commissioning
    drawer: CashDrawer
    drawer_journal: DrawerJournal
    """Of which any thread may call."""
    scale: Scale
    customer_view: CustomerViews


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
    terminal: PaymentTerminal | None = None,
    scale: Scale | None = None,
) -> TillServices:
    """`combine_lines`: whatever the hub's settings say. `terminal`: None where cards are keyed by hand.
    `scale`: None where weights are typed."""
    workplace = Workplace(ledger, catalogue, clock)
    settings = LiveSettings(catalogue, combine_lines=combine_lines)
    health = Health(workplace, ledger, health_probe)
    open_payments = OpenPayments(ledger)
    selling = Selling(workplace, ledger, catalogue, settings, open_payments)
    payment_records = PaymentRecords(workplace, selling, ledger, open_payments, CardSlips(translate))
    receipts = ReceiptWriter(
        workplace,
        formatting,
        translate,
        catalogue.receipt_texts,
        payment_records.customer_copy,
        settings.template,
    )
    reports = ReportWriter(workplace, formatting, translate, settings.template)
    parts = DocumentParts(workplace, formatting, translate, catalogue.receipt_texts, settings.template)
    customers = Customers(workplace, ledger, catalogue, selling, sync)
    papers = SalePapers(parts, formatting, translate, ledger.sale, customers.find)
    labels = LabelWriter(
        workplace, catalogue, Pricing(workplace, catalogue), formatting, translate, settings.template
    )
    checkout = Checkout(workplace, selling, ledger, receipts, drawer, printing, sync)
    commissioning = Commissioning(
        workplace, ledger, printing, formatting, translate, lambda: bool(catalogue.staff())
    )
    return TillServices(
        catalogue=catalogue,
        ledger=ledger,
        workplace=workplace,
        sign_on=SignOn(workplace, ledger, catalogue, clock, pins),
        selling=selling,
        checkout=checkout,
        card_payments=CardPayments(
            workplace,
            selling,
            ledger,
            open_payments,
            payment_records,
            terminal or KeyedTerminal(),
            printing,
            sync,
        ),
        returns=Returns(workplace, selling, ledger),
        cash_control=CashControl(workplace, ledger, clock, drawer, sync, health),
        reporting=Reporting(workplace, selling, ledger, reports, printing, sync, health, open_payments),
        receipts=receipts,
        reprints=Reprints(workplace, ledger, receipts, printing),
        documents=Documents(workplace, ledger, parts, papers, labels, printing, translate),
        customers=customers,
        stock_taking=StockTaking(workplace, ledger, catalogue, sync),
        health=health,
        settings=settings,
        commissioning=commissioning,
        drawer=drawer,
        drawer_journal=DrawerJournal(
            ledger, clock, lambda: _staff_id(commissioning.by or workplace.operator)
        ),
        scale=scale or NoScale(),
        customer_view=CustomerViews(workplace, selling, checkout, catalogue, formatting, translate),
    )


def _staff_id(member: StaffMember | None) -> str:
    return member.staff_id if member else ""
