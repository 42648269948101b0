"""One connection to a ZVT terminal: a command, what the terminal tells meanwhile, and how it ended."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hardware.errors import DeviceTimeout, TransientDeviceError
from hardware.terminals.terminal import Progress
from hardware.terminals.zvt_apdu import Apdu, ApduReader, Bmp, Control, ZvtMalformed, read_fields
from hardware.terminals.zvt_messages import Printouts, ZvtStatus, read_state, read_status
from hardware.transports.base import Deadline, Transport

_ACKNOWLEDGEMENT = Apdu(Control.ACKNOWLEDGED).encoded()
_FUNCTION_NOT_POSSIBLE = Apdu(0x8483).encoded()
_LOOK_S = 0.05
"""How often a waiting command looks whether it is to be aborted."""
_ANSWERED = frozenset(
    {
        Control.STATUS_INFORMATION,
        Control.INTERMEDIATE_STATUS,
        Control.COMPLETION,
        Control.ABORTED,
        Control.PRINT_LINE,
        Control.PRINT_TEXT_BLOCK,
    }
)


class ZvtGarbled(TransientDeviceError):
    """What came is no ZVT."""

    code = "garbled"


@dataclass(frozen=True, slots=True)
class ZvtTimes:
    """How long is waited for what, in seconds."""

    connect_s: float = 3.0
    acknowledge_s: float = 5.0
    """T3 of the specification."""
    short_s: float = 15.0
    """For a command that needs no cardholder."""
    cardholder_s: float = 180.0
    """For card, PIN and bank: T4 of the specification."""


class Ending(StrEnum):
    COMPLETED = "completed"
    ABORTED = "aborted"
    """By the terminal, with a code."""
    REFUSED = "refused"
    """The terminal did not begin, with a code."""


@dataclass(slots=True)
class Reply:
    ending: Ending = Ending.COMPLETED
    code: int = 0
    status: ZvtStatus | None = None
    """The last one: a terminal may tell of its receipts one by one."""
    status_byte: int = 0
    """Of the completion: 1 initialisation needed, 2 diagnosis needed."""
    printouts: Printouts = field(default_factory=Printouts)


class ZvtLink:
    """For one thread. After an error it is only good for closing."""

    def __init__(self, connect: Callable[[float], Transport], times: ZvtTimes) -> None:
        """Connects. Raises DeviceError."""
        self._times = times
        self._reader = ApduReader()
        self._pending: list[Apdu] = []
        self._transport = connect(times.connect_s)

    @property
    def sent_bytes(self) -> int:
        """As of its transport: what has left, or may have."""
        return self._transport.sent_bytes

    def close(self) -> None:
        self._transport.close()

    def run(
        self, command: Apdu, limit_s: float, progress: Progress, abort: threading.Event | None = None
    ) -> Reply:
        """Returns when the terminal has ended the command. `abort`: set by another thread to ask for its end.

        Raises DeviceTimeout, DeviceClosed or ZvtGarbled: how it ended is not known then.
        """
        limit, beginning = Deadline(limit_s), Deadline(min(limit_s, self._times.acknowledge_s))
        self._write(command.encoded())
        reply = Reply()
        has_begun = is_abort_sent = False
        while True:
            deadline = limit if has_begun else beginning
            apdu = self._next(deadline, _LOOK_S)
            if apdu is not None and apdu.refusal is not None:
                if not has_begun:
                    return Reply(Ending.REFUSED, apdu.refusal)
                # The request to abort was refused, and the command goes on.
            elif apdu is not None:
                has_begun = True
                if self._take(apdu, reply, progress):
                    return reply
            if deadline.is_over:
                raise DeviceTimeout(f"{command.control:04x} has not ended in time")
            if has_begun and not is_abort_sent and abort is not None and abort.is_set():
                self._write(Apdu(Control.ABORT).encoded())
                is_abort_sent = True

    def _take(self, apdu: Apdu, reply: Reply, progress: Progress) -> bool:
        """Whether the command has ended."""
        if apdu.control == Control.ACKNOWLEDGED:
            return False
        try:
            match apdu.control:
                case Control.STATUS_INFORMATION:
                    reply.status = read_status(apdu.data) or reply.status
                case Control.INTERMEDIATE_STATUS:
                    if words := read_state(apdu.data):
                        progress(words)
                case Control.PRINT_LINE:
                    reply.printouts.add_line(apdu.data)
                case Control.PRINT_TEXT_BLOCK:
                    reply.printouts.add_block(apdu.data)
                case Control.COMPLETION:
                    reply.status_byte = _status_byte(apdu.data)
                case Control.ABORTED:
                    reply.ending = Ending.ABORTED
                    reply.code = apdu.data[0] if apdu.data else 0xFF
        except ZvtMalformed as error:
            raise ZvtGarbled(str(error)) from error
        has_ended = apdu.control in (Control.COMPLETION, Control.ABORTED)
        self._answer(apdu, has_ended)
        return has_ended

    def _answer(self, apdu: Apdu, has_ended: bool) -> None:
        try:
            self._write(_ACKNOWLEDGEMENT if apdu.control in _ANSWERED else _FUNCTION_NOT_POSSIBLE)
        except TransientDeviceError:
            if not has_ended:
                raise
            # The terminal has told the end of it: that stands, whether it hears of our thanks or not.

    def _next(self, deadline: Deadline, at_most_s: float) -> Apdu | None:
        """The next message; None when none is complete yet."""
        if not self._pending:
            data = self._transport.read(4096, min(deadline.remaining_s, at_most_s))
            try:
                self._pending = self._reader.feed(data)
            except ZvtMalformed as error:
                raise ZvtGarbled(str(error)) from error
        return self._pending.pop(0) if self._pending else None

    def _write(self, data: bytes) -> None:
        self._transport.write(data, self._times.acknowledge_s)


def _status_byte(data: bytes) -> int:
    """Of a completion: a status enquiry's may begin with it, a registration's names it in a field."""
    try:
        return read_fields(data).get(Bmp.STATUS_BYTE, b"\0")[0]
    except ZvtMalformed:
        return 0
