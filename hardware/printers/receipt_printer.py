"""One receipt printer with its drawer: what it says before and after a job decides what became of the job.

Ask how it is, send, ask to be told when done, wait. Each call opens its own connection and closes it: network
printers serve one client at a time. One thread at a time; a job row, retries and words are the caller's.
Behind a queue of the system it is the queue that is asked; that it passed a job on is no proof of paper.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hardware.document import ReceiptDocument
from hardware.errors import DeviceError, NotReadyReason
from hardware.printers.escpos_encoder import PrinterProfile, drawer_pulse, encode, real_time_pulse
from hardware.printers.status import ASK_WHEN_DONE, AnswerReader, PrinterCondition, Question, condition
from hardware.transports.base import ConfirmingTransport, Deadline, JobEnd, Transport

NO_REPLY = "no_reply"
"""The reason when a printer took a job and said nothing, or says nothing where it used to answer."""
NO_WAY_BACK = "no_way_back"
"""The reason when the connection cannot carry an answer."""
TOO_LATE = "too_late"
"""The reason when a drawer was not wanted open any more by the time that the printer was reached."""
_GLANCE_S = 0.1
"""How often one looks up from waiting for a job's end."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer said so, or its silence is trusted."""

    paper_near_end: bool = False


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Some of the job left and nobody knows what became of it: a person must look."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing of the job left. The reason is a NotReadyReason, a DeviceError's code, or NO_REPLY."""

    reason: str


@dataclass(frozen=True, slots=True)
class DrawerKicked:
    """The pulse was sent; only the drawer's own switch could say that it opened."""


PrintOutcome = Printed | Unconfirmed | NotSent
DrawerOutcome = DrawerKicked | Unconfirmed | NotSent
OpenDrawer = Callable[[], DrawerOutcome]


def _nothing() -> None:
    """Before the first byte."""


def _no_glance(_open_drawer: OpenDrawer) -> None:
    """While a job prints."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each step may take, in seconds."""

    status_s: float = 1.0
    shortest_write_s: float = 5.0
    """Longer for long jobs: twice what the transport needs for the bytes."""
    shortest_print_s: float = 8.0
    """Until the answer that the job was processed."""
    print_line_s: float = 0.1
    """Added for each line of the job."""
    queue_kick_s: float = 2.0
    """Until a queue of the system has passed a drawer's pulse on."""


class ReceiptPrinter:
    """Prints documents and opens the drawer behind the printer. Never raises DeviceError while doing so."""

    def __init__(
        self,
        open_transport: Callable[[], Transport],
        profile: PrinterProfile,
        *,
        trust_silence: bool = False,
        patience: Patience | None = None,
    ) -> None:
        """`trust_silence`: the printer cannot answer, and what was sent in full counts as printed."""
        self._open_transport = open_transport
        self._profile = profile
        self._trusts_silence = trust_silence
        self._patience = patience or Patience()
        self._answers: bool | None = None
        """Whether it ever answered; None before it was first asked."""

    def print_document(
        self,
        document: ReceiptDocument,
        before_first_byte: Callable[[], None] = _nothing,
        while_it_prints: Callable[[OpenDrawer], None] = _no_glance,
    ) -> PrintOutcome:
        """`before_first_byte` is called when the printer is ready; if it raises, nothing is sent.

        `while_it_prints` is called again and again until the printer has done all, with a way to open the
        drawer meanwhile: the real-time pulse does not wait for the paper. It must not raise.
        """
        try:
            job = encode(document, self._profile)
            with self._connection() as transport:
                return self._print(transport, job, before_first_byte, while_it_prints)
        except DeviceError as error:
            return NotSent(error.code)

    def open_drawer(self, is_still_wanted: Callable[[], bool] = _always) -> DrawerOutcome:
        """At once or not at all: a printer that is offline is sent the pulse that does not queue up, and one
        that says nothing, though it should, gets none: it might obey minutes later.

        `is_still_wanted` is asked right before the pulse leaves.
        """
        try:
            with self._connection() as transport:
                return self._open_drawer(transport, is_still_wanted)
        except DeviceError as error:
            return NotSent(error.code)

    def _open_drawer(self, transport: Transport, is_still_wanted: Callable[[], bool]) -> DrawerOutcome:
        command = drawer_pulse(self._profile)
        confirms = False
        if isinstance(transport, ConfirmingTransport):
            if trouble := transport.trouble():
                return NotSent(trouble)
        elif transport.can_read and not (self._trusts_silence and self._answers is False):
            # A printer known to be silent is not waited for: somebody stands there with change in hand.
            said = self._ask(transport)
            if said is None and not self._trusts_silence:
                return NotSent(NO_REPLY)
            confirms = said is not None and said.not_ready is None
            if said is not None:
                command = command + ASK_WHEN_DONE if confirms else real_time_pulse(self._profile)
            if confirms and not self._gets_on(transport):
                return NotSent(NO_REPLY)
        if not is_still_wanted():
            return NotSent(TOO_LATE)
        if failure := self._send(transport, command, self._patience.status_s):
            return failure
        return self._obeyed(transport) if confirms else self._settled_drawer(transport)

    def _gets_on(self, transport: Transport) -> bool:
        """A printer that hangs says that all is well, and would open the drawer when it goes on, who knows
        when: only one that works off what it is sent is sent a pulse. Raises DeviceError."""
        transport.write(ASK_WHEN_DONE, self._patience.status_s)
        return self._answers_in_order(transport)

    def _obeyed(self, transport: Transport) -> DrawerOutcome:
        try:
            return DrawerKicked() if self._answers_in_order(transport) else Unconfirmed(NO_REPLY)
        except DeviceError as error:
            return Unconfirmed(error.code)

    def _answers_in_order(self, transport: Transport) -> bool:
        """It has come to the question that was asked last. Raises DeviceError."""
        deadline = Deadline(self._patience.status_s)
        reader = AnswerReader()
        while not deadline.is_over:
            if reader.in_order(transport.read(64, deadline.remaining_s)) is not None:
                return True
        return False

    def _settled_drawer(self, transport: Transport) -> DrawerOutcome:
        if not isinstance(transport, ConfirmingTransport):
            return DrawerKicked()
        try:
            end = transport.settle(self._patience.queue_kick_s)
        except DeviceError as error:
            return Unconfirmed(error.code)
        match end:
            case JobEnd.COMPLETED:
                return DrawerKicked()
            case JobEnd.WITHDRAWN:
                return NotSent(TOO_LATE)
            case JobEnd.UNKNOWN:
                return Unconfirmed(NO_REPLY)

    def send_raw(self, data: bytes) -> None:
        """For a device behind the printer; nobody hears what became of it. Raises DeviceError."""
        with self._connection() as transport:
            transport.write(data, self._patience.status_s)

    def status(self) -> PrinterCondition | None:
        """None: the printer is reached and does not answer. Raises DeviceError when it is not reached."""
        with self._connection() as transport:
            if isinstance(transport, ConfirmingTransport):
                return _condition_of_queue(transport.trouble())
            return self._ask(transport)

    @contextmanager
    def _connection(self) -> Iterator[Transport]:
        transport = self._open_transport()
        try:
            yield transport
        finally:
            transport.close()

    def _print(
        self,
        transport: Transport,
        job: bytes,
        before_first_byte: Callable[[], None],
        while_it_prints: Callable[[OpenDrawer], None],
    ) -> PrintOutcome:
        if isinstance(transport, ConfirmingTransport):
            return self._print_by_queue(transport, job, before_first_byte)
        said = self._ask(transport)
        if said is not None and said.not_ready is not None:
            return NotSent(said.not_ready.value)
        if said is None and self._answers and not self._trusts_silence:
            return NotSent(NO_REPLY)
        before_first_byte()
        if transport.can_read:
            job += ASK_WHEN_DONE
        if failure := self._send(transport, job, self._write_deadline_s(transport, job)):
            return failure
        if not transport.can_read or (said is None and self._trusts_silence):
            return Printed() if self._trusts_silence else Unconfirmed(NO_WAY_BACK)
        return self._wait_until_done(transport, job, while_it_prints)

    def _print_by_queue(
        self, queue: ConfirmingTransport, job: bytes, before_first_byte: Callable[[], None]
    ) -> PrintOutcome:
        if trouble := queue.trouble():
            return NotSent(trouble)
        before_first_byte()
        if failure := self._send(queue, job, self._write_deadline_s(queue, job)):
            return failure
        try:
            end = queue.settle(self._print_deadline_s(job))
        except DeviceError as error:
            return Unconfirmed(error.code)
        match end:
            case JobEnd.COMPLETED:
                # It was passed on, which the printer itself did not say.
                return Printed() if self._trusts_silence else Unconfirmed(NO_WAY_BACK)
            case JobEnd.WITHDRAWN:
                return NotSent(NO_REPLY)
            case JobEnd.UNKNOWN:
                return Unconfirmed(NO_REPLY)

    def _write_deadline_s(self, transport: Transport, job: bytes) -> float:
        return max(self._patience.shortest_write_s, 2 * len(job) / transport.bytes_per_s)

    def _print_deadline_s(self, job: bytes) -> float:
        return self._patience.shortest_print_s + job.count(b"\n") * self._patience.print_line_s

    def _wait_until_done(
        self, transport: Transport, job: bytes, while_it_prints: Callable[[OpenDrawer], None]
    ) -> PrintOutcome:
        def open_drawer() -> DrawerOutcome:
            failure = self._send(transport, real_time_pulse(self._profile), self._patience.status_s)
            return failure or DrawerKicked()

        deadline = Deadline(self._print_deadline_s(job))
        reader = AnswerReader()
        try:
            while not deadline.is_over:
                answer = reader.in_order(transport.read(64, min(_GLANCE_S, deadline.remaining_s)))
                if answer is not None:
                    return Printed(paper_near_end=bool(answer & 0x03))
                while_it_prints(open_drawer)
            said = self._ask(transport)
        except DeviceError as error:
            return Unconfirmed(error.code)
        if said is not None and said.not_ready is not None:
            return Unconfirmed(said.not_ready.value)
        return Printed() if self._trusts_silence else Unconfirmed(NO_REPLY)

    def _send(self, transport: Transport, data: bytes, deadline_s: float) -> Unconfirmed | NotSent | None:
        """None: all left. Whether anything did decides what a failure means."""
        sent_before = transport.sent_bytes
        try:
            transport.write(data, deadline_s)
        except DeviceError as error:
            return Unconfirmed(error.code) if transport.sent_bytes > sent_before else NotSent(error.code)
        return None

    def _ask(self, transport: Transport) -> PrinterCondition | None:
        """None at the first question that gets no answer. Raises DeviceError."""
        if not transport.can_read:
            return None
        answers: dict[Question, int] = {}
        reader = AnswerReader()
        transport.read(4096, 0)  # late answers to earlier questions
        for question in Question:
            transport.write(question.command, self._patience.status_s)
            answer = self._answer(transport, reader)
            if answer is None:
                break
            answers[question] = answer
        if answers:
            self._answers = True
        elif self._answers is None:
            self._answers = False
        return condition(answers) if answers else None

    def _answer(self, transport: Transport, reader: AnswerReader) -> int | None:
        deadline = Deadline(self._patience.status_s)
        while not deadline.is_over:
            answer = reader.real_time(transport.read(64, deadline.remaining_s))
            if answer is not None:
                return answer
        return None


def _condition_of_queue(trouble: str) -> PrinterCondition:
    reason = next((known for known in NotReadyReason if known == trouble), NotReadyReason.OFFLINE)
    return PrinterCondition(reason if trouble else None)
