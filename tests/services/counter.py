"""A till's services over real SQLite files, with a small shop, a clock that stands still and devices that
note what they were asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from argon2 import PasswordHasher

from till_app.devices.drawer_rule import opening_cause
from till_app.domain.catalogue import (
    Department,
    Item,
    QuickKey,
    Role,
    Shop,
    StaffMember,
    StockLevel,
    Unit,
)
from till_app.domain.currency import GBP
from till_app.domain.tax import VatKind, VatRate
from till_app.services.device_ports import PaymentTerminal
from till_app.services.device_settings import DrawerSettings
from till_app.services.device_status import DrawerOpening
from till_app.services.pins import Argon2Pins
from till_app.services.ports import CatalogueRecord, HealthReading, TillIdentity
from till_app.services.till import TillServices, build_services
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.ui.formatting import Formatter

_LEDGER, _CATALOGUE = "ledger.sqlite", "catalogue.sqlite"
CASHIER_PIN, SUPERVISOR_PIN, MANAGER_PIN = "1111", "2222", "333333"
_FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def staff_member(code: str, name: str, role: Role, pin: str) -> StaffMember:
    return StaffMember(code, code, name, role, _FAST.hash(pin))


AISHA = staff_member("aisha", "Aisha", Role.CASHIER, CASHIER_PIN)
SAM = staff_member("sam", "Sam", Role.SUPERVISOR, SUPERVISOR_PIN)
MORAG = staff_member("morag", "Morag", Role.MANAGER, MANAGER_PIN)


def an_item(code: str, name: str, price_minor: int | None, **fields: object) -> Item:
    values: dict[str, object] = {
        "item_id": f"id-{code}",
        "item_code": code,
        "name": name,
        "description": "",
        "department_id": "grocery",
        "vat_code": "Z",
        "price_minor": price_minor,
    }
    return Item(**(values | fields))  # type: ignore[arg-type]


MILK = an_item("milk", "Semi-skimmed milk 2L", 165, barcodes=("5000128104517",))
CHEDDAR = an_item("cheddar", "Mature cheddar", 950, unit=Unit.KILOGRAM, plu="4100", barcodes=("2000011",))
WINE = an_item("wine", "Red wine 75cl", 875, vat_code="A", minimum_age=18, barcodes=("5010186016515",))
SUNDRIES = an_item("sundries", "Sundries", None, vat_code="A")
MINTS = an_item("mints", "Mints", 60, vat_code="A", barcodes=("50184323",))
MINTS_OLD = an_item("mints-old", "Mints, old pack", 55, vat_code="A", barcodes=("50184323",))
RECALLED = an_item("recalled", "Recalled hummus", 150, blocked=True, barcodes=("5000127162242",))
SHOP = Shop(
    "shop",
    "High Street Grocers",
    ("1 High Street", "Leeds LS1 1AA"),
    "",
    "GB 123 4567 82",
    GBP,
    "",
    "Thank you",
)
RECORDS: tuple[CatalogueRecord, ...] = (
    SHOP,
    VatRate("A", "Standard", VatKind.STANDARD, 2000),
    VatRate("Z", "Zero", VatKind.ZERO, 0),
    Department("grocery", "Grocery", 1),
    MILK,
    CHEDDAR,
    WINE,
    SUNDRIES,
    MINTS,
    MINTS_OLD,
    RECALLED,
    StockLevel("id-milk", 48_000, "2026-11-24T08:00:00.000000Z"),
    QuickKey("key-milk", "Quick keys", 1, 1, "id-milk", "Milk 2L"),
    AISHA,
    SAM,
    MORAG,
)


@dataclass
class StandingClock:
    moment: datetime = datetime(2026, 11, 24, 14, 32, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def today(self) -> str:
        return self.moment.date().isoformat()

    def go_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Devices:
    """Stands where drawer, printer and sync thread do: counts what it was asked, in order."""

    asked: list[str] = field(default_factory=list)
    openings: list[DrawerOpening] = field(default_factory=list)
    drawer: DrawerSettings = field(default_factory=DrawerSettings)
    has_printer: bool = True

    @property
    def is_set_up(self) -> bool:
        return self.drawer.connection != "none"

    def open(self, opening: DrawerOpening) -> None:
        self.asked.append("drawer")
        self.openings.append(opening)

    def opens_for(self, tender_kinds: Sequence[str], change_due_minor: int) -> str:
        return opening_cause(self.drawer, tender_kinds, change_due_minor)

    def wake(self) -> None:
        self.asked.append("wake")

    def serves(self, printer: str) -> bool:
        return self.has_printer

    def read(self) -> HealthReading:
        return HealthReading("0.1.0", "test machine", 50_000_000_000, 200_000, 900_000, 0, "ok", "ready")


@dataclass(frozen=True)
class ShopCounter:
    """Everything on the counter of one till."""

    services: TillServices
    ledger: SqliteLedger
    catalogue: SqliteCatalogue
    clock: StandingClock
    devices: Devices
    folder: Path

    def sign_on(self, member: StaffMember = AISHA, pin: str = CASHIER_PIN) -> None:
        self.services.sign_on.sign_on(member.staff_id, pin)

    def begin_day(self, float_minor: int = 10_000) -> None:
        """Signed on as the cashier, with an open session."""
        self.sign_on()
        self.services.cash_control.open_session(float_minor)
        self.devices.asked.clear()
        self.devices.openings.clear()

    def sell(self, *codes: str, given_minor: int | None = None) -> str:
        """Scan, pay in cash, complete; returns the receipt number."""
        for code in codes:
            self.services.selling.scan(code)
        checkout = self.services.checkout
        checkout.pay_cash(given_minor or checkout.balance_minor)
        return checkout.complete().sale.receipt_number


@contextmanager
def open_counter(
    folder: Path,
    clock: StandingClock | None = None,
    *,
    combine_lines: bool | None = None,
    terminal: Callable[[SqliteLedger], PaymentTerminal] | None = None,
) -> Iterator[ShopCounter]:
    """The counter on that folder's files; opened a second time, it finds what the first left. `terminal`
    makes its card terminal; without, cards are keyed by hand."""
    clock = clock or StandingClock()
    if not any((folder / name).exists() for name in (_LEDGER, _CATALOGUE)):
        for name, content in _new_files().items():
            (folder / name).write_bytes(content)
    with _open_stores(folder) as (ledger, catalogue):
        devices = Devices()
        services = build_services(
            ledger=ledger,
            catalogue=catalogue,
            clock=clock,
            pins=Argon2Pins(),
            formatting=Formatter(GBP),
            translate=str,
            drawer=devices,
            printing=devices,
            sync=devices,
            health_probe=devices,
            combine_lines=combine_lines,
            terminal=terminal(ledger) if terminal is not None else None,
        )
        yield ShopCounter(services, ledger, catalogue, clock, devices, folder)


@cache
def _new_files() -> dict[str, bytes]:
    """Made once: most of what a short test does would be making them."""
    with TemporaryDirectory() as name:
        with _open_stores(Path(name)):
            pass
        return {file: (Path(name) / file).read_bytes() for file in (_LEDGER, _CATALOGUE)}


@contextmanager
def _open_stores(folder: Path) -> Iterator[tuple[SqliteLedger, SqliteCatalogue]]:
    ledger = SqliteLedger(folder / _LEDGER)
    catalogue = SqliteCatalogue(folder / _CATALOGUE)
    try:
        if ledger.identity() is None:
            ledger.set_identity(TillIdentity("till-uuid", "2", "Till 2"))
        if not catalogue.cursor():
            catalogue.apply(RECORDS, "epoch:1")
        yield ledger, catalogue
    finally:
        catalogue.close()
        ledger.close()
