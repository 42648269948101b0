"""What a printer's worker needs around it: the printer itself, and who decides where jobs go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.errors import NotReadyReason
from hardware.printers.receipt_printer import OpenDrawer, PrintOutcome
from hardware.printers.status import PrinterCondition
from till_app.devices.job_documents import JobDocument
from till_app.services.device_status import DeviceState
from till_app.services.ports import PrintJob

_NOT_READY = frozenset(reason.value for reason in NotReadyReason)


class DocumentPrinter(Protocol):
    """A printer as its worker needs it; one thread at a time."""

    def print_document(
        self,
        document: JobDocument,
        before_first_byte: Callable[[], None],
        while_it_prints: Callable[[OpenDrawer], None],
    ) -> PrintOutcome:
        """Raises DocumentInvalid for what this printer cannot print at all, before its first byte."""
        ...

    def send_raw(self, data: bytes) -> None:
        """Raises DeviceError."""
        ...

    def status(self) -> PrinterCondition | None:
        """None: it does not answer. Raises DeviceError."""
        ...


class JobRouter(Protocol):
    """Called from the workers' threads."""

    def cannot_print(self, device: str, job: PrintJob, reason: str) -> bool:
        """Nothing of it left. True: it stands in another printer's queue now."""
        ...

    def printed(self, device: str, job: PrintJob) -> None: ...

    def unreadable(self, job: PrintJob) -> None: ...

    def idle(self, device: str) -> None:
        """The printer can print, and its queue is empty."""
        ...

    def changed(self) -> None:
        """What a worker says of itself, or a job's state, is another now."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerState:
    is_busy: bool = False
    trouble: str = ""
    """Why it cannot print; empty: nothing is known to keep it from that."""
    was_heard: bool = False
    """It answered, or printed, since the start."""
    is_paper_near_end: bool = False

    @property
    def is_answering(self) -> bool:
        """What keeps it from printing it says itself."""
        return self.trouble in _NOT_READY

    @property
    def device_state(self) -> DeviceState:
        if self.trouble:
            return DeviceState.NEEDS_SOMEBODY if self.is_answering else DeviceState.UNREACHABLE
        return DeviceState.READY if self.was_heard else DeviceState.CONNECTING

    def facts(self, receipts_since_roll: int) -> dict[str, str]:
        """As `DeviceHealth.facts` has them."""
        facts = {"receipts_since_roll": str(receipts_since_roll)}
        if self.trouble == NotReadyReason.PAPER_OUT:
            facts["paper"] = "out"
        elif self.was_heard:
            facts["paper"] = "near_end" if self.is_paper_near_end else "ok"
        if self.is_answering or (self.was_heard and not self.trouble):
            facts["cover"] = "open" if self.trouble == NotReadyReason.COVER_OPEN else "closed"
        return facts
