"""A raw print queue of CUPS: the system's spooler stands between the till and the printer.

A job is made first and filled then: so it has a number before its first byte leaves, by which it can be asked
for and taken back. A job that the spooler keeps is taken back in the end: it must not print an hour later.
"""

import contextlib
import getpass
import time
from urllib.parse import quote

from hardware.errors import (
    DeviceError,
    DeviceNotPermitted,
    DeviceUnavailable,
    NotReadyReason,
    QueueNotRaw,
    QueueStopped,
)
from hardware.transports.base import NETWORK_BYTES_PER_S, Deadline, JobEnd
from hardware.transports.ipp_client import IPP_PORT, IppExchange, IppServer
from hardware.transports.ipp_message import Attribute, Group, GroupTag, IppMessage, ValueTag
from hardware.transports.ipp_queues import (
    CANCEL_JOB,
    CREATE_JOB,
    GET_JOB,
    GET_PRINTER,
    SEND_DOCUMENT,
    JobState,
    PrinterState,
    is_success,
    operation,
)
from hardware.transports.tcp import CONNECT_S

RAW = "application/vnd.cups-raw"
STATUS_S = 1.0
_SHARE_FOR_TAKING_BACK = 0.25
"""Of a deadline, so that the whole ends in time."""
_LEAST_FOR_TAKING_BACK_S = 0.5
_POLL_S = 0.05
_REASONS = (
    ("media-empty", NotReadyReason.PAPER_OUT),
    ("media-needed", NotReadyReason.PAPER_OUT),
    ("cover-open", NotReadyReason.COVER_OPEN),
    ("door-open", NotReadyReason.COVER_OPEN),
    ("media-jam", NotReadyReason.PRINTER_ERROR),
    ("offline", NotReadyReason.OFFLINE),
    ("connecting-to-device", NotReadyReason.OFFLINE),
    ("timed-out", NotReadyReason.OFFLINE),
)
_JOB_ATTRIBUTES = ("job-state", "job-state-reasons", "time-at-processing")


class CupsQueueTransport:
    """Each write is one job. Nothing comes back from the printer; `settle` says what the spooler knows."""

    can_read = False
    bytes_per_s: float = NETWORK_BYTES_PER_S

    def __init__(
        self,
        queue: str,
        host: str = "",
        port: int = IPP_PORT,
        *,
        connect_s: float = CONNECT_S,
        poll_s: float = _POLL_S,
    ) -> None:
        """Asks the queue how it is, which `trouble` tells. Raises DeviceError when there is none."""
        self.sent_bytes = 0
        self._queue = queue
        self._server = IppServer(host, port)
        self._path = f"/printers/{quote(queue, '')}"
        self._poll_s = poll_s
        self._job_id: int | None = None
        self._trouble = self._ask_queue(Deadline(connect_s + STATUS_S))

    def write(self, data: bytes, deadline_s: float) -> None:
        """Returns when the spooler has the job. A job that it took in part is taken back."""
        if not data:
            return
        if self._trouble:
            raise QueueStopped(f"the queue {self._queue} passes no jobs on: {self._trouble}")
        whole = Deadline(deadline_s)
        sending = Deadline(deadline_s * (1 - _SHARE_FOR_TAKING_BACK))
        job_id = self._create_job(sending)
        self._job_id = job_id
        request = self._request(
            SEND_DOCUMENT,
            Attribute(ValueTag.INTEGER, "job-id", (job_id,)),
            Attribute(ValueTag.MIME_TYPE, "document-format", (RAW,)),
            Attribute(ValueTag.BOOLEAN, "last-document", (1,)),
        )
        exchange = IppExchange(self._server, self._path, request, data)
        try:
            self._check(exchange.run(sending))
        except DeviceError:
            if not self._is_withdrawn(job_id, whole):
                self.sent_bytes += exchange.document_bytes_sent
            raise
        self.sent_bytes += len(data)

    def read(self, count: int, deadline_s: float) -> bytes:
        return b""

    def trouble(self) -> str:
        """Asks again; a code of QueueStopped or a NotReadyReason, empty when jobs are passed on."""
        self._trouble = self._ask_queue(Deadline(STATUS_S))
        return self._trouble

    def settle(self, deadline_s: float) -> JobEnd:
        """Of the last write. Raises DeviceError when the server does not even say how the job is."""
        if self._job_id is None:
            return JobEnd.WITHDRAWN
        whole = Deadline(deadline_s)
        waiting = Deadline(deadline_s * (1 - _SHARE_FOR_TAKING_BACK))
        while not waiting.is_over:
            # A server that does not answer now may do so in a moment; the job is there all the same.
            with contextlib.suppress(DeviceError):
                job = self._job(self._job_id, waiting)
                if job is None:
                    return JobEnd.UNKNOWN
                if (end := _end(job)) is not None:
                    return end
                if "printer-stopped" in job.texts("job-state-reasons"):
                    break
            time.sleep(min(self._poll_s, waiting.remaining_s))
        return self._take_back(self._job_id, whole)

    def close(self) -> None:
        """Each request has a connection of its own, so nothing is open."""

    def _ask_queue(self, deadline: Deadline) -> str:
        names = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
        request = self._request(
            GET_PRINTER,
            Attribute(ValueTag.KEYWORD, "requested-attributes", names),
        )
        answer = IppExchange(self._server, self._path, request).run(deadline)
        self._check(answer)
        printer = answer.first(GroupTag.PRINTER)
        if printer.number("printer-is-accepting-jobs") == 0:
            return QueueStopped.code
        if printer.number("printer-state") == PrinterState.STOPPED:
            return _not_ready(printer.texts("printer-state-reasons")) or QueueStopped.code
        # Reasons of a queue that runs are those of its last job: only the next job would clear them.
        return ""

    def _create_job(self, deadline: Deadline) -> int:
        request = self._request(CREATE_JOB, Attribute(ValueTag.NAME, "job-name", ("receipt",)))
        answer = IppExchange(self._server, self._path, request).run(deadline)
        self._check(answer)
        job_id = answer.first(GroupTag.JOB).number("job-id")
        if job_id is None:
            raise DeviceUnavailable("the print server gave the job no number")
        return job_id

    def _job(self, job_id: int, deadline: Deadline) -> Group | None:
        """None: the server has forgotten it. Raises DeviceError."""
        request = self._request(
            GET_JOB,
            Attribute(ValueTag.INTEGER, "job-id", (job_id,)),
            Attribute(ValueTag.KEYWORD, "requested-attributes", _JOB_ATTRIBUTES),
        )
        answer = IppExchange(self._server, self._path, request).run(deadline)
        return answer.first(GroupTag.JOB) if is_success(answer) else None

    def _take_back(self, job_id: int, deadline: Deadline) -> JobEnd:
        """At the deadline, or half a second later: a job that stays would print. Raises DeviceError."""
        deadline = Deadline(max(deadline.remaining_s, _LEAST_FOR_TAKING_BACK_S))
        request = self._request(CANCEL_JOB, Attribute(ValueTag.INTEGER, "job-id", (job_id,)))
        # A refusal means that the job is over; its state says how.
        IppExchange(self._server, self._path, request).run(deadline)
        job = self._job(job_id, deadline)
        return (_end(job) if job is not None else None) or JobEnd.UNKNOWN

    def _is_withdrawn(self, job_id: int, deadline: Deadline) -> bool:
        """Whether the job surely leaves no trace on paper."""
        try:
            return self._take_back(job_id, deadline) is JobEnd.WITHDRAWN
        except DeviceError:
            return False

    def _request(self, code: int, *attributes: Attribute) -> IppMessage:
        host = f"[{self._server.name}]" if ":" in self._server.name else self._server.name
        uri = f"ipp://{host}:{self._server.port}{self._path}"
        return operation(
            code,
            Attribute(ValueTag.URI, "printer-uri", (uri,)),
            *_in_order(attributes),
            user=_user(),
        )

    def _check(self, answer: IppMessage) -> None:
        """Raises DeviceError when the server refused."""
        if is_success(answer):
            return
        words = answer.first(GroupTag.OPERATION).text("status-message") or f"status {answer.code:#06x}"
        match answer.code:
            case 0x0401 | 0x0402 | 0x0403:
                raise DeviceNotPermitted(f"the print server does not let this user print: {words}")
            case 0x0406:
                raise DeviceUnavailable(f"there is no queue {self._queue}")
            case 0x040A:
                raise QueueNotRaw(f"the queue {self._queue} takes no raw jobs: {words}")
            case 0x0506:
                raise QueueStopped(f"the queue {self._queue} takes no jobs")
            case _:
                raise DeviceUnavailable(f"the queue {self._queue}: {words}")


def _in_order(attributes: tuple[Attribute, ...]) -> list[Attribute]:
    """`job-id` must follow `printer-uri`; the user's name comes after both."""
    return sorted(attributes, key=lambda attribute: attribute.name != "job-id")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "till"


def _end(job: Group) -> JobEnd | None:
    """None: it is not over yet."""
    match job.number("job-state"):
        case JobState.COMPLETED:
            return JobEnd.COMPLETED
        case JobState.CANCELED | JobState.ABORTED:
            return JobEnd.UNKNOWN if job.number("time-at-processing") else JobEnd.WITHDRAWN
        case _:
            return None


def _not_ready(reasons: tuple[str, ...]) -> str:
    for beginning, reason in _REASONS:
        if any(text.startswith(beginning) for text in reasons):
            return reason.value
    return ""
