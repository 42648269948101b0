"""Puts a till together: the only place that builds real objects and joins the layers."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from hardware.printers.shaping import fonts_in
from till_app import __version__
from till_app.credentials import CredentialPlace, Credentials, DeviceSecrets
from till_app.devices.centre import DeviceCentre, DeviceNeeds, DeviceNews
from till_app.devices.printers import PrintingFiles
from till_app.devices.terminal_opening import terminal_opener
from till_app.devices.terminal_worker import FindSecret
from till_app.domain.currency import GBP
from till_app.domain.session import TillSession
from till_app.domain.times import to_text
from till_app.hub_link import HubLink, HubTrust
from till_app.services.chains import ChainReason
from till_app.services.clock import SystemClock
from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import DeviceHealth, DrawerEvent, LiveWeight, ScanHeard
from till_app.services.document_parts import Translate
from till_app.services.errors import HubUnreachable
from till_app.services.journal_export import ExportReport
from till_app.services.label_layouts import in_store_layouts
from till_app.services.machine import Machine
from till_app.services.pins import Argon2Pins
from till_app.services.ports import CatalogueUnavailable, Clock, LedgerUnavailable
from till_app.services.recovery import JournalRecovery
from till_app.services.session_check import SessionChecks, SessionComparison
from till_app.services.set_up import SetUp, Whereabouts
from till_app.services.shipped_templates import read_templates
from till_app.services.status import CatalogueChanged, LinkState, PrinterStatus, SyncStatus
from till_app.services.till import TillServices, build_services
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_keeper import LedgerKeeper
from till_app.store.ledger_schema import LedgerDamaged, LedgerInUse, LedgerTooNew
from till_app.store.sqlite_engine import SqliteTooOld
from till_app.sync.checking import Checking
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.first_load import FirstLoad
from till_app.sync.loading import Loading
from till_app.sync.sweep import Sweep
from till_app.sync.thread import SyncThread
from till_app.till_files import Pairing, PairingDamaged, TillFiles
from till_app.ui.formatting import Formatter
from till_app.ui.theme.resource_files import resource_path
from till_app.wire.exchange import TillTotals

log = logging.getLogger(__name__)

STILL_AT_THE_COUNTER_S = 120
"""The customer of a sale made so long before the start may still wait for the receipt: what is younger
prints by itself, what is older when a person wants it."""
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


@dataclass(frozen=True, slots=True)
class Listeners:
    """Where background parts report to; called from their threads."""

    on_sync: Callable[[SyncStatus], None] = _ignore
    on_catalogue: Callable[[CatalogueChanged], None] = _ignore
    on_printer: Callable[[PrinterStatus], None] = _ignore
    on_scan: Callable[[ScanHeard], None] = _ignore
    on_device: Callable[[DeviceHealth], None] = _ignore
    on_weight: Callable[[LiveWeight], None] = _ignore
    on_drawer: Callable[[DrawerEvent], None] = _ignore
    on_payment: Callable[[object], None] = _ignore
    """A value of `services.card_payments`."""
    on_settings: Callable[[DeviceSettings], None] = _ignore
    on_read_back: Callable[[int], None] = _ignore
    """This till took back so many entries that it had lost: session and basket may be others now."""


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
        combine_lines: bool | None = None,
        sync_settings: SyncSettings | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        """Raises CANNOT_OPEN."""
        files.folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock or SystemClock()
        self._files = files
        self._sync_settings = sync_settings
        self._translate = translate
        self._is_started = False
        self._listeners = self._remembering(listeners)
        self._sync_status = SyncStatus()
        self._printer_status = PrinterStatus()
        self.ledger = SqliteLedger(files.ledger)
        try:
            self.link = HubLink(files, self.ledger, self._clock, credentials)
            self.catalogue = SqliteCatalogue(files.catalogue)
        except BaseException:
            self.ledger.close()
            raise
        self.keeper = LedgerKeeper(self.ledger, files.ledger_backup)
        shop = self.catalogue.shop()
        self.formatter = Formatter(shop.currency if shop else GBP)
        credentials = credentials or Credentials()
        secrets = DeviceSecrets(files.device_secrets, credentials)
        self.devices = DeviceCentre(
            devices, self._device_needs(secrets.secret), self._device_news(self._listeners)
        )
        self.sync = SyncThread(self.build_cycle, self.link.connect, self._listeners.on_sync)
        machine = Machine(
            __version__,
            files.ledger,
            files.catalogue,
            lambda: self.ledger.last_check,
            lambda: self._sync_status,
            lambda: self._printer_status,
            self.devices.health,
        )
        self.services: TillServices = build_services(
            ledger=self.ledger,
            catalogue=self.catalogue,
            clock=self._clock,
            pins=Argon2Pins(),
            formatting=self.formatter,
            translate=translate,
            drawer=self.devices.printing,
            printing=self.devices.printing,
            sync=self.sync,
            health_probe=machine,
            combine_lines=combine_lines,
            terminal=self.devices.terminal,
            scale=self.devices.scale,
        )
        self.set_up = SetUp(
            self.devices,
            machine,
            Whereabouts(files.folder, files.log, files.ledger_backup, files.logo),
            self.ledger.check,
            lambda: self.ledger.back_up(files.ledger_backup),
            secrets,
        )
        self.services.customer_view.add_sink(self.devices.display)
        self.services.settings.use_templates(read_templates(resource_path("receipt_templates")))
        self.services.settings.use_label_layouts(in_store_layouts(devices.label_layouts))

    def _device_needs(self, find_secret: FindSecret) -> DeviceNeeds:
        files = self._files
        return DeviceNeeds(
            jobs=self.ledger,
            open_payments=self.ledger.open_payments,
            find_secret=find_secret,
            open_terminal=terminal_opener(files.terminal_memory),
            translate=self._translate,
            printing_files=PrintingFiles(
                raster_fonts=fonts_in(resource_path("fonts", "receipt")),
                logo=files.logo,
                roll_folder=files.folder,
            ),
            settings_file=files.devices,
        )

    def _device_news(self, listeners: Listeners) -> DeviceNews:
        def on_settings(settings: DeviceSettings, changes: Mapping[str, str]) -> None:
            try:
                self.services.commissioning.record_change("devices", changes)
            except LedgerUnavailable as error:
                log.warning("changed settings are not on record: %s", error)
            listeners.on_settings(settings)

        return DeviceNews(
            on_status=listeners.on_printer,
            on_health=listeners.on_device,
            on_drawer=listeners.on_drawer,
            on_scan=listeners.on_scan,
            on_weight=listeners.on_weight,
            on_payment=listeners.on_payment,
            on_settings=on_settings,
        )

    def _remembering(self, listeners: Listeners) -> Listeners:
        """The same, and what was reported last stays to be asked for."""

        def on_sync(status: SyncStatus) -> None:
            self._sync_status = status
            listeners.on_sync(status)

        def on_printer(status: PrinterStatus) -> None:
            self._printer_status = status
            listeners.on_printer(status)

        def on_drawer(event: DrawerEvent) -> None:
            self.services.drawer_journal.note(event)
            listeners.on_drawer(event)

        return replace(listeners, on_sync=on_sync, on_printer=on_printer, on_drawer=on_drawer)

    @property
    def pairing(self) -> Pairing | None:
        return self.link.pairing

    @property
    def credential_place(self) -> CredentialPlace:
        """Where this till's secret for its hub lies."""
        return self.link.credential_place

    def pair(
        self,
        hub_url: str,
        code: str,
        till_name: str,
        trust: HubTrust | None = None,
        *,
        reason: str = ChainReason.REVOKED,
        export_to: Path | None = None,
    ) -> None:
        """Trade the hub's one-time code for this till's own credential; for the first time or anew.

        Not on the GUI thread: it asks the hub. The exchange rests meanwhile. Raises as `HubLink.pair` does.
        """
        with self._exchange_resting():
            self.link.pair(hub_url, code, till_name, trust or HubTrust(), reason=reason, export_to=export_to)

    def unpair(self, export_to: Path | None = None) -> None:
        """Forget the hub; what was sold stays here. Raises DomainError `unsent_facts`, ExportFailed."""
        with self._exchange_resting():
            self.link.unpair(export_to)

    def trust_also(self, ca_fingerprint: str) -> None:
        """The hub changes its own authority. Not on the GUI thread. Raises HubError, ValueError."""
        with self._exchange_resting():
            self.link.trust_also(ca_fingerprint)

    def export_journal(self, path: Path, unsent_only: bool = True) -> ExportReport:
        """Write entries into a file that a person can carry to the hub. Any thread may call.

        Raises ExportFailed, and DomainError `not_paired`.
        """
        return self.link.export(path, unsent_only=unsent_only)

    def check_session(self, session: TillSession) -> SessionComparison:
        """Compare a session with what the hub has of it; what it lacks is sent again. Not on the GUI thread.

        Raises HubError, LookupError, LedgerUnavailable.
        """
        checks = SessionChecks(self.ledger, self.ledger, self.formatter, self._translate)
        hub = self.link.connect()
        try:
            comparison = checks.check(hub, session)
        finally:
            hub.close()
        if comparison.sends_again_from is not None:
            self.sync.wake()
        return comparison

    def move_hub(self, hub_url: str) -> None:
        """The same hub answers at another address now. Before `start`."""
        self.link.move(hub_url)

    @contextmanager
    def _exchange_resting(self) -> Iterator[None]:
        self.sync.stop()
        try:
            yield
        finally:
            if self._is_started and self.pairing is not None:
                self.sync.start()

    def build_cycle(self) -> SyncCycle:
        """An exchange with the hub on a connection of its own, for the sync thread or to drive by hand."""
        access = self.link.access()
        first_load = FirstLoad(
            access.hub_url,
            access.token,
            self._files.catalogue,
            ca_pem=access.ca_pem,
            allow_plain_http=access.allow_plain_http,
        )
        return self._cycle(self._listeners.on_sync, Loading(first_load, self.catalogue, time.monotonic))

    def _cycle(self, on_status: Callable[[SyncStatus], None], loading: Loading | None = None) -> SyncCycle:
        if self.pairing is None:
            raise ValueError("this till is not paired with a hub")
        hub = self.link.connect()
        return SyncCycle(
            hub,
            self.ledger,
            self.catalogue,
            self._clock,
            app_version=__version__,
            hub_id=self.pairing.hub_id,
            on_status=on_status,
            on_catalogue=self._listeners.on_catalogue,
            recovery=JournalRecovery(self.ledger, self._listeners.on_read_back),
            loading=loading,
            checking=Checking(Sweep(hub, self.catalogue, self._clock), time.monotonic),
            settings=self._sync_settings,
        )

    def load_catalogue(self) -> None:
        """Exchange all there is with the hub, pictures too, here and now, by pages. Before `start`.

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
        hub = self.link.connect()
        try:
            return hub.totals()
        finally:
            hub.close()

    def start(self) -> None:
        self._is_started = True
        self.keeper.start()
        self._settle_print_jobs()
        self.devices.start()
        if self.pairing is not None:
            self.sync.start()

    def _settle_print_jobs(self) -> None:
        """On a full disk what was being sent stays as it is, and is not sent again either."""
        just_before = self._clock.now() - timedelta(seconds=STILL_AT_THE_COUNTER_S)
        try:
            self.ledger.settle_after_start(to_text(just_before))
        except LedgerUnavailable as error:
            log.warning("the print jobs of the last run are not settled: %s", error)

    def stop(self) -> None:
        """Returns when no background worker is left."""
        self._is_started = False
        self.sync.stop()
        self.keeper.stop()
        self.devices.stop()

    def close(self) -> None:
        self.stop()
        self.catalogue.close()
        self.ledger.close()
