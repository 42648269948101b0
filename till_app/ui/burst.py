"""Telling a scanner's burst of keys from a person's typing, by time stamps alone; nothing of Qt."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Event = TypeVar("Event")

STX = "\x02"
ETX = "\x03"
GS = "\x1d"
RS = "\x1e"
TERMINATORS = frozenset("\r\n\t")
_SEPARATORS = frozenset((GS, RS))
_FASTEST_REPEAT_MS = 12
"""No keyboard repeats a held key faster; a scanner that doubles a digit mostly is."""


class WedgeMode(StrEnum):
    """How a scan is told from typing."""

    TIMING = "timing"
    """Keys that follow each other faster than a hand can; a scan between STX and CR is taken too."""
    PREFIX = "prefix"
    """Only what stands between STX and CR: exact, for scanners that were set up for it."""
    OFF = "off"
    """Everything is typing."""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Event]):
    """What becomes of a key."""

    give_back: tuple[Event, ...] = ()
    """Events kept so far that were typing after all: hand them on first, in this order."""
    is_taken: bool = False
    """The key is kept or was part of a scan: do not deliver it."""
    scan: str | None = None
    """A complete scan, without its frame."""
    gap_ms: int = 0
    """Of that scan, the longest pause between two of its keys."""


@dataclass(slots=True)
class BurstRecogniser(Generic[Event]):
    """Keeps keys back while they may be a scan. Every event comes back, unless it was part of one.

    The caller asks `time_out` when no key came for `gap_ms`, and gets the kept events back.
    """

    mode: WedgeMode = WedgeMode.TIMING
    gap_ms: int = 40
    least_length: int = 4
    _kept: list[Event] = field(default_factory=list)
    _text: str = ""
    _last_ms: int | None = None
    _is_framed: bool = False
    _leaked_text: str = ""
    _is_after_scan: bool = False
    _longest_gap_ms: int = 0

    @property
    def is_keeping(self) -> bool:
        return bool(self._kept)

    @property
    def is_framed(self) -> bool:
        """Between STX and CR, where there is no doubt left."""
        return self._is_framed

    def would_take(self, text: str, at_ms: int) -> bool:
        """Whether `press` would take this key; changes nothing."""
        if self.mode is WedgeMode.OFF:
            return False
        follows = self._follows(at_ms)
        if text == STX:
            return True
        if self._is_framed:
            return bool(text)
        if text in TERMINATORS:
            return follows and (self._is_after_scan or self._is_scan_length())
        if self.mode is WedgeMode.PREFIX or len(text) != 1:
            return False
        if text in _SEPARATORS:
            return True
        # No code begins with a space, which is also the key of the strongest button: never kept back alone.
        return text.isprintable() and (text != " " or (follows and self.is_keeping))

    def press(self, text: str, at_ms: int, event: Event) -> Verdict[Event]:
        """`text` is what the key types, `at_ms` its time stamp in milliseconds of any clock."""
        if not self.would_take(text, at_ms):
            return Verdict(self.give_up())
        goes_on = self._is_framed or (self._follows(at_ms) and not self._is_after_scan)
        gap_ms = at_ms - self._last_ms if goes_on and self._last_ms is not None else 0
        self._last_ms = at_ms
        self._is_after_scan = False
        if text in TERMINATORS:
            return self._terminated(gap_ms)
        given_back = () if goes_on and text != STX else self.give_up()
        self._longest_gap_ms = max(self._longest_gap_ms, gap_ms)
        self._kept.append(event)
        if text == STX:
            self._is_framed = True
        elif text != ETX:
            self._text += text
        return Verdict(given_back, is_taken=True)

    def release(self, event: Event) -> Verdict[Event]:
        """A key going up between kept presses stays in its place among them."""
        if not self._kept:
            return Verdict()
        self._kept.append(event)
        return Verdict(is_taken=True)

    def give_up(self) -> tuple[Event, ...]:
        """Ends the doubt: what was kept was typing. Returns it, in order."""
        given_back = self.time_out()
        self._leaked_text = ""
        self._longest_gap_ms = 0
        return given_back

    def time_out(self) -> tuple[Event, ...]:
        """Like `give_up`, for want of a further key: should time stamps say later that the burst went on
        while the program was busy, its head is still known, and the scan is whole.
        """
        given_back = tuple(self._kept)
        self._leaked_text += self._text
        self._kept.clear()
        self._text = ""
        self._is_framed = False
        return given_back

    def _terminated(self, gap_ms: int) -> Verdict[Event]:
        """Also the second terminator of a scanner that ends on CR LF: it is taken and says nothing."""
        scan = self._leaked_text + self._text
        longest_gap_ms = max(self._longest_gap_ms, gap_ms)
        self.give_up()
        self._is_after_scan = True
        return Verdict(is_taken=True, scan=scan or None, gap_ms=longest_gap_ms)

    def _follows(self, at_ms: int) -> bool:
        return self._last_ms is not None and 0 <= at_ms - self._last_ms <= self.gap_ms

    def _is_scan_length(self) -> bool:
        return len(self._leaked_text) + len(self._text) >= self.least_length


@dataclass(slots=True)
class HeldKey:
    """Tells the repetitions of a held key on X11 from presses, by key codes and time stamps.

    X11 sends a repetition as a release and a press in the same millisecond. Qt marks it when it finds both in
    its queue: it misses most, and marks the doubled digits of a scanner that takes less than a millisecond.
    """

    _pressed: tuple[int, int] = (0, 0)
    _released: tuple[int, int] = (0, 0)
    _is_repetition: bool = False

    def press(self, key: int, at_ms: int, *, is_marked: bool) -> bool:
        """Whether it is a repetition. Qt asks about a press twice: may it start a shortcut, then itself."""
        if self._pressed != (key, at_ms):
            is_held = self._pressed[0] == key and (is_marked or self._released == (key, at_ms))
            self._is_repetition = is_held and at_ms - self._pressed[1] > _FASTEST_REPEAT_MS
            self._pressed = (key, at_ms)
        return self._is_repetition

    def release(self, key: int, at_ms: int) -> None:
        self._released = (key, at_ms)
