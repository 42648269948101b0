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

    @property
    def can_print(self) -> bool:
        return self in (PrinterMode.OK, PrinterMode.NEAR_END, PrinterMode.NO_STATUS)


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
    _received: bytes = b""
    _job: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> bytes:
        """Its answers to these bytes."""
        commands, self._received = split_commands(self._received + data)
        return b"".join(self._carry_out(command) for command in commands)

    def end_connection(self) -> None:
        if self.mode.can_print:
            self._end_job(self.jobs)
        self._received = b""

    def die(self) -> None:
        """In the middle of what it does; a command of which a part had come is lost."""
        self._end_job(self.broken_jobs)
        self._received = b""

    def _carry_out(self, command: Command) -> bytes:
        match command.name:
            case b"\x10\x04":
                return self._real_time_answer(command.data[0])
            case b"\x10\x14":
                self._pulse(command.data[1])
                return b""
        if not self.mode.can_print:
            self.held += command.raw
            return b""
        match command.name:
            case b"\x1bp":
                self._pulse(command.data[0])
                return b""
            case b"\x1dr":
                self._end_job(self.jobs)
                return self._in_order_answer()
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

    def _end_job(self, to: list[bytes]) -> None:
        if self._job:
            to.append(bytes(self._job))
            self._job.clear()

    def _real_time_answer(self, question: int) -> bytes:
        mode = self.mode
        if mode is PrinterMode.NO_STATUS:
            return b""
        answer = 0x12
        match question:
            case 1 if not mode.can_print:
                answer |= 0x08
            case 2 if mode is PrinterMode.COVER_OPEN:
                answer |= 0x04
            case 2 if mode is PrinterMode.PAPER_OUT:
                answer |= 0x20
            case 4 if mode is PrinterMode.PAPER_OUT:
                answer |= 0x6C
            case 4 if mode is PrinterMode.NEAR_END:
                answer |= 0x0C
        return bytes([answer])

    def _in_order_answer(self) -> bytes:
        if self.mode is PrinterMode.NO_STATUS:
            return b""
        return b"\x03" if self.mode is PrinterMode.NEAR_END else b"\x00"
