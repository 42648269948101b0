"""A cash drawer on a serial port or trigger of its own: some bytes open it, and it says nothing."""

from pathlib import Path
from typing import Literal

from hardware.simulated.line_peer import LinePeer


class TriggerEngine:
    is_stalled = False
    answer_delay_s = 0.0

    def __init__(self, trigger: bytes) -> None:
        self._trigger = trigger
        self._heard = b""
        self.openings = 0
        self.is_open = False

    def feed(self, data: bytes) -> bytes:
        self._heard += data
        while self._trigger in self._heard:
            self._heard = self._heard.partition(self._trigger)[2]
            self.openings += 1
            self.is_open = True
        self._heard = self._heard[-len(self._trigger) :]
        return b""


class SimulatedTriggerDrawer(LinePeer):
    """What it did may be read at any time."""

    def __init__(
        self,
        trigger: bytes = b"\x07",
        over: Literal["pty", "tcp"] = "pty",
        link: Path | None = None,
        *,
        port: int = 0,
    ) -> None:
        self._drawer = TriggerEngine(trigger)
        super().__init__(self._drawer, over, link, port=port)

    @property
    def openings(self) -> int:
        return self._drawer.openings

    @property
    def is_open(self) -> bool:
        return self._drawer.is_open

    def shut(self) -> None:
        def change() -> None:
            self._drawer.is_open = False

        self.do(change)

    def __enter__(self) -> "SimulatedTriggerDrawer":
        super().__enter__()
        return self
