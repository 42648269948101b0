"""What makes a display show two lines, as bytes, in each of the command sets; nothing is sent here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hardware.displays.text import fitted, python_codec

SELECT_DISPLAY, SELECT_PRINTER = b"\x1b=\x02", b"\x1b=\x01"
"""A printer hands on what stands between these two."""
_EPSON_PAGES = {"cp437": 0, "cp850": 2, "cp1252": 16, "cp858": 19}
"""Numbers of `ESC t`; a display of another make is set to its page at the display itself."""

Lines = tuple[str, str]


class DisplayLanguage(Protocol):
    def begin(self) -> bytes:
        """Once after the display was opened."""
        ...

    def show(self, lines: Lines) -> bytes:
        """Replaces both lines without a moment of emptiness."""
        ...


@dataclass(frozen=True, slots=True)
class Cd5220:
    columns: int
    codec: str

    def begin(self) -> bytes:
        return b"\x0c"

    def show(self, lines: Lines) -> bytes:
        upper, lower = (fitted(line, self.columns, self.codec) for line in lines)
        return b"\x1bQA" + upper + b"\r\x1bQB" + lower + b"\r"


@dataclass(frozen=True, slots=True)
class EpsonDmD:
    """ESC/POS."""

    columns: int
    codec: str

    def begin(self) -> bytes:
        return b"\x1b@"

    def show(self, lines: Lines) -> bytes:
        upper, lower = (fitted(line, self.columns, self.codec) for line in lines)
        page = _EPSON_PAGES.get(self.codec)
        select_page = b"" if page is None else b"\x1bt" + bytes([page])
        return select_page + b"\x1f$\x01\x01" + upper + b"\x1f$\x01\x02" + lower


@dataclass(frozen=True, slots=True)
class LogicControls:
    columns: int
    codec: str

    def begin(self) -> bytes:
        return b"\x1f"

    def show(self, lines: Lines) -> bytes:
        """Positions count on through both lines."""
        upper, lower = (fitted(line, self.columns, self.codec) for line in lines)
        return b"\x10\x00" + upper + b"\x10" + bytes([self.columns]) + lower


@dataclass(frozen=True, slots=True)
class BehindPrinter:
    """Any of them at a printer's display connector: framed, and at the end the printer is selected again."""

    language: DisplayLanguage

    def begin(self) -> bytes:
        return SELECT_DISPLAY + self.language.begin() + SELECT_PRINTER

    def show(self, lines: Lines) -> bytes:
        return SELECT_DISPLAY + self.language.show(lines) + SELECT_PRINTER


_LANGUAGES: Mapping[str, type[Cd5220] | type[EpsonDmD] | type[LogicControls]] = {
    "cd5220": Cd5220,
    "dm_d": EpsonDmD,
    "logic_controls": LogicControls,
}
DISPLAY_PROTOCOLS = tuple(_LANGUAGES)


def display_language(
    protocol: str, columns: int = 20, code_page: str = "CP858", *, is_behind_printer: bool = False
) -> DisplayLanguage:
    """Raises CodePageUnknown."""
    language = _LANGUAGES[protocol](columns, python_codec(code_page))
    return BehindPrinter(language) if is_behind_printer else language
