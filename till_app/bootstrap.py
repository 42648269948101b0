"""Puts a till together: the only place that builds real objects and joins the layers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from till_app import __version__
from till_app.devices.settings import DeviceSettings
from till_app.devices.workers import PrinterPort, printer_for, scanner_for
from till_app.domain.currency import GBP
from till_app.services.clock import SystemClock
from till_app.services.errors import HubUnreachable
from till_app.services.pins import Argon2Pins
from till_app.services.ports import CatalogueUnavailable, Clock, LedgerUnavailable, TillIdentity
from till_app.services.receipts import Translate
from till_app.services.status import CatalogueChanged, LinkState, PrinterStatus, SyncStatus
from till_app.services.till import TillServices, build_services
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_schema import LedgerDamaged, LedgerInUse, LedgerTooNew
from till_app.store.sqlite_engine import SqliteTooOld
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.thread import SyncThread
from till_app.till_files import Pairing, PairingDamaged, TillFiles, load_pairing, save_pairing
from till_app.ui.formatting import Formatter
from till_app.wire.exchange import PairRequest, TillTotals

if TYPE_CHECKING:
    from till_app.sync.hub_client import HttpHubApi

CANNOT_OPEN = (
    CatalogueUnavailable,
    LedgerDamaged,
    LedgerInUse,
    LedgerTooNew,
    LedgerUnavailable,
    OSError,
    PairingDamaged,
    SqliteTooOld,
)
"""Why a till's files could not be opened; `why_not` says it to a person."""


def why_not(error: Exception) -> str:
    """One of CANNOT_OPEN in a plain sentence."""
    match error:
        case CatalogueUnavailable(code="disk_full") | LedgerUnavailable(code="disk_full"):
            return "The disk is full. Free some space and start again; nothing was lost."
        case CatalogueUnavailable() | LedgerUnavailable():
            return f"The till's databases cannot be used: {error}."
        case OSError(filename=str() as name, strerror=str() as reason):
            return f"{name} cannot be used: {reason}."
        case _:
            return str(error)


def _ignore(_value: object) -> None:
    """For listeners that nobody set."""


def _hub_at(hub_url: str, token: str) -> "HttpHubApi":
    """Imports the HTTP library when it is first needed: the sync thread does, once the window is up."""
    from till_app.sync.hub_client import HttpHubApi

    return HttpHubApi(hub_url, token)


@dataclass(frozen=True, slots=True)
class Listeners:
    """Where background parts report to; called from their threads."""

    on_sync: Callable[[SyncStatus], None] = _ignore
    on_catalogue: Callable[[CatalogueChanged], None] = _ignore
    on_printer: Callable[[PrinterStatus], None] = _ignore
    on_scan: Callable[[str], None] = _ignore


class Till:
    """One till with its databases open. `start` lets its background workers run; `close` ends them all."""

    def __init__(
        self,
        files: TillFiles,
        devices: DeviceSettings,
        listeners: Listeners,
        *,
        clock: Clock | None = None,
        translate: Translate = str,
        combine_lines: bool = True,
        sync_settings: SyncSettings | None = None,
    ) -> None:
        """Raises CANNOT_OPEN."""
        files.folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock or SystemClock()
        self._files = files
        self._sync_settings = sync_settings
        self._listeners = listeners
        self.pairing = load_pairing(files.pairing)
        self.ledger = SqliteLedger(files.ledger)
        self.catalogue = SqliteCatalogue(files.catalogue)
        shop = self.catalogue.shop()
        self.formatter = Formatter(shop.currency if shop else GBP)
        self.printer: PrinterPort = printer_for(devices.printer, self.ledger, listeners.on_printer)
        self.scanner = scanner_for(devices.scanner, listeners.on_scan)
        self.sync = SyncThread(self.build_cycle)
        self.services: TillServices = build_services(
            ledger=self.ledger,
            catalogue=self.catalogue,
            clock=self._clock,
            pins=Argon2Pins(),
            formatting=self.formatter,
            translate=translate,
            drawer=self.printer,
            printing=self.printer,
            sync=self.sync,
            combine_lines=combine_lines,
        )

    def pair(self, hub_url: str, code: str, till_name: str) -> None:
        """Trade the hub's one-time code for this till's own credential. Raises HubError."""
        hub = _hub_at(hub_url, "")
        try:
            answer = hub.pair(PairRequest(code, till_name))
        finally:
            hub.close()
        # The credential first: an identity without one could never speak to the hub again.
        self.pairing = Pairing(hub_url, answer.hub_id, answer.token)
        save_pairing(self._files.pairing, self.pairing)
        self.ledger.set_identity(TillIdentity(answer.till_id, answer.till_code, answer.till_name))

    def move_hub(self, hub_url: str) -> None:
        """The same hub answers at another address now. Before `start`."""
        if self.pairing is not None:
            self.pairing = Pairing(hub_url, self.pairing.hub_id, self.pairing.token)
            save_pairing(self._files.pairing, self.pairing)

    def build_cycle(self) -> SyncCycle:
        """An exchange with the hub on a connection of its own, for the sync thread or to drive by hand."""
        return self._cycle(self._listeners.on_sync)

    def _cycle(self, on_status: Callable[[SyncStatus], None]) -> SyncCycle:
        if self.pairing is None:
            raise ValueError("this till is not paired with a hub")
        return SyncCycle(
            _hub_at(self.pairing.hub_url, self.pairing.token),
            self.ledger,
            self.catalogue,
            self._clock,
            app_version=__version__,
            hub_id=self.pairing.hub_id,
            on_status=on_status,
            on_catalogue=self._listeners.on_catalogue,
            settings=self._sync_settings,
        )

    def load_catalogue(self) -> None:
        """Exchange all there is with the hub, pictures too, here and now: the first load. Before `start`.

        Raises HubUnreachable.
        """
        statuses: list[SyncStatus] = []
        cycle = self._cycle(statuses.append)
        try:
            while cycle.run().full_s == 0:
                pass
        finally:
            cycle.stop()
        if statuses and statuses[-1].state is not LinkState.ONLINE:
            raise HubUnreachable(statuses[-1].error_code)

    def hub_totals(self) -> TillTotals:
        """What the hub holds of this till. Raises HubError."""
        if self.pairing is None:
            raise ValueError("this till is not paired with a hub")
        hub = _hub_at(self.pairing.hub_url, self.pairing.token)
        try:
            return hub.totals()
        finally:
            hub.close()

    def start(self) -> None:
        self.printer.start()
        if self.scanner is not None:
            self.scanner.start()
        if self.pairing is not None:
            self.sync.start()

    def close(self) -> None:
        self.sync.stop()
        if self.scanner is not None:
            self.scanner.stop()
        self.printer.stop()
        self.catalogue.close()
        self.ledger.close()
