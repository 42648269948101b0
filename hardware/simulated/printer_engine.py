"""What a receipt printer does with the bytes it gets, without the connection they come over."""

from dataclasses import dataclass, field
from enum import StrEnum

from hardware.simulated.escpos_commands import Command, split_commands


class PrinterMode(StrEnum):
    OK = "ok"
    NEAR_END = "near_end"
    """Prints, and says that the roll is nearly used up."""
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    NO_STATUS = "no_status"
    """Prints and never answers."""
    STALL = "stall"
    """Takes the connection and never reads from it."""
    HUNG = "hung"
    """Says that all is well and processes nothing."""
    CUTTER_JAM = "cutter_jam"
    UNRECOVERABLE = "unrecoverable"
    """A fault that only switching it off and on ends."""
    OVERHEATED = "overheated"
    """Recovers by itself."""

    @property
    def can_print(self) -> bool:
        return self in (PrinterMode.OK, PrinterMode.NEAR_END, PrinterMode.NO_STATUS)

    @property
    def is_faulty(self) -> bool:
        return self in (PrinterMode.CUTTER_JAM, PrinterMode.UNRECOVERABLE, PrinterMode.OVERHEATED)


_MAKER_ANSWERS = {65: b"_1.00\0", 66: b"_EPSON\0", 67: b"_TM-T20II\0", 68: b"_SIM0000001\0"}
"""To `GS I n`: firmware, maker, model and serial number."""
_PRINTER_SELECTED, _DISPLAY_SELECTED = 0x01, 0x02


@dataclass(slots=True)
class PrinterEngine:
    """Real-time commands are obeyed at once; the rest is printed in order, or held while that cannot be."""

    mode: PrinterMode = PrinterMode.OK
    paper_lasts_bytes: int | None = None
    """After so many printed bytes the paper is out."""
    jobs: list[bytes] = field(default_factory=list)
    """Printed jobs; one ends at `GS r` or with its connection. Drawer pulses alone are none."""
    broken_jobs: list[bytes] = field(default_factory=list)
    """What had been printed when the printer died."""
    drawer_pins: list[int] = field(default_factory=list)
    """2 or 5 for each pulse."""
    held: bytearray = field(default_factory=bytearray)
    """What came while it could not print."""
    display_bytes: bytearray = field(default_factory=bytearray)
    """What was passed on to a customer display (`ESC =`)."""
    drawer_is_open: bool = False
    open_drawer_is_high: bool = True
    """The level of the drawer's pin, which differs from drawer to drawer."""
    jams_at_cut: bool = False
    resumes: bool = False
    """What was held is printed when that can be again, as many printers do with a new roll."""
    print_budget_bytes: int | None = None
    """How much it may still print, as a slow printer; what is beyond that waits. None: at once."""
    _received: bytes = b""
    _job: bytearray = field(default_factory=bytearray)
    _waiting: list[Command] = field(default_factory=list)
    _selected: int = _PRINTER_SELECTED
    _reports_changes: bool = False
    _last_report: bytes = b""

    def feed(self, data: bytes) -> bytes:
        """Its answers to these bytes."""
        commands, self._received = split_commands(self._received + data)
        return b"".join(self._take(command) for command in commands) + self.report()

    def report(self) -> bytes:
        """The automatic status report, if it is switched on (`GS a`) and something changed since the last."""
        state = self._state()
        if not self._reports_changes or state == self._last_report or self.mode is PrinterMode.NO_STATUS:
            return b""
        self._last_report = state
        return state

    def let_print(self, byte_count: int) -> bytes:
        """A slow printer gets on by so many bytes; its answers to what it comes to."""
        self.print_budget_bytes = (self.print_budget_bytes or 0) + byte_count
        return self._work_off() + self.report()

    def recover(self, mode: PrinterMode = PrinterMode.OK) -> bytes:
        """As `mode =`, and what was held is printed if it `resumes`; its answers."""
        self.mode = mode
        answers = b""
        if self.resumes and mode.can_print:
            held, self.held = bytes(self.held), bytearray()
            answers = b"".join(self._take(command) for command in split_commands(held)[0])
        return answers + self.report()

    def end_connection(self) -> None:
        if self.mode.can_print and not self._waiting:
            self._end_job(self.jobs)
        self._received = b""
        self._selected = _PRINTER_SELECTED
        self._reports_changes, self._last_report = False, b""

    def die(self) -> None:
        """In the middle of what it does; a command of which a part had come is lost."""
        self._end_job(self.broken_jobs)
        self._received = b""
        self._waiting.clear()

    def _take(self, command: Command) -> bytes:
        match command.name:
            case b"\x10\x04":
                return self._real_time_answer(command.data[0])
            case b"\x10\x14":
                self._pulse(command.data[1])
                return b""
            case b"\x1b=":
                self._selected = command.data[0]
                return b""
        if self._selected & _DISPLAY_SELECTED:
            self.display_bytes += command.raw
        if not self._selected & _PRINTER_SELECTED:
            return b""
        if not self.mode.can_print:
            self.held += command.raw
            return b""
        self._waiting.append(command)
        return self._work_off()

    def _work_off(self) -> bytes:
        answers = b""
        while self._waiting:
            command = self._waiting[0]
            if self.print_budget_bytes is not None:
                if self.print_budget_bytes < len(command.raw):
                    break
                self.print_budget_bytes -= len(command.raw)
            if not self.mode.can_print:
                self.held += b"".join(waiting.raw for waiting in self._waiting)
                self._waiting.clear()
                break
            del self._waiting[0]
            answers += self._carry_out(command)
        return answers

    def _carry_out(self, command: Command) -> bytes:
        match command.name:
            case b"\x1bp":
                self._pulse(command.data[0])
                return b""
            case b"\x1dr":
                if command.data[0] in (1, 49):
                    self._end_job(self.jobs)
                return self._in_order_answer(command.data[0])
            case b"\x1dI":
                answer = _MAKER_ANSWERS.get(command.data[0], b"\x20")
                return b"" if self.mode is PrinterMode.NO_STATUS else answer
            case b"\x1da":
                self._reports_changes = command.data[0] != 0
                self._last_report = b""
                return b""
            case b"\x1dV" if self.jams_at_cut:
                self.mode = PrinterMode.CUTTER_JAM
                self.held += command.raw
                return b""
            case _:
                self._print(command.raw)
                return b""

    def _print(self, raw: bytes) -> None:
        self._job += raw
        if self.paper_lasts_bytes is not None:
            self.paper_lasts_bytes -= len(raw)
            if self.paper_lasts_bytes <= 0:
                self.mode, self.paper_lasts_bytes = PrinterMode.PAPER_OUT, None

    def _pulse(self, connector_pin: int) -> None:
        self.drawer_pins.append(5 if connector_pin in (1, 49) else 2)
        self.drawer_is_open = True

    def _end_job(self, to: list[bytes]) -> None:
        if self._job:
            to.append(bytes(self._job))
            self._job.clear()

    @property
    def _pin_is_high(self) -> bool:
        return self.drawer_is_open == self.open_drawer_is_high

    def _is_online(self) -> bool:
        return self.mode.can_print or self.mode in (PrinterMode.HUNG, PrinterMode.STALL)

    def _real_time_answer(self, question: int) -> bytes:
        mode = self.mode
        if mode is PrinterMode.NO_STATUS:
            return b""
        answer = 0x12
        match question:
            case 1:
                answer |= 0x04 * self._pin_is_high | 0x08 * (not self._is_online())
            case 2:
                answer |= 0x04 * (mode is PrinterMode.COVER_OPEN)
                answer |= 0x20 * (mode is PrinterMode.PAPER_OUT) | 0x40 * mode.is_faulty
            case 3:
                answer |= 0x08 * (mode is PrinterMode.CUTTER_JAM)
                answer |= 0x20 * (mode is PrinterMode.UNRECOVERABLE) | 0x40 * (mode is PrinterMode.OVERHEATED)
            case 4:
                answer |= 0x6C * (mode is PrinterMode.PAPER_OUT) | 0x0C * (mode is PrinterMode.NEAR_END)
        return bytes([answer])

    def _in_order_answer(self, question: int) -> bytes:
        if self.mode is PrinterMode.NO_STATUS:
            return b""
        if question in (2, 50):
            return b"\x01" if self._pin_is_high else b"\x00"
        return b"\x03" if self.mode is PrinterMode.NEAR_END else b"\x00"

    def _state(self) -> bytes:
        """The four bytes of `GS a`."""
        mode = self.mode
        first = 0x10 | 0x04 * self._pin_is_high | 0x08 * (not self._is_online())
        first |= 0x20 * (mode is PrinterMode.COVER_OPEN)
        second = 0x08 * (mode is PrinterMode.CUTTER_JAM) | 0x20 * (mode is PrinterMode.UNRECOVERABLE)
        second |= 0x40 * (mode is PrinterMode.OVERHEATED)
        third = 0x03 * (mode in (PrinterMode.NEAR_END, PrinterMode.PAPER_OUT))
        third |= 0x0C * (mode is PrinterMode.PAPER_OUT)
        return bytes([first, second, third, 0])
