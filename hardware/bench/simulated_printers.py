"""The simulated receipt printer of the bench with its switches; its drawer is behind it."""

from collections.abc import Callable, Sequence
from types import TracebackType

from hardware.bench.simulated_devices import Over
from hardware.bench.switches import Switch, Switches, number, setting
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.serial_printer import SimulatedSerialPrinter


class PrinterOnBench:
    name = "printer"

    def __init__(self, over: Over, port: int) -> None:
        self._peer = SimulatedPrinter(port=port) if over == "tcp" else SimulatedSerialPrinter()
        self.addresses: tuple[str, ...] = (f"{self._peer.address}  ESC/POS, 42 columns, drawer on pin 2",)
        self._told_jobs = self._told_broken = self._told_pulses = 0
        self.switches: Switches = {
            "paper out": Switch("the roll is used up", self._mode(PrinterMode.PAPER_OUT)),
            "paper near end": Switch("the roll is nearly used up", self._mode(PrinterMode.NEAR_END)),
            "paper ok": Switch("a new roll", self._mode(PrinterMode.OK)),
            "cover open": Switch("its cover is open", self._mode(PrinterMode.COVER_OPEN)),
            "cover shut": Switch("… and shut again", self._mode(PrinterMode.OK)),
            "offline": Switch("somebody pressed its key", self._mode(PrinterMode.OFFLINE)),
            "online": Switch("… and again", self._mode(PrinterMode.OK)),
            "no status": Switch("it prints and never answers", self._mode(PrinterMode.NO_STATUS)),
            "stall": Switch("it reads nothing more", self._mode(PrinterMode.STALL)),
            "hang": Switch("it says that all is well and prints nothing", self._mode(PrinterMode.HUNG)),
            "jam": Switch("its cutter jams", self._mode(PrinterMode.CUTTER_JAM)),
            "hot": Switch("its head is too hot", self._mode(PrinterMode.OVERHEATED)),
            "broken": Switch("a fault that does not end", self._mode(PrinterMode.UNRECOVERABLE)),
            "die after": Switch("a connection breaks after so many bytes", self._die_after, "BYTES"),
            "live": Switch("… and no more", setting(lambda: setattr(self._peer, "die_after", None))),
            "ok": Switch("all is well again", self._mode(PrinterMode.OK)),
            "drawer shut": Switch("somebody pushes the drawer in", setting(self._peer.close_drawer)),
            "drawer open": Switch("somebody opens it by its key", setting(self._peer.open_drawer_by_key)),
            "show": Switch("the last receipt", lambda _words: self._last_receipt()),
        }

    def news(self) -> list[str]:
        jobs, broken, pulses = self._peer.jobs, self._peer.broken_jobs, self._peer.drawer_pins
        news = [f"the drawer opened, pin {pin}" for pin in pulses[self._told_pulses :]]
        news += [f"printed\n{_paper(job)}" for job in jobs[self._told_jobs :]]
        news += [f"died while printing\n{_paper(job)}" for job in broken[self._told_broken :]]
        self._told_jobs, self._told_broken, self._told_pulses = len(jobs), len(broken), len(pulses)
        return news

    def __enter__(self) -> object:
        return self._peer.__enter__()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._peer.__exit__(error_type, error, traceback)

    def _mode(self, mode: PrinterMode) -> Callable[[Sequence[str]], str]:
        return setting(lambda: setattr(self._peer, "mode", mode))

    def _die_after(self, words: Sequence[str]) -> str:
        self._peer.die_after = number(words)
        return ""

    def _last_receipt(self) -> str:
        jobs = self._peer.jobs
        return _paper(jobs[-1]) if jobs else "nothing was printed"


def _paper(job: bytes) -> str:
    return "\n".join(f"    {line}".rstrip() for line in to_text(job).splitlines())
