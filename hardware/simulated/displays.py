"""Two-line displays that are not there: bytes become what a customer reads, without the encoders."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from hardware.simulated.line_peer import LinePeer

COLUMNS = 20


@dataclass(slots=True)
class Glass:
    """What is lit, and where the next character goes."""

    codec: str
    columns: int = COLUMNS
    cells: bytearray = field(default_factory=bytearray)
    position: int = 0

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.cells[:] = b" " * (2 * self.columns)
        self.position = 0

    def put(self, byte: int) -> None:
        """Past the end it goes on at the beginning."""
        self.cells[self.position] = byte
        self.position = (self.position + 1) % (2 * self.columns)

    @property
    def lines(self) -> tuple[str, str]:
        text = bytes(self.cells).decode(self.codec, "replace")
        return text[: self.columns], text[self.columns :]


class Reader(Protocol):
    """Takes one whole command or character from the front; returns its length, 0 when more must come."""

    def take(self, data: bytes, glass: Glass) -> int: ...


class ReaderCd5220:
    def take(self, data: bytes, glass: Glass) -> int:
        if data[0] == 0x0C:
            glass.clear()
        elif data[0] == 0x1B:
            return self._take_line(data, glass)
        elif data[0] >= 0x20:
            glass.put(data[0])
        return 1

    def _take_line(self, data: bytes, glass: Glass) -> int:
        """`ESC Q A text CR` and `ESC Q B text CR`."""
        if len(data) < 3:
            return 0
        end = data.find(b"\r")
        if data[1:3] not in (b"QA", b"QB"):
            return 1
        if end < 0:
            return 0
        glass.position = 0 if data[2:3] == b"A" else glass.columns
        for byte in data[3:end][: glass.columns].ljust(glass.columns):
            glass.put(byte)
        return end + 1


_EPSON_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}


class ReaderDmD:
    def take(self, data: bytes, glass: Glass) -> int:
        match data[0]:
            case 0x0C:
                glass.clear()
            case 0x1B:
                return self._take_escape(data, glass)
            case 0x1F:
                if len(data) < 4:
                    return 0
                if data[1] == ord("$"):
                    glass.position = (data[3] - 1) * glass.columns + data[2] - 1
                    return 4
            case byte if byte >= 0x20:
                glass.put(byte)
        return 1

    def _take_escape(self, data: bytes, glass: Glass) -> int:
        if len(data) < 2:
            return 0
        if data[1] == ord("@"):
            glass.clear()
            glass.codec = "cp437"
            return 2
        if data[1] == ord("t"):
            if len(data) < 3:
                return 0
            glass.codec = _EPSON_PAGES[data[2]]
            return 3
        return 1


class ReaderLogicControls:
    def take(self, data: bytes, glass: Glass) -> int:
        match data[0]:
            case 0x1F:
                glass.clear()
            case 0x10:
                if len(data) < 2:
                    return 0
                glass.position = data[1]
                return 2
            case byte if byte >= 0x20:
                glass.put(byte)
        return 1


_READERS: dict[str, type[ReaderCd5220 | ReaderDmD | ReaderLogicControls]] = {
    "cd5220": ReaderCd5220,
    "dm_d": ReaderDmD,
    "logic_controls": ReaderLogicControls,
}


class DisplayEngine:
    """A display by itself, or behind a printer, to which all goes that is not framed for the display."""

    answer_delay_s = 0.0

    def __init__(
        self,
        protocol: str,
        code_page: str = "cp858",
        columns: int = COLUMNS,
        *,
        is_behind_printer: bool = False,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.glass = Glass(code_page, columns)
        self.is_stalled = False
        self.printer_bytes = b""
        """What the printer got."""
        self._reader = _READERS[protocol]()
        self._received = b""
        self._is_behind_printer = is_behind_printer
        self._is_selected = not is_behind_printer
        self._on_change = on_change

    def feed(self, data: bytes) -> bytes:
        self._received += data
        while self._received:
            taken = self._take()
            if not taken:
                break
            self._received = self._received[taken:]
        self._on_change()
        return b""

    def _take(self) -> int:
        if self._is_behind_printer and self._received[0] == 0x1B:
            if len(self._received) < 2:
                return 0
            if self._received[1] == ord("="):
                if len(self._received) < 3:
                    return 0
                self._is_selected = bool(self._received[2] & 0x02)
                return 3
        if self._is_selected:
            return self._reader.take(self._received, self.glass)
        self.printer_bytes += self._received[:1]
        return 1


class SimulatedDisplay(LinePeer):
    def __init__(
        self,
        protocol: str,
        over: Literal["pty", "tcp"] = "pty",
        link: Path | None = None,
        code_page: str = "cp858",
        port: int = 0,
    ) -> None:
        self._changed = threading.Condition()
        self.engine = DisplayEngine(protocol, code_page, on_change=self._tell)
        super().__init__(self.engine, over, link, port)

    @property
    def lines(self) -> tuple[str, str]:
        with self._changed:
            return self.engine.glass.lines

    def wait_for(self, lines: tuple[str, str], timeout_s: float = 5.0) -> None:
        """Until it shows these, trailing blanks aside. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: _stripped(self.engine.glass.lines) == lines, timeout_s):
                raise TimeoutError(f"it shows {self.engine.glass.lines}")

    def stall(self, is_stalled: bool = True) -> None:
        def change() -> None:
            self.engine.is_stalled = is_stalled

        self.do(change)

    def lose_power(self) -> None:
        """It is dark; what is written later shows again."""
        self.do(self.engine.glass.clear)

    def __enter__(self) -> "SimulatedDisplay":
        super().__enter__()
        return self

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _stripped(lines: tuple[str, str]) -> tuple[str, str]:
    return lines[0].rstrip(), lines[1].rstrip()
