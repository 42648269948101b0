"""The device's side of a transcript: what is to be sent when, and where a driver departs from the record."""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.transcripts.transcript import Event, EventKind

_SHOWN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Difference:
    """Where what the driver sent is not what was recorded."""

    at_event: int
    """From 1; one past the last when nothing more was expected."""
    at_byte: int
    """Of that event, from 0."""
    expected: bytes
    """From there on; empty: nothing."""
    got: bytes
    """From there on; empty: nothing, and the driver closed."""

    def __str__(self) -> str:
        where = f"event {self.at_event}" + (f", byte {self.at_byte}" if self.at_byte else "")
        return f"{where}: expected {_shown(self.expected)}, got {_shown(self.got)}"


class ReplayScript:
    """Strict: after a difference the device says nothing more, for what it said belonged to other words."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = tuple(events)
        self._next = 0
        self._heard_bytes = 0
        """Of the event that is expected."""
        self._differences: list[Difference] = []

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(self._differences)

    @property
    def is_over(self) -> bool:
        """All was said and heard, or there is a difference."""
        return bool(self._differences) or all(
            not event.kind.has_bytes for event in self._events[self._next :]
        )

    def opened(self) -> list[Event]:
        """What the device does when a driver comes."""
        if self._is_at(EventKind.OPEN):
            self._next += 1
        return self._due()

    def heard(self, data: bytes) -> list[Event]:
        """What the device does on these bytes."""
        due: list[Event] = []
        rest = data
        while rest and not self._differences:
            expected = self._expected()
            common = _common_bytes(expected, rest)
            self._heard_bytes += common
            if common < min(len(expected), len(rest)) or not expected:
                self._note(expected[common:], rest[common:])
                break
            rest = rest[common:]
            if common == len(expected):
                self._next += 1
                self._heard_bytes = 0
                due += self._due()
        return due

    def closed(self) -> None:
        """The driver went, or was left: what was still expected on this connection is missing."""
        if self._differences:
            return
        if expected := self._expected():
            self._note(expected, b"")
            return
        while self._next < len(self._events) and not self._is_at(EventKind.OPEN):
            self._next += 1

    def finished(self) -> None:
        """No driver will come any more."""
        rest = [event for event in self._events[self._next :] if event.kind is EventKind.TO_DEVICE]
        if rest and not self._differences:
            self._next = self._events.index(rest[0], self._next)
            self._note(rest[0].data[self._heard_bytes :], b"")

    def pause_before_ms(self, event: Event) -> int:
        """How long it was between the event before and this one."""
        place = self._events.index(event)
        return event.at_ms - self._events[place - 1].at_ms if place else 0

    def _expected(self) -> bytes:
        if not self._is_at(EventKind.TO_DEVICE):
            return b""
        return self._events[self._next].data[self._heard_bytes :]

    def _due(self) -> list[Event]:
        due: list[Event] = []
        while self._is_at(EventKind.FROM_DEVICE) or self._is_at(EventKind.LOST):
            due.append(self._events[self._next])
            self._next += 1
        return due

    def _is_at(self, kind: EventKind) -> bool:
        return self._next < len(self._events) and self._events[self._next].kind is kind

    def _note(self, expected: bytes, got: bytes) -> None:
        self._differences.append(Difference(self._next + 1, self._heard_bytes, expected, got))


def _common_bytes(one: bytes, other: bytes) -> int:
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def _shown(data: bytes) -> str:
    if not data:
        return "nothing"
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data[:_SHOWN_BYTES])
    more = f" and {len(data) - _SHOWN_BYTES} more" if len(data) > _SHOWN_BYTES else ""
    return f"{data[:_SHOWN_BYTES].hex(' ')} |{text}|{more}"
