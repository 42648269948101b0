"""One scan as a frame of bytes, and the splitting of a scanner's bytes into frames; no port is read here."""

import re
from dataclasses import dataclass

LONGEST_FRAME_BYTES = 8192
"""Above the largest QR code; what never pauses is cut here."""
_TERMINATORS = b"\r\n\t"
_STX_ETX = b"\x02\x03"
_AIM_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class ScanFrame:
    """One scan. GS (0x1D), which separates the fields of a GS1 code, is kept."""

    text: str
    """With the AIM identifier before it, when the scanner tells one."""
    raw: bytes
    """As received, without terminator, STX and ETX."""
    received_at_monotonic: float
    """Of its last byte."""
    gap_ms: int = 0
    """The longest pause between two portions of it."""
    source: str = ""
    """Which scanner, as whoever opened it calls it."""

    @property
    def aim(self) -> str:
        """The AIM symbology identifier such as `]E0`; empty without one."""
        found = _AIM_IDENTIFIER.match(self.text)
        return found.group() if found else ""


class FrameSplitter:
    """Bytes in any portions to frames: one ends on CR, LF, TAB, or when the scanner has fallen silent.

    Silence is told, not computed from the times of the bytes: a machine that was busy for a second reads
    late what came in one burst, and half a code must not be taken for a whole one.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._last_at = 0.0
        self._longest_gap_s = 0.0

    @property
    def is_within_frame(self) -> bool:
        return bool(self._pending)

    def feed(self, data: bytes, at: float) -> list[ScanFrame]:
        """The frames that these bytes complete, oldest first; `at` is a monotonic time in seconds."""
        frames: list[ScanFrame] = []
        if self._pending and data:
            self._longest_gap_s = max(self._longest_gap_s, at - self._last_at)
        for byte in data:
            self._last_at = at
            if byte in _TERMINATORS:
                frames += self._take()
            elif byte not in _STX_ETX:
                self._pending.append(byte)
                if len(self._pending) >= LONGEST_FRAME_BYTES:
                    frames += self._take()
        return frames

    def silence(self) -> list[ScanFrame]:
        """Nothing came for the idle time: what is pending is a frame."""
        return self._take()

    def forget(self) -> None:
        """Something was lost: what is pending is no whole code."""
        self._pending.clear()
        self._longest_gap_s = 0.0

    def _take(self) -> list[ScanFrame]:
        """Empty between CR and LF."""
        raw, gap_ms = bytes(self._pending), round(1000 * self._longest_gap_s)
        self.forget()
        return [ScanFrame(decoded(raw), raw, self._last_at, gap_ms)] if raw else []


def decoded(raw: bytes) -> str:
    """As UTF-8, or byte by byte where it is none."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
