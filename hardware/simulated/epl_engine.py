"""What an EPL2 label printer does with the bytes it gets, without the connection they come over."""

import re
from dataclasses import dataclass

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode

_ACK, _NAK = b"\x06", b"\x15"
_CODES = {
    PrinterMode.PAPER_OUT: b"07",
    PrinterMode.COVER_OPEN: b"11",
    PrinterMode.OFFLINE: b"12",
    PrinterMode.CUTTER_JAM: b"99",
    PrinterMode.UNRECOVERABLE: b"99",
    PrinterMode.OVERHEATED: b"99",
}
_GRAPHIC = re.compile(rb"GW\d+,\d+,(\d+),(\d+),")


@dataclass(slots=True)
class EplEngine(PrinterEngine):
    """`jobs` are labels, from `N` to `P` with their line ends. OFFLINE is a printer on pause."""

    reports_errors: bool = False
    """Since `US`."""

    def feed(self, data: bytes) -> bytes:
        self._received += data
        answers = b""
        while line := self._next_line():
            answers += self._obey(line)
        return answers

    def recover(self, mode: PrinterMode = PrinterMode.OK) -> bytes:
        """What was held is printed, as these printers do once the head is closed again."""
        self.mode = mode
        held, self.held = bytes(self.held), bytearray()
        self._received = held + self._received
        return self.feed(b"") if mode.can_print else b""

    def end_connection(self) -> None:
        self._received = b""

    def die(self) -> None:
        self._end_job(self.broken_jobs)
        self._received = b""

    def _next_line(self) -> bytes:
        """A complete line with its end, or a complete graphic; empty when there is none yet."""
        if self._received.startswith(b"GW"):
            head = _GRAPHIC.match(self._received)
            if head is not None:
                end = head.end() + int(head.group(1)) * int(head.group(2)) + 1
            else:
                end = len(self._received) + 1
        else:
            end = self._received.find(b"\n") + 1
        if not 0 < end <= len(self._received):
            return b""
        line, self._received = self._received[:end], self._received[end:]
        return line

    def _obey(self, line: bytes) -> bytes:
        command = line.strip(b"\r\n")
        if command == b"^ee":
            return b"" if self.mode is PrinterMode.NO_STATUS else _CODES.get(self.mode, b"00") + b"\r\n"
        if command == b"US":
            self.reports_errors = True
            return b""
        if command == b"N":
            self._job.clear()
        if command:
            self._job += line
        if not re.fullmatch(rb"P\d+(,\d+)?", command):
            return b""
        if not self.mode.can_print:
            self.held += self._job
            self._job.clear()
            is_told = self.reports_errors and self.mode in _CODES
            return _NAK + _CODES[self.mode] if is_told else b""
        self._end_job(self.jobs)
        return _ACK if self.reports_errors and self.mode is not PrinterMode.NO_STATUS else b""
