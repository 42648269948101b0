"""One label printer: what it says before and after a label decides what became of it, as for receipts.

Each call opens its own connection and closes it. One thread at a time; a job row, retries and words are the
caller's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hardware.errors import DeviceError, NotReadyReason
from hardware.printers.label_language import LabelLanguage, Progress
from hardware.printers.labels import Label
from hardware.printers.receipt_printer import (
    NO_REPLY,
    NO_WAY_BACK,
    NotSent,
    Patience,
    Printed,
    PrintOutcome,
    Unconfirmed,
)
from hardware.printers.status import PrinterCondition
from hardware.transports.base import ConfirmingTransport, Deadline, JobEnd, Transport

_PROGRESS_INTERVAL_S = 0.1
_COPY_S = 2.0
"""Within which a label comes out."""


class LabelPrinter:
    """Prints labels in its printer's language. Never raises DeviceError while doing so."""

    def __init__(
        self,
        open_transport: Callable[[], Transport],
        language: LabelLanguage,
        *,
        trust_silence: bool = False,
        patience: Patience | None = None,
    ) -> None:
        """`trust_silence`: the printer cannot answer, and what was sent in full counts as printed."""
        self._open_transport = open_transport
        self._language = language
        self._trusts_silence = trust_silence
        self._patience = patience or Patience()
        self._answers = False
        """Whether it ever answered."""

    def print_label(self, label: Label, before_first_byte: Callable[[], None] = lambda: None) -> PrintOutcome:
        """`before_first_byte` is called when the printer is ready; if it raises, nothing is sent."""
        job = self._language.encode(label)
        try:
            with self._connection() as transport:
                return self._print(transport, job, label.copies, before_first_byte)
        except DeviceError as error:
            return NotSent(error.code)

    def status(self) -> PrinterCondition | None:
        """None: the printer is reached and does not answer. Raises DeviceError when it is not reached."""
        with self._connection() as transport:
            return self._ask(transport)

    @contextmanager
    def _connection(self) -> Iterator[Transport]:
        transport = self._open_transport()
        try:
            yield transport
        finally:
            transport.close()

    def _print(
        self, transport: Transport, job: bytes, copies: int, before_first_byte: Callable[[], None]
    ) -> PrintOutcome:
        said: PrinterCondition | None = None
        if isinstance(transport, ConfirmingTransport):
            if trouble := transport.trouble():
                return NotSent(trouble)
        else:
            said = self._ask(transport)
            if said is not None and said.not_ready is not None:
                return NotSent(said.not_ready.value)
            if said is None and self._answers and not self._trusts_silence:
                return NotSent(NO_REPLY)
        before_first_byte()
        if failure := self._send(transport, job):
            return failure
        deadline = Deadline(self._patience.shortest_print_s + (copies - 1) * _COPY_S)
        try:
            if isinstance(transport, ConfirmingTransport):
                return self._of_queue(transport.settle(deadline.remaining_s))
            if not transport.can_read or (said is None and self._trusts_silence):
                return Printed() if self._trusts_silence else Unconfirmed(NO_WAY_BACK)
            return self._wait_until_done(transport, deadline)
        except DeviceError as error:
            return Unconfirmed(error.code)

    def _send(self, transport: Transport, job: bytes) -> PrintOutcome | None:
        """None: all left. Whether anything did decides what a failure means."""
        sent_before = transport.sent_bytes
        deadline_s = max(self._patience.shortest_write_s, 2 * len(job) / transport.bytes_per_s)
        try:
            transport.write(job, deadline_s)
        except DeviceError as error:
            return Unconfirmed(error.code) if transport.sent_bytes > sent_before else NotSent(error.code)
        return None

    def _wait_until_done(self, transport: Transport, deadline: Deadline) -> PrintOutcome:
        language = self._language
        trouble = ""
        received = b""
        is_asked = False
        while not deadline.is_over:
            if language.progress_question and not is_asked:
                transport.write(language.progress_question, self._patience.status_s)
                is_asked = True
            received += transport.read(256, min(_PROGRESS_INTERVAL_S, deadline.remaining_s))
            progress = language.progress(received)
            if progress is Progress.DONE:
                return Printed()
            if isinstance(progress, NotReadyReason):
                trouble = progress.value
            if progress is not None:
                # A roll may be changed meanwhile: it goes on then, so it is asked until the deadline.
                received, is_asked = b"", False
        return Printed() if self._trusts_silence and not trouble else Unconfirmed(trouble or NO_REPLY)

    def _ask(self, transport: Transport) -> PrinterCondition | None:
        """None when no answer came in time. Raises DeviceError."""
        if not transport.can_read:
            return None
        transport.read(4096, 0)  # late answers to earlier questions
        transport.write(self._language.status_question, self._patience.status_s)
        deadline = Deadline(self._patience.status_s)
        received = b""
        while not deadline.is_over:
            received += transport.read(256, deadline.remaining_s)
            status = self._language.status(received)
            if status is not None:
                self._answers = True
                return status
        return None

    def _of_queue(self, end: JobEnd) -> PrintOutcome:
        match end:
            case JobEnd.COMPLETED:
                return Printed() if self._trusts_silence else Unconfirmed(NO_WAY_BACK)
            case JobEnd.WITHDRAWN:
                return NotSent(NO_REPLY)
            case JobEnd.UNKNOWN:
                return Unconfirmed(NO_REPLY)
