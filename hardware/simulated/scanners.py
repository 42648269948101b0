"""Simulated scanners: a HID-POS device as the library `hidapi` shows it, and the events of one that types."""

import queue
from collections.abc import Iterator, Sequence

from hardware.scanners.evdev import EV_KEY, EV_SYN, INPUT_EVENT, KEY_DOWN, KEY_UP
from hardware.scanners.hid_report import STANDARD_LAYOUT, HidPosLayout
from hardware.scanners.us_keyboard import CODE_CONTROL, CODE_SHIFT, CODES, KEY_ENTER, KEY_TAB

_CONTROL_KEYS = {"\x02": "b", "\x03": "c", "\x1d": "]"}
_ENDS = {"\r": KEY_ENTER, "\n": KEY_ENTER, "\t": KEY_TAB}


class SimulatedHidScanner:
    """Implements `hid_pos.HidDevice`. Scans from any thread; `unplug` makes the next read fail."""

    def __init__(self, descriptor: bytes = b"", layout: HidPosLayout = STANDARD_LAYOUT) -> None:
        self._descriptor = descriptor
        self._layout = layout
        self._reports: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.is_closed = False

    def scan(self, data: bytes, identifier: bytes = b"]E0") -> None:
        for report in hid_reports(data, identifier, self._layout):
            self._reports.put(report)

    def send_report(self, report: bytes) -> None:
        """As it stands, such as one of something else than a scan."""
        self._reports.put(report)

    def unplug(self) -> None:
        self._reports.put(None)

    def read(self, max_length: int, timeout_ms: int) -> Sequence[int]:
        try:
            report = self._reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if report is None:
            raise OSError("read error")
        return list(report[:max_length])

    def get_report_descriptor(self, max_length: int) -> Sequence[int]:
        if not self._descriptor:
            raise OSError("no descriptor")
        return list(self._descriptor[:max_length])

    def close(self) -> None:
        self.is_closed = True


def hid_reports(
    data: bytes, identifier: bytes = b"]E0", layout: HidPosLayout = STANDARD_LAYOUT
) -> Iterator[bytes]:
    """One code in as many reports as it needs."""
    portions = [data[at : at + layout.data_bytes] for at in range(0, len(data), layout.data_bytes)] or [b""]
    for number, portion in enumerate(portions, 1):
        report = bytearray(layout.needed_bytes)
        if layout.report_id:
            report[0] = layout.report_id
        if layout.length_at is not None:
            report[layout.length_at] = len(portion)
        for place, character in zip(layout.identifier_at, identifier, strict=False):
            report[place] = character
        report[layout.data_at : layout.data_at + len(portion)] = portion
        if layout.continued_bit is not None and number < len(portions):
            report[layout.continued_bit // 8] |= 1 << layout.continued_bit % 8
        yield bytes(report)


def key_events(text: str, *, at_s: float = 1000.0, gap_s: float = 0.002) -> bytes:
    """The input events of a scanner that types a text: each key down and up, a report after each."""
    events = bytearray()
    for number, character in enumerate(text):
        now_s = at_s + number * gap_s
        code, needed = _key_of(character)
        for held in needed:
            events += _event(now_s, held, KEY_DOWN)
        events += _event(now_s, code, KEY_DOWN) + _event(now_s, code, KEY_UP)
        for held in needed:
            events += _event(now_s, held, KEY_UP)
    return bytes(events)


def _key_of(character: str) -> tuple[int, tuple[int, ...]]:
    if character in _ENDS:
        return _ENDS[character], ()
    if character in _CONTROL_KEYS:
        return CODES[_CONTROL_KEYS[character]][0], (CODE_CONTROL,)
    code, is_shifted = CODES[character]
    return code, (CODE_SHIFT,) if is_shifted else ()


def _event(at_s: float, code: int, value: int) -> bytes:
    seconds, microseconds = divmod(round(at_s * 1_000_000), 1_000_000)
    return INPUT_EVENT.pack(seconds, microseconds, EV_KEY, code, value) + INPUT_EVENT.pack(
        seconds, microseconds, EV_SYN, 0, 0
    )
