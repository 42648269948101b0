"""A scanner on a serial cable or behind a serial server: it speaks when something is scanned."""

from pathlib import Path
from typing import Literal

from hardware.simulated.line_peer import LinePeer


class _Deaf:
    """Nothing that is sent to it changes anything."""

    is_stalled = False
    answer_delay_s = 0.0

    def feed(self, data: bytes) -> bytes:
        return b""


class SimulatedLineScanner(LinePeer):
    """Scans from any thread."""

    def __init__(
        self,
        over: Literal["pty", "tcp"] = "pty",
        link: Path | None = None,
        *,
        terminator: bytes = b"\r",
        port: int = 0,
    ) -> None:
        super().__init__(_Deaf(), over, link, port=port)
        self._terminator = terminator

    def scan(self, data: bytes) -> bool:
        """With its AIM identifier, if it shall send one; False when nobody is connected."""
        return self.say(data + self._terminator)

    def __enter__(self) -> "SimulatedLineScanner":
        super().__enter__()
        return self
