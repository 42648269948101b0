"""What a ZPL label printer does with the bytes it gets, without the connection they come over."""

from dataclasses import dataclass, field

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode

_BEGIN, _END, _HOST_STATUS = b"^XA", b"^XZ", b"~HS"


@dataclass(slots=True)
class ZplEngine(PrinterEngine):
    """`jobs` are formats, `^XA` to `^XZ`. OFFLINE is a printer on pause; what it holds prints when it can."""

    formats_waiting: list[bytes] = field(default_factory=list)

    def feed(self, data: bytes) -> bytes:
        self._received += data
        answers = b""
        while True:
            step = self._next()
            if step is None:
                return answers
            answers += step

    def recover(self, mode: PrinterMode = PrinterMode.OK) -> bytes:
        self.mode = mode
        self._print_waiting()
        return b""

    def let_print(self, byte_count: int) -> bytes:
        self.print_budget_bytes = (self.print_budget_bytes or 0) + byte_count
        self._print_waiting()
        return b""

    def end_connection(self) -> None:
        self._received = b""

    def die(self) -> None:
        if self._received:
            self.broken_jobs.append(self._received)
        self._received = b""

    def _next(self) -> bytes | None:
        """The answer to the next complete command; None when there is none yet."""
        starts = [at for mark in (_BEGIN, _HOST_STATUS) if (at := self._received.find(mark)) >= 0]
        if not starts:
            return None
        start = min(starts)
        if self._received.startswith(_HOST_STATUS, start):
            self._received = self._received[start + len(_HOST_STATUS) :]
            return self._status()
        end = self._received.find(_END, start)
        if end < 0:
            return None
        self.formats_waiting.append(self._received[start : end + len(_END)])
        self._received = self._received[end + len(_END) :]
        self._print_waiting()
        return b""

    def _print_waiting(self) -> None:
        while self.formats_waiting and self.mode.can_print:
            label = self.formats_waiting[0]
            if self.print_budget_bytes is not None:
                if self.print_budget_bytes < len(label):
                    return
                self.print_budget_bytes -= len(label)
            self.jobs.append(self.formats_waiting.pop(0))

    def _status(self) -> bytes:
        mode = self.mode
        if mode is PrinterMode.NO_STATUS:
            return b""
        paper_out, paused = int(mode is PrinterMode.PAPER_OUT), int(mode is PrinterMode.OFFLINE)
        head_up, hot = int(mode is PrinterMode.COVER_OPEN), int(mode.is_faulty)
        lines = (
            f"014,{paper_out},{paused},0240,{len(self.formats_waiting):03d},0,0,0,000,0,0,{hot}",
            f"001,0,{head_up},0,1,2,6,0,00000000,1,000",
            "1234,0",
        )
        return b"".join(b"\x02" + line.encode() + b"\x03\r\n" for line in lines)
