"""A device session as text: a heading, then a line for each event; nothing is recorded or played here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from hardware.errors import PermanentDeviceError

_FIRST_LINE = "# Transcript of a device: python -m hardware replay FILE"
_EVENT = re.compile(
    r"(?P<at>\d{1,6}\.\d{3}) (?P<kind>open|close|lost|[<>])(?: (?P<hex>[0-9a-f ]+?))?(?: *\|.*)?"
)
_HEX_COLUMN = 48


class TranscriptInvalid(PermanentDeviceError):
    """The file is no transcript; the text says in which line."""

    code = "transcript_invalid"


class EventKind(StrEnum):
    OPEN = "open"
    TO_DEVICE = ">"
    FROM_DEVICE = "<"
    LOST = "lost"
    """The device went away: a cable, a switch, or it hung up."""
    CLOSE = "close"
    """By the driver."""

    @property
    def has_bytes(self) -> bool:
        return self in (EventKind.TO_DEVICE, EventKind.FROM_DEVICE)


@dataclass(frozen=True, slots=True)
class Event:
    at_ms: int
    """Since the recording began."""
    kind: EventKind
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Transcript:
    driver: str
    """Such as `scale:toledo_8217`; see `sessions.DRIVERS`."""
    device: str
    """What was at the other end, in words: `Epson TM-T20III, firmware 1.14`, or `simulated`."""
    way: str
    """The kind of address, such as `serial`; the address itself is not kept."""
    settings: tuple[tuple[str, str], ...] = ()
    """Of the driver and of the line, by name."""
    recorded_on: str = ""
    """A day, `2026-11-24`."""
    steps: tuple[str, ...] = ()
    """What the driver was told to do."""
    results: tuple[str, ...] = ()
    """What it said of each step."""
    events: tuple[Event, ...] = field(default=())

    @property
    def has_way_back(self) -> bool:
        """Whether the device could answer at all."""
        return dict(self.settings).get("way_back", "yes") != "no"


def to_text(transcript: Transcript) -> str:
    """Ends with a line break. Raises ValueError for a heading of several lines."""
    heading = [
        ("driver", transcript.driver),
        ("device", transcript.device),
        ("way", transcript.way),
        *(("setting", f"{name}={value}") for name, value in transcript.settings),
        ("recorded", transcript.recorded_on),
        *(("do", step) for step in transcript.steps),
        *(("result", result) for result in transcript.results),
    ]
    lines = [_FIRST_LINE]
    for name, value in heading:
        if not value.isprintable():
            raise ValueError(f"{name}: {value!r} has characters that cannot be seen")
        lines.append(f"{name}: {value}".rstrip())
    return "\n".join([*lines, "", *(_event_line(event) for event in transcript.events)]) + "\n"


def _event_line(event: Event) -> str:
    seconds, milliseconds = divmod(event.at_ms, 1000)
    line = f"{seconds}.{milliseconds:03d} {event.kind}"
    if not event.kind.has_bytes:
        return line
    shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in event.data)
    return f"{line} {event.data.hex(' '):<{_HEX_COLUMN}} |{shown}|"


def read_transcript(text: str) -> Transcript:
    """Raises TranscriptInvalid."""
    lines = enumerate(text.splitlines(), 1)
    number, first = next(lines, (1, ""))
    if first.strip() != _FIRST_LINE:
        raise TranscriptInvalid("line 1: this file is no transcript of a device")
    heading: dict[str, list[str]] = {}
    for number, line in lines:
        if not line.strip():
            break
        name, separator, value = line.partition(":")
        if not separator or name not in ("driver", "device", "way", "setting", "recorded", "do", "result"):
            raise TranscriptInvalid(f"line {number}: “{line}” does not belong in the heading")
        heading.setdefault(name, []).append(value.strip())
    if "driver" not in heading:
        raise TranscriptInvalid(f"line {number}: the heading names no driver")
    return Transcript(
        driver=heading["driver"][-1],
        device=_one(heading, "device"),
        way=_one(heading, "way"),
        settings=tuple(_setting(setting) for setting in heading.get("setting", ())),
        recorded_on=_one(heading, "recorded"),
        steps=tuple(heading.get("do", ())),
        results=tuple(heading.get("result", ())),
        events=tuple(_events(lines)),
    )


def _one(heading: dict[str, list[str]], name: str) -> str:
    return heading.get(name, [""])[-1]


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _events(lines: Iterator[tuple[int, str]]) -> Iterator[Event]:
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        found = _EVENT.fullmatch(line.rstrip())
        if found is None:
            raise TranscriptInvalid(f"line {number}: “{line[:60]}” is no event")
        kind = EventKind(found["kind"])
        try:
            data = bytes.fromhex(found["hex"] or "")
        except ValueError as error:
            raise TranscriptInvalid(f"line {number}: the bytes cannot be read") from error
        if kind.has_bytes != bool(data):
            raise TranscriptInvalid(f"line {number}: “{kind}” {'has no' if kind.has_bytes else 'has'} bytes")
        seconds, milliseconds = found["at"].split(".")
        yield Event(int(seconds) * 1000 + int(milliseconds), kind, data)
