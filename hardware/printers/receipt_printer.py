"""One receipt printer with its drawer: what it says before and after a job decides what became of the job.

Ask how it is, send, ask to be told when done, wait. Each call opens its own connection and closes it: network
printers serve one client at a time. One thread at a time; a job row, retries and words are the caller's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hardware.document import ReceiptDocument
from hardware.errors import DeviceError
from hardware.printers.escpos_encoder import PrinterProfile, drawer_pulse, encode
from hardware.printers.status import ASK_WHEN_DONE, AnswerReader, PrinterCondition, Question, condition
from hardware.transports.base import Deadline, Transport

NO_REPLY = "no_reply"
"""The reason when a printer took a job and said nothing, or says nothing where it used to answer."""
NO_WAY_BACK = "no_way_back"
"""The reason when the connection cannot carry an answer."""


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
        self, document: ReceiptDocument, before_first_byte: Callable[[], None] = lambda: None
    ) -> PrintOutcome:
        """`before_first_byte` is called when the printer is ready; if it raises, nothing is sent."""
        try:
            job = encode(document, self._profile)
            with self._connection() as transport:
                return self._print(transport, job, before_first_byte)
        except DeviceError as error:
            return NotSent(error.code)

    def open_drawer(self) -> DrawerOutcome:
        """At once or not at all: a printer that is offline is sent the pulse that does not queue up."""
        try:
            pulse = drawer_pulse(self._profile)
            with self._connection() as transport:
                # A printer known to be silent is not waited for: somebody stands there with change in hand.
                said = None if self._answers is False else self._ask(transport)
                if said is not None and said.not_ready is not None:
                    pulse = _real_time_pulse(self._profile)
                return self._send(transport, pulse, self._patience.status_s) or DrawerKicked()
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

    def _print(self, transport: Transport, job: bytes, before_first_byte: Callable[[], None]) -> PrintOutcome:
        said = self._ask(transport)
        if said is not None and said.not_ready is not None:
            return NotSent(said.not_ready.value)
        if said is None and self._answers and not self._trusts_silence:
            return NotSent(NO_REPLY)
        before_first_byte()
        if transport.can_read:
            job += ASK_WHEN_DONE
        deadline_s = max(self._patience.shortest_write_s, 2 * len(job) / transport.bytes_per_s)
        if failure := self._send(transport, job, deadline_s):
            return failure
        if not transport.can_read or (said is None and self._trusts_silence):
            return Printed() if self._trusts_silence else Unconfirmed(NO_WAY_BACK)
        return self._wait_until_done(transport, job)

    def _wait_until_done(self, transport: Transport, job: bytes) -> PrintOutcome:
        lines = job.count(b"\n")
        deadline = Deadline(self._patience.shortest_print_s + lines * self._patience.print_line_s)
        reader = AnswerReader()
        try:
            while not deadline.is_over:
                answer = reader.in_order(transport.read(64, deadline.remaining_s))
                if answer is not None:
                    return Printed(paper_near_end=bool(answer & 0x03))
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


def _real_time_pulse(profile: PrinterProfile) -> bytes:
    """`DLE DC4 1 m t`: for 200 ms, carried out when it arrives, even without paper."""
    return b"\x10\x14\x01" + bytes([0 if profile.drawer_pin == 2 else 1, 2])
