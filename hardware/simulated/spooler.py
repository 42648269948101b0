"""Windows' spooler in memory, with its faults: it stands in for `winspool.drv` where there is none."""

import threading
from dataclasses import dataclass, field

from hardware.errors import DeviceClosed, DeviceUnavailable
from hardware.transports.winspool import SpoolerJob, SpoolerPrinter


@dataclass(slots=True)
class SimulatedSpooler:
    """In memory. A call whose name is in `hangs` waits until it is let go."""

    status: int = 0
    """PRINTER_STATUS_… bits."""
    attributes: int = 0
    job_states: list[SpoolerJob | None] = field(default_factory=lambda: [None])
    """What it says of the job, in turn; the last one stays."""
    name: str = "EPSON"
    takes_bytes: int = 1_000_000
    hangs: set[str] = field(default_factory=set)
    received: bytearray = field(default_factory=bytearray)
    calls: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    is_removed: bool = False
    """Somebody deleted the printer: every call fails."""

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.hangs:
            self.let_go.wait()
        if self.is_removed and name != "close":
            raise DeviceClosed("the printer was removed")

    def open(self, printer: str) -> int:
        self._called("open")
        if printer != self.name:
            raise DeviceUnavailable("Windows knows no printer of that name")
        return 7

    def close(self, handle: int) -> None:
        self._called("close")
        self.closed.set()

    def start_document(self, handle: int, title: str) -> int:
        self._called("start_document")
        return 42

    def write(self, handle: int, data: bytes) -> int:
        self._called("write")
        taken = data[: self.takes_bytes - len(self.received)]
        self.received += taken
        return len(taken)

    def end_document(self, handle: int) -> None:
        self._called("end_document")

    def abort(self, handle: int) -> None:
        self._called("abort")

    def printer(self, handle: int) -> SpoolerPrinter:
        self._called("printer")
        return SpoolerPrinter(self.name, "USB001", "EPSON TM-T20III", self.status, self.attributes)

    def job(self, handle: int, job_id: int) -> SpoolerJob | None:
        self._called("job")
        return self.job_states.pop(0) if len(self.job_states) > 1 else self.job_states[0]

    def pause_job(self, handle: int, job_id: int) -> None:
        self._called("pause_job")

    def delete_job(self, handle: int, job_id: int) -> None:
        self._called("delete_job")

    def printers(self) -> list[SpoolerPrinter]:
        return [self.printer(0)]
