"""The simulated devices of the bench that hang on a line, each with the switches that can be typed to it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

from hardware.bench.console import UsageError
from hardware.bench.switches import Switch, Switches, number, setting
from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.line_peer import LinePeer
from hardware.simulated.line_scanner import SimulatedLineScanner
from hardware.simulated.scales import ScaleFault, SimulatedScale
from hardware.simulated.trigger_drawer import SimulatedTriggerDrawer

Over = Literal["tcp", "pty"]

_WRITTEN_CONTROLS = {"<GS>": "\x1d", "<STX>": "\x02", "<ETX>": "\x03"}


class BenchDevice(Protocol):
    """Runs from `with` to its end."""

    @property
    def name(self) -> str:
        """The first word of a command that is meant for it."""
        ...

    @property
    def addresses(self) -> tuple[str, ...]:
        """Lines to paste into the till or the bench, and what else one needs to know."""
        ...

    @property
    def switches(self) -> Switches: ...

    def news(self) -> list[str]:
        """What happened since this was last asked."""
        ...

    def __enter__(self) -> object: ...

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class _OnALine:
    """What all devices on a line share."""

    def __init__(self, peer: LinePeer) -> None:
        self._line = peer

    def __enter__(self) -> object:
        return self._line.__enter__()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._line.__exit__(error_type, error, traceback)

    def _plug_switches(self) -> dict[str, Switch]:
        return {
            "unplug": Switch("the cable is pulled", setting(self._line.unplug)),
            "plug in": Switch("the cable is put back", setting(self._line.plug_in)),
        }


class ScaleOnBench(_OnALine):
    name = "scale"

    def __init__(self, protocol: str, over: Over, link: Path | None, port: int) -> None:
        self._peer = SimulatedScale(protocol, over, link, port=port)
        super().__init__(self._peer)
        self.addresses: tuple[str, ...] = (f"{self._peer.address}  protocol {protocol}",)
        pan = self._peer.pan
        self.switches: Switches = {
            "weight": Switch("lay so many grams on it", self._lay, "GRAMS"),
            "unstable": Switch("it moves", setting(lambda: setattr(pan, "is_moving", True))),
            "stable": Switch("it comes to rest", setting(lambda: setattr(pan, "is_moving", False))),
            "tare": Switch("take off so many grams", self._take_off, "GRAMS"),
            "pounds": Switch("it weighs in pounds", setting(lambda: setattr(pan, "weighs_in_pounds", True))),
            "kilograms": Switch("… and again not", setting(lambda: setattr(pan, "weighs_in_pounds", False))),
            "silent": Switch("it never answers", self._fault(ScaleFault.SILENT)),
            "garbage": Switch("it answers as at a wrong speed", self._fault(ScaleFault.GARBAGE)),
            "bad checksum": Switch("where the protocol has one", self._fault(ScaleFault.BAD_CHECKSUM)),
            "slow": Switch("its answers come late", self._fault(ScaleFault.SLOW)),
            "ok": Switch("all faults end", self._fault(ScaleFault.NONE)),
            **self._plug_switches(),
        }

    def news(self) -> list[str]:
        return []

    def _lay(self, words: Sequence[str]) -> str:
        self._peer.pan.grams = number(words)
        return ""

    def _take_off(self, words: Sequence[str]) -> str:
        self._peer.pan.tare_grams = number(words)
        return ""

    def _fault(self, fault: ScaleFault) -> Callable[[Sequence[str]], str]:
        return setting(lambda: setattr(self._peer.pan, "fault", fault))


class DisplayOnBench(_OnALine):
    name = "display"

    def __init__(self, protocol: str, over: Over, link: Path | None, port: int) -> None:
        self._peer = SimulatedDisplay(protocol, over, link, port=port)
        super().__init__(self._peer)
        self.addresses: tuple[str, ...] = (f"{self._peer.address}  protocol {protocol}",)
        self._told = self._peer.lines
        self.switches: Switches = {
            "show": Switch("what it shows", lambda _words: _framed(self._peer.lines)),
            "dark": Switch("it loses its power and shows nothing", setting(self._peer.lose_power)),
            "stall": Switch("it reads nothing more", setting(lambda: self._peer.stall(True))),
            "ok": Switch("it reads again", setting(lambda: self._peer.stall(False))),
            **self._plug_switches(),
        }

    def news(self) -> list[str]:
        lines = self._peer.lines
        if lines == self._told:
            return []
        self._told = lines
        return [_framed(lines)]


class DrawerOnBench(_OnALine):
    name = "drawer"

    def __init__(self, over: Over, link: Path | None, port: int) -> None:
        self._peer = SimulatedTriggerDrawer(b"\x07", over, link, port=port)
        super().__init__(self._peer)
        self.addresses: tuple[str, ...] = (f"{self._peer.address}  trigger 07",)
        self._told = 0
        self.switches: Switches = {
            "show": Switch("open or shut", lambda _words: "open" if self._peer.is_open else "shut"),
            "shut": Switch("somebody pushes it in", setting(self._peer.shut)),
            **self._plug_switches(),
        }

    def news(self) -> list[str]:
        opened, self._told = self._peer.openings - self._told, self._peer.openings
        return opened * ["it opened"]


class ScannerOnBench(_OnALine):
    name = "scanner"

    def __init__(self, over: Over, link: Path | None, port: int) -> None:
        self._peer = SimulatedLineScanner(over, link, port=port)
        super().__init__(self._peer)
        self.addresses: tuple[str, ...] = (f"{self._peer.address}",)
        self.switches: Switches = {
            "scan": Switch("send a code; <GS> stands for GS, ]E0 may stand before it", self._scan, "TEXT"),
            "twice": Switch("send it two times", self._scan_twice, "TEXT"),
            "half": Switch("send it without an end", self._scan_half, "TEXT"),
            **self._plug_switches(),
        }

    def news(self) -> list[str]:
        return []

    def _scan(self, words: Sequence[str]) -> str:
        return _heard(self._peer.scan(_code(words)))

    def _scan_twice(self, words: Sequence[str]) -> str:
        self._peer.scan(_code(words))
        return self._scan(words)

    def _scan_half(self, words: Sequence[str]) -> str:
        return _heard(self._peer.say(_code(words)))


def _code(words: Sequence[str]) -> bytes:
    text = " ".join(words)
    if not text:
        raise UsageError("say what is scanned")
    for written, control in _WRITTEN_CONTROLS.items():
        text = text.replace(written, control)
    return text.encode()


def _heard(is_heard: bool) -> str:
    return "" if is_heard else "nobody is connected: it is lost, as with a real scanner"


def _framed(lines: tuple[str, str]) -> str:
    return "\n".join(f"| {line} |" for line in lines)
