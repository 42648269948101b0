"""All devices of a till behind one object: their settings, their workers, finding, testing and handing on."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hardware.discovery.hot_plug import PlugWatch
from hardware.discovery.search import find_all
from hardware.document import ReceiptDocument
from hardware.scanners.setup_sheet import setup_sheet
from hardware.terminals.terminal import CardTerminal
from till_app.devices.ending import end_all
from till_app.devices.finding import FindAll, find, missing_ports
from till_app.devices.health_record import utc_now
from till_app.devices.printers import PrintingFiles
from till_app.devices.profile import read_profile, write_profile
from till_app.devices.settings import save_settings
from till_app.devices.settings_check import SettingsInvalid, check
from till_app.devices.slots import (
    DisplaySlot,
    PrintingSlot,
    ScaleSlot,
    ScannerSlot,
    Slot,
    TerminalSlot,
)
from till_app.devices.standing import StandingPrinting, StandingTerminal
from till_app.devices.terminal_worker import FindSecret
from till_app.devices.testing import DeviceTester, Patience, tested_ports
from till_app.devices.till_display import TillDisplay
from till_app.devices.till_scale import TillScale
from till_app.domain.times import to_text
from till_app.services.device_places import (
    WEDGE,
    changes_between,
    is_set_up,
    places_of,
)
from till_app.services.device_ports import FoundDevice, TestReport
from till_app.services.device_settings import DeviceId, DeviceSettings, TerminalSettings
from till_app.services.device_status import (
    DeviceHealth,
    DeviceState,
    DrawerEvent,
    DrawerNews,
    DrawerOpening,
    LiveWeight,
    OpeningReason,
    ScanHeard,
)
from till_app.services.ports import PaymentAttempt, PrintJobs
from till_app.services.status import PrinterStatus

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """Where devices report to; called from their threads."""

    on_status: Callable[[PrinterStatus], None]
    on_health: Callable[[DeviceHealth], None]
    on_drawer: Callable[[DrawerEvent], None]
    on_scan: Callable[[ScanHeard], None]
    on_weight: Callable[[LiveWeight], None]
    on_payment: Callable[[object], None]
    on_settings: Callable[[DeviceSettings, Mapping[str, str]], None]
    """New ones are in use; with what changed, by name and without secrets."""


@dataclass(frozen=True, slots=True)
class DeviceNeeds:
    """What devices need of the till around them."""

    jobs: PrintJobs
    open_payments: Callable[[], Sequence[PaymentAttempt]]
    find_secret: FindSecret
    open_terminal: Callable[[TerminalSettings, str], CardTerminal]
    translate: Callable[[str], str] = str
    printing_files: PrintingFiles = field(default_factory=PrintingFiles)
    settings_file: Path | None = None
    """None: settings are not kept, as of a demo."""
    patience: Patience = field(default_factory=Patience)
    find_all: FindAll = find_all


class DeviceCentre:
    """Implements DeviceControl. What services hold – `printing`, `scale`, `display`, `terminal` – stays valid
    while the workers behind it come and go."""

    def __init__(self, settings: DeviceSettings, needs: DeviceNeeds, news: DeviceNews) -> None:
        self._settings = settings
        self._needs = needs
        self._news = news = replace(news, on_drawer=self._remembering(news.on_drawer))
        self._changing = threading.Lock()
        """One thread at a time ends and begins workers."""
        self._is_started = False
        self._is_search_wanted = threading.Event()
        self._plugs = PlugWatch(self.plugged)
        self._last_opened: dict[str, str] = {}
        """Facts of the drawer: when it was opened last, and for whom."""
        self._imported: tuple[DeviceSettings, bytes] | None = None
        self._reported: dict[str, DeviceHealth] = {}
        """Of devices that have no worker here."""
        self.printing = StandingPrinting(self.settings, news.on_drawer, lambda: to_text(utc_now()))
        self.scale = TillScale(settings.scale, news.on_weight, news.on_health)
        self.display = TillDisplay(settings.display, self.printing, news.on_health, needs.translate)
        self.terminal = StandingTerminal(self.settings)
        self._slots: tuple[Slot, ...] = (
            PrintingSlot(
                settings,
                self.printing,
                needs.jobs,
                news.on_status,
                news.on_health,
                news.on_drawer,
                needs.printing_files,
            ),
            ScannerSlot(news.on_scan, news.on_health),
            ScaleSlot(self.scale),
            DisplaySlot(self.display),
            TerminalSlot(
                self.terminal,
                needs.find_secret,
                needs.open_terminal,
                needs.open_payments,
                news.on_payment,
                news.on_health,
            ),
        )
        self._tester = DeviceTester(
            needs.printing_files, needs.find_secret, needs.open_terminal, needs.patience
        )

    # ------------------------------------------------------------------- running

    def start(self) -> None:
        with self._changing:
            self._is_started = True
            for slot in self._slots:
                slot.begin(self._settings)
        self._plugs.start()

    def stop(self) -> None:
        """Returns when no thread of a device is left. Print jobs stay in the ledger."""
        self.give_up()
        self._plugs.stop()
        with self._changing:
            self._is_started = False
            end_all(slot.end for slot in self._slots)

    def plugged(self) -> None:
        """Something was plugged in or out: what is not reached is tried anew at once."""
        with self._changing:
            if self._is_started:
                for slot in self._slots:
                    slot.plugged(self._settings)

    # -------------------------------------------------------------- DeviceControl

    def settings(self) -> DeviceSettings:
        return self._settings

    def health(self) -> Sequence[DeviceHealth]:
        settings = self._settings
        known = {health.device: health for slot in self._slots for health in slot.health()}
        known |= self._reported
        if is_set_up(settings, WEDGE):
            known[WEDGE] = DeviceHealth(WEDGE, DeviceState.READY)
        drawer = known.get(DeviceId.DRAWER)
        if drawer is not None and drawer.state is not DeviceState.NOT_SET_UP:
            known[DeviceId.DRAWER] = replace(drawer, facts=drawer.facts | self._last_opened)
        return [known.get(place, DeviceHealth(place)) for place in places_of(settings)]

    def report(self, health: DeviceHealth) -> None:
        """Of a device that the till's window drives itself, such as the second screen. Any thread."""
        self._reported = self._reported | {health.device: health}
        self._news.on_health(health)

    def use(self, settings: DeviceSettings) -> None:
        check(settings)
        with self._changing:
            before = self._settings
            if settings.terminal != before.terminal and self._needs.open_payments():
                raise SettingsInvalid(
                    "terminal: a card payment is not settled yet: settle it first", "terminal.kind"
                )
            self._save(settings)
            self._settings = settings
            for slot in self._slots:
                if self._is_started and slot.concern(settings) != slot.concern(before):
                    slot.begin(settings)
        self._news.on_settings(settings, changes_between(before, settings))

    def find(self, on_found: Callable[[FoundDevice], None], network: str = "") -> None:
        self._is_search_wanted.set()
        find(self._needs.find_all, self._settings, on_found, network, self._is_search_wanted.is_set)

    def test(self, device: str, settings: DeviceSettings) -> TestReport:
        check(settings)
        with self._resting(device, settings):
            report = self._tester.test(device, settings)
        if device == DeviceId.DRAWER and report.did_answer:
            at = to_text(utc_now())
            self._news.on_drawer(DrawerEvent(DrawerNews.KICKED, at, DrawerOpening(OpeningReason.TEST)))
        return report

    def give_up(self) -> None:
        self._is_search_wanted.clear()
        self._tester.give_up()

    def missing_ports(self, settings: DeviceSettings) -> Sequence[str]:
        return missing_ports(settings)

    def scanner_sheet(self) -> ReceiptDocument:
        return setup_sheet()

    def export_profile(self, path: Path) -> None:
        write_profile(path, self._settings, self._logo())

    def import_profile(self, path: Path) -> DeviceSettings:
        settings, logo = read_profile(path, self._settings)
        self._imported = (settings, logo) if logo else None
        return settings

    # -------------------------------------------------------------------- within

    def _remembering(self, tell: Callable[[DrawerEvent], None]) -> Callable[[DrawerEvent], None]:
        def on_drawer(event: DrawerEvent) -> None:
            if event.news in (DrawerNews.KICKED, DrawerNews.OPENED, DrawerNews.OPENED_UNASKED):
                by = event.opening.operator_id if event.opening else ""
                self._last_opened = {"last_opened_at": event.at, "last_opened_by": by}
            tell(event)

        return on_drawer

    def _save(self, settings: DeviceSettings) -> None:
        """Raises OSError."""
        if self._needs.settings_file is not None:
            save_settings(self._needs.settings_file, settings)
        logo_file = self._needs.printing_files.logo
        if self._imported is not None and self._imported[0] == settings and logo_file is not None:
            logo_file.write_bytes(self._imported[1])
            self._imported = None

    def _logo(self) -> bytes | None:
        file = self._needs.printing_files.logo
        return file.read_bytes() if file is not None and file.is_file() else None

    @contextlib.contextmanager
    def _resting(self, device: str, tested: DeviceSettings) -> Iterator[None]:
        """While a device is tested nothing else uses its port; what is asked for meanwhile is done after."""
        wanted = tested_ports(tested, device)
        if device == DeviceId.TERMINAL and self._needs.open_payments():
            raise SettingsInvalid("terminal: a card payment is not settled yet: settle it first")
        with self._changing:
            busy = [slot for slot in self._slots if self._is_started and slot.ports(self._settings) & wanted]
            for slot in busy:
                slot.end()
            try:
                yield
            finally:
                for slot in busy:
                    slot.begin(self._settings)
