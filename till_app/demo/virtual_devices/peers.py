"""The simulated devices behind the window, each on a loopback port that it keeps; nothing of Qt."""

import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.line_scanner import SimulatedLineScanner
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine
from hardware.simulated.scales import SimulatedScale
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal

log = logging.getLogger(__name__)

PRINTER, FALLBACK, SCALE, DISPLAY, SCANNER, TERMINAL = (
    "printer",
    "fallback_printer",
    "scale",
    "display",
    "scanner",
    "terminal",
)
SCALE_PROTOCOL: Final = "toledo_8217"
DISPLAY_PROTOCOL: Final = "cd5220"
_KEYED_BEFORE_MINOR = 500
_HOST = "tcp://127.0.0.1:"

Peer = TypeVar("Peer")


class VirtualPrinter:
    """A receipt printer with a cable that can be pulled; what it printed stays."""

    def __init__(self, port: int) -> None:
        self.engine = PrinterEngine()
        self.peer = SimulatedPrinter(port=port, engine=self.engine)
        self.peer.__enter__()
        self.port = self.peer.port
        self.is_plugged_in = True

    def plug(self, is_plugged_in: bool) -> None:
        if is_plugged_in is self.is_plugged_in:
            return
        if is_plugged_in:
            die_after = self.peer.die_after
            self.peer = SimulatedPrinter(port=self.port, engine=self.engine, die_after=die_after)
            self.peer.__enter__()
        else:
            self.peer.close()
        self.is_plugged_in = is_plugged_in

    def close(self) -> None:
        self.plug(False)


class VirtualDevices:
    """Plugged in from the start to `close`."""

    def __init__(self, ports: Mapping[str, int] | None = None) -> None:
        """`ports` by name, from an earlier time; whichever is taken by now is replaced. Raises OSError."""
        wanted = dict(ports or {})
        with contextlib.ExitStack() as opened:
            self.printer = _on_port(VirtualPrinter, wanted.get(PRINTER, 0))
            opened.callback(self.printer.close)
            self.fallback = _on_port(VirtualPrinter, wanted.get(FALLBACK, 0))
            opened.callback(self.fallback.close)
            self.scale = opened.enter_context(
                _on_port(lambda port: SimulatedScale(SCALE_PROTOCOL, "tcp", port=port), wanted.get(SCALE, 0))
            )
            self.display = opened.enter_context(
                _on_port(
                    lambda port: SimulatedDisplay(DISPLAY_PROTOCOL, "tcp", port=port), wanted.get(DISPLAY, 0)
                )
            )
            self.scanner = opened.enter_context(
                _on_port(lambda port: SimulatedLineScanner("tcp", port=port), wanted.get(SCANNER, 0))
            )
            self.terminal = opened.enter_context(
                _on_port(lambda port: SimulatedZvtTerminal(port=port), wanted.get(TERMINAL, 0))
            )
            # One that was used before: what came of a payment is told by what came after the one before it.
            self.terminal.key_by_hand(_KEYED_BEFORE_MINOR)
            self._opened = opened.pop_all()

    @property
    def addresses(self) -> Mapping[str, str]:
        """By name, as the till's settings take them."""
        return {
            PRINTER: f"{_HOST}{self.printer.port}",
            FALLBACK: f"{_HOST}{self.fallback.port}",
            SCALE: self.scale.address,
            DISPLAY: self.display.address,
            SCANNER: self.scanner.address,
            TERMINAL: self.terminal.address,
        }

    def __enter__(self) -> "VirtualDevices":
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """All cables are pulled; returns when no thread is left."""
        self._opened.close()


def ports_of(addresses: Mapping[str, str]) -> dict[str, int]:
    return {name: int(address.rpartition(":")[2]) for name, address in addresses.items()}


def remembered(file: Path) -> dict[str, str]:
    """The addresses of the last time; none at the first."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {str(name): f"{_HOST}{int(port)}" for name, port in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        log.info("the virtual devices begin on new ports: %s", error)
        return {}


def remember(file: Path, addresses: Mapping[str, str]) -> None:
    """Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ports_of(addresses), indent=2) + "\n", encoding="utf-8")


def _on_port(make: Callable[[int], Peer], port: int) -> Peer:
    try:
        return make(port)
    except OSError:
        if port == 0:
            raise
        return make(0)
