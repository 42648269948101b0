"""Where the workers of one kind sit: each slot ends and begins its own when its settings change.

One thread at a time may call a slot; `health` is for any.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from hardware.terminals.terminal import CardTerminal
from till_app.devices.printers import PrintingFiles
from till_app.devices.printing import TillPrinting
from till_app.devices.scanner_worker import ScannerWorker
from till_app.devices.settings_check import is_on_a_cable, port_of
from till_app.devices.standing import StandingPrinting, StandingTerminal
from till_app.devices.terminal_worker import FindSecret, TerminalWorker
from till_app.devices.till_display import TillDisplay
from till_app.devices.till_scale import TillScale
from till_app.services.device_places import scanner_id
from till_app.services.device_settings import DeviceSettings, ScannerSettings, TerminalSettings
from till_app.services.device_status import DeviceHealth, DeviceState, DrawerEvent, ScanHeard
from till_app.services.ports import PaymentAttempt, PrintJobs
from till_app.services.status import PrinterStatus

TellHealth = Callable[[DeviceHealth], None]


class Slot(Protocol):
    def concern(self, settings: DeviceSettings) -> object:
        """What of the settings these workers are made from."""
        ...

    def ports(self, settings: DeviceSettings) -> frozenset[str]:
        """As `settings_check.port_of` names them."""
        ...

    def begin(self, settings: DeviceSettings) -> None:
        """Whatever runs that these settings do not want is ended first."""
        ...

    def end(self) -> None:
        """Returns when no thread of it is left."""
        ...

    def plugged(self, settings: DeviceSettings) -> None:
        """Something was plugged in or out. What works goes on undisturbed: a scan, a receipt, a payment may
        be under way there."""
        ...

    def health(self) -> Sequence[DeviceHealth]: ...


def begin_lost(slot: Slot, settings: DeviceSettings) -> None:
    """Anew, when it is on a cable of this machine and not reached."""
    has_cable = any(map(is_on_a_cable, slot.ports(settings)))
    if has_cable and any(map(_is_lost, slot.health())):
        slot.end()
        slot.begin(settings)


def _is_lost(health: DeviceHealth) -> bool:
    return health.state is DeviceState.UNREACHABLE


def ports_of(*addresses: str) -> frozenset[str]:
    return frozenset(port_of(address) for address in addresses if address)


class PrintingSlot:
    """The printers and the drawer. Jobs stay in the ledger while it is empty."""

    def __init__(
        self,
        settings: DeviceSettings,
        standing: StandingPrinting,
        jobs: PrintJobs,
        on_status: Callable[[PrinterStatus], None],
        on_health: TellHealth,
        on_drawer: Callable[[DrawerEvent], None],
        files: PrintingFiles,
    ) -> None:
        self._standing = standing
        self._printing = TillPrinting(
            settings, jobs, on_status=on_status, on_health=on_health, on_drawer=on_drawer, files=files
        )
        # Receipts are settled, too, by a till whose workers do not run.
        standing.turnstile.open(self._printing)

    def concern(self, settings: DeviceSettings) -> object:
        return (settings.printer, settings.fallback_printer, settings.label_printer, settings.drawer)

    def ports(self, settings: DeviceSettings) -> frozenset[str]:
        drawer = settings.drawer
        return ports_of(
            settings.printer.address,
            settings.fallback_printer.address,
            settings.label_printer.address,
            drawer.address if drawer.connection in ("serial", "usb") else "",
        )

    def begin(self, settings: DeviceSettings) -> None:
        self.end()
        self._printing.use(settings)
        self._printing.start()
        self._standing.turnstile.open(self._printing)

    def end(self) -> None:
        self._standing.turnstile.shut()
        self._printing.stop()

    def plugged(self, settings: DeviceSettings) -> None:
        self._printing.look()

    def health(self) -> Sequence[DeviceHealth]:
        return self._printing.health()


class ScannerSlot:
    """All scanners with a connection of their own; those that are set as before go on."""

    def __init__(self, on_scan: Callable[[ScanHeard], None], on_health: TellHealth) -> None:
        self._on_scan = on_scan
        self._on_health = on_health
        self._workers: dict[tuple[int, ScannerSettings], ScannerWorker] = {}

    def concern(self, settings: DeviceSettings) -> object:
        return settings.scanners

    def ports(self, settings: DeviceSettings) -> frozenset[str]:
        return ports_of(*(scanner.address for scanner in settings.scanners))

    def begin(self, settings: DeviceSettings) -> None:
        wanted = list(enumerate(settings.scanners, 1))
        for key in [key for key in self._workers if key not in wanted]:
            self._workers.pop(key).stop()
        for number, scanner in wanted:
            if (number, scanner) not in self._workers:
                worker = ScannerWorker(scanner_id(number), scanner.address, self._on_scan, self._on_health)
                self._workers[number, scanner] = worker
                worker.start()

    def end(self) -> None:
        while self._workers:
            _, worker = self._workers.popitem()
            worker.stop()

    def plugged(self, settings: DeviceSettings) -> None:
        for key in [key for key, worker in self._workers.items() if _is_lost(worker.health())]:
            self._workers.pop(key).stop()
        self.begin(settings)

    def health(self) -> Sequence[DeviceHealth]:
        return [worker.health() for worker in tuple(self._workers.values())]


class ScaleSlot:
    def __init__(self, scale: TillScale) -> None:
        self._scale = scale

    def concern(self, settings: DeviceSettings) -> object:
        return settings.scale

    def ports(self, settings: DeviceSettings) -> frozenset[str]:
        return ports_of(settings.scale.address)

    def begin(self, settings: DeviceSettings) -> None:
        self.end()
        self._scale.use(settings.scale)
        self._scale.start()

    def end(self) -> None:
        self._scale.stop()

    def plugged(self, settings: DeviceSettings) -> None:
        begin_lost(self, settings)

    def health(self) -> Sequence[DeviceHealth]:
        return [self._scale.health()]


class DisplaySlot:
    """On a line of its own, or behind the receipt printer, whose worker sends for it."""

    def __init__(self, display: TillDisplay) -> None:
        self._display = display

    def concern(self, settings: DeviceSettings) -> object:
        return settings.display

    def ports(self, settings: DeviceSettings) -> frozenset[str]:
        display = settings.display
        return ports_of(settings.printer.address if display.through_printer else display.address)

    def begin(self, settings: DeviceSettings) -> None:
        self.end()
        self._display.use(settings.display)
        self._display.start()

    def end(self) -> None:
        self._display.stop()

    def plugged(self, settings: DeviceSettings) -> None:
        begin_lost(self, settings)

    def health(self) -> Sequence[DeviceHealth]:
        return [self._display.health()]


class TerminalSlot:
    def __init__(
        self,
        standing: StandingTerminal,
        find_secret: FindSecret,
        open_terminal: Callable[[TerminalSettings, str], CardTerminal],
        open_payments: Callable[[], Sequence[PaymentAttempt]],
        on_payment: Callable[[object], None],
        on_health: TellHealth,
    ) -> None:
        self._standing = standing

        def make(settings: TerminalSettings) -> TerminalWorker:
            return TerminalWorker(settings, find_secret, open_terminal, open_payments, on_payment, on_health)

        self._make = make
        self._worker: TerminalWorker | None = None

    def concern(self, settings: DeviceSettings) -> object:
        return settings.terminal

    def ports(self, settings: DeviceSettings) -> frozenset[str]:
        return ports_of(settings.terminal.address if settings.terminal.kind == "zvt" else "")

    def begin(self, settings: DeviceSettings) -> None:
        self.end()
        self._worker = self._make(settings.terminal)
        self._worker.start()
        self._standing.turnstile.open(self._worker)

    def end(self) -> None:
        self._standing.turnstile.shut()
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def plugged(self, settings: DeviceSettings) -> None:
        """It is on the network."""

    def health(self) -> Sequence[DeviceHealth]:
        worker = self._worker
        return [worker.health()] if worker is not None else ()
