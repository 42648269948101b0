"""The operations and states of IPP that a print queue needs, and the list of a server's queues."""

from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import unquote, urlsplit

from hardware.transports.base import Deadline
from hardware.transports.ipp_client import IppExchange, IppServer
from hardware.transports.ipp_message import Attribute, Group, GroupTag, IppMessage, ValueTag

CREATE_JOB = 0x0005
SEND_DOCUMENT = 0x0006
CANCEL_JOB = 0x0008
GET_JOB = 0x0009
GET_PRINTER = 0x000B
CUPS_GET_PRINTERS = 0x4002
_FIRST_FAILURE = 0x0100


class PrinterState(IntEnum):
    IDLE = 3
    PROCESSING = 4
    STOPPED = 5


class JobState(IntEnum):
    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


def is_success(answer: IppMessage) -> bool:
    return answer.code < _FIRST_FAILURE


def operation(code: int, *attributes: Attribute, user: str = "") -> IppMessage:
    """A request; the two attributes that every request begins with are put before the others."""
    group = Group(
        GroupTag.OPERATION,
        (
            Attribute(ValueTag.CHARSET, "attributes-charset", ("utf-8",)),
            Attribute(ValueTag.LANGUAGE, "attributes-natural-language", ("en",)),
            *attributes,
            *((Attribute(ValueTag.NAME, "requesting-user-name", (user,)),) if user else ()),
        ),
    )
    return IppMessage(code, (group,))


@dataclass(frozen=True, slots=True)
class PrintQueue:
    name: str
    description: str
    device: str
    """Such as `socket://192.168.1.40:9100`; empty when the server does not tell."""
    state: PrinterState


def print_queues(server: IppServer, deadline_s: float) -> list[PrintQueue]:
    """Raises DeviceError where no print server answers."""
    names = ("printer-name", "printer-info", "printer-make-and-model", "device-uri", "printer-state")
    request = operation(CUPS_GET_PRINTERS, Attribute(ValueTag.KEYWORD, "requested-attributes", names))
    answer = IppExchange(server, "/", request).run(Deadline(deadline_s))
    return [_queue(group) for group in answer.of(GroupTag.PRINTER) if group.text("printer-name")]


def _queue(group: Group) -> PrintQueue:
    state = group.number("printer-state")
    return PrintQueue(
        name=group.text("printer-name"),
        description=group.text("printer-info") or group.text("printer-make-and-model"),
        device=_without_password(group.text("device-uri")),
        state=PrinterState(state) if state in list(PrinterState) else PrinterState.STOPPED,
    )


def _without_password(uri: str) -> str:
    try:
        url = urlsplit(uri)
    except ValueError:
        return ""
    return unquote(url._replace(netloc=url.netloc.rpartition("@")[2]).geturl())
