"""Reports of HID-POS scanners: where a code lies in them, by the device's own descriptor, and reading it out.

USB HID Point of Sale Usage Tables 1.02, usage page 0x8C, and USB HID 1.11, section 6.2.2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.scanners.frame import LONGEST_FRAME_BYTES, ScanFrame, decoded

BAR_CODE_SCANNER_PAGE = 0x8C
_GENERIC_DESKTOP_PAGE, _BYTE_COUNT = 0x01, 0x3B
_IDENTIFIER_USAGES = (0xFB, 0xFC, 0xFD)
_DECODED_DATA, _CONTINUED = 0xFE, 0xFF
_AIM_CHARACTERS = re.compile(rb"\]?[A-Za-z][0-9A-Za-z]")
_LONG_ITEM = 0xFE
_FRAME = b"\x02\x03\r\n\t"
"""Which a scanner may put around a code here, too, if it was set up so."""


@dataclass(frozen=True, slots=True)
class HidPosLayout:
    """Places in the report of a scan, counted with the report's number before it if there is one."""

    report_id: int
    """0: the device numbers no reports."""
    length_at: int | None
    """Of the data in this report; None: it has none, and zeros fill the data up."""
    identifier_at: tuple[int, ...]
    """Of the AIM identifier's characters."""
    data_at: int
    data_bytes: int
    continued_bit: int | None
    """Set when the code goes on in the next report."""

    @property
    def needed_bytes(self) -> int:
        ends = [self.data_at + self.data_bytes, *(at + 1 for at in self.identifier_at)]
        if self.continued_bit is not None:
            ends.append(self.continued_bit // 8 + 1)
        return max(ends)


STANDARD_LAYOUT = HidPosLayout(2, 1, (2, 3, 4), 5, 56, 63 * 8)
"""What Honeywell, Zebra, Datalogic and Access-IS send: 64 bytes with the number 2."""


@dataclass(frozen=True, slots=True)
class _Field:
    report_id: int
    page: int
    usage: int
    first_bit: int
    bits: int


def layout_of(descriptor: bytes) -> HidPosLayout | None:
    """Of a report descriptor; None when it describes no scans."""
    fields = [field for field in _input_fields(descriptor) if field.bits]
    data = [field for field in fields if _is(field, _DECODED_DATA) and field.bits == 8]
    if not data:
        return None
    report_id = data[0].report_id
    own = [field for field in fields if field.report_id == report_id]
    numbered = 8 if report_id else 0

    def byte(field: _Field) -> int:
        return (numbered + field.first_bit) // 8

    identifiers = [byte(field) for usage in _IDENTIFIER_USAGES for field in own if _is(field, usage)]
    lengths = [
        byte(field) for field in own if (field.page, field.usage) == (_GENERIC_DESKTOP_PAGE, _BYTE_COUNT)
    ]
    continued = [numbered + field.first_bit for field in own if _is(field, _CONTINUED)]
    return HidPosLayout(
        report_id,
        lengths[0] if lengths else None,
        tuple(identifiers),
        byte(data[0]),
        sum(field.report_id == report_id for field in data),
        continued[0] if continued else None,
    )


class HidPosReader:
    """Reports become frames; a code longer than a report's data comes in several."""

    def __init__(self, layout: HidPosLayout = STANDARD_LAYOUT) -> None:
        self._layout = layout
        self._pending = bytearray()
        self._identifier = b""
        self._last_at = 0.0
        self._longest_gap_s = 0.0

    @property
    def is_within_code(self) -> bool:
        return bool(self._pending)

    def feed(self, report: bytes, at: float) -> ScanFrame | None:
        """The frame that this report completes, if any; reports of other things are passed over."""
        layout = self._layout
        if not report or (layout.report_id and report[0] != layout.report_id):
            return None
        report = report.ljust(layout.needed_bytes, b"\0")
        if self._pending:
            self._longest_gap_s = max(self._longest_gap_s, at - self._last_at)
        else:
            self._identifier = _identifier(bytes(report[place] for place in layout.identifier_at))
        self._last_at = at
        data = report[layout.data_at : layout.data_at + layout.data_bytes]
        length = len(data.rstrip(b"\0")) if layout.length_at is None else report[layout.length_at]
        self._pending += data[:length]
        if self._goes_on(report) and len(self._pending) < LONGEST_FRAME_BYTES:
            return None
        return self._take()

    def forget(self) -> None:
        """The rest of a code did not come: what came of it is no code."""
        self._pending.clear()
        self._longest_gap_s = 0.0

    def _goes_on(self, report: bytes) -> bool:
        bit = self._layout.continued_bit
        return bit is not None and bool(report[bit // 8] >> bit % 8 & 1)

    def _take(self) -> ScanFrame | None:
        raw = bytes(self._pending).strip(_FRAME).removeprefix(self._identifier)
        gap_ms = round(1000 * self._longest_gap_s)
        self.forget()
        if not raw:
            return None
        return ScanFrame(self._identifier.decode("ascii") + decoded(raw), raw, self._last_at, gap_ms)


def _identifier(characters: bytes) -> bytes:
    """Some devices leave the bracket out; some fill the place with zeros."""
    characters = characters.strip(b"\0")
    if not _AIM_CHARACTERS.fullmatch(characters):
        return b""
    return characters if characters.startswith(b"]") else b"]" + characters


def _is(field: _Field, usage: int) -> bool:
    return (field.page, field.usage) == (BAR_CODE_SCANNER_PAGE, usage)


def _input_fields(descriptor: bytes) -> Iterator[_Field]:
    """Every field of every input report, in order."""
    page = size = count = report_id = 0
    kept: list[tuple[int, int, int, int]] = []
    usages: list[tuple[int, int]] = []
    lowest: tuple[int, int] | None = None
    ends: dict[int, int] = {}
    for kind, tag, value, width in _items(descriptor):
        if kind == 1:
            if tag == 0:
                page = value
            elif tag == 7:
                size = value
            elif tag == 8:
                report_id = value
            elif tag == 9:
                count = value
            elif tag == 10:
                kept.append((page, size, count, report_id))
            elif tag == 11 and kept:
                page, size, count, report_id = kept.pop()
        elif kind == 2:
            usage = (value >> 16, value & 0xFFFF) if width == 4 else (page, value)
            if tag == 0:
                usages.append(usage)
            elif tag == 1:
                lowest = usage
            elif tag == 2 and lowest is not None:
                usages += [(lowest[0], each) for each in range(lowest[1], min(usage[1], lowest[1] + 255) + 1)]
        elif kind == 0:
            if tag == 8:
                first = ends.get(report_id, 0)
                for number in range(min(count, LONGEST_FRAME_BYTES)):
                    its_page, its_usage = usages[min(number, len(usages) - 1)] if usages else (page, 0)
                    yield _Field(report_id, its_page, its_usage, first + number * size, size)
                ends[report_id] = first + count * size
            usages, lowest = [], None


def _items(descriptor: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Type, tag, value and bytes of the value of each short item."""
    at = 0
    while at < len(descriptor):
        prefix = descriptor[at]
        if prefix == _LONG_ITEM:
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        width = (0, 1, 2, 4)[prefix & 3]
        value = int.from_bytes(descriptor[at + 1 : at + 1 + width], "little")
        yield prefix >> 2 & 3, prefix >> 4, value, width
        at += 1 + width
