"""One connection of a simulated ZVT terminal, with the faults of its script."""

import socket
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.simulated import zvt_bytes as say

_BURST = 20
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ZvtOutcome(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    ABORT = "abort"
    """The red key, or nobody came."""
    WAIT = "wait"
    """For a card, until the till aborts or the link breaks."""
    PARTIAL = "partial"
    REVERT = "revert"
    """Approved, and then taken back before the completion."""
    MUTE = "mute"
    """It completes and says nothing of the result, although money moved."""
    BUSY = "busy"
    LOST = "lost"
    """Approved, and the link breaks before the till hears of it."""
    SILENT = "silent"
    """It takes the payment and says nothing more."""


class LinkFault(StrEnum):
    RESET = "reset"
    HALF = "half"
    """Half of the message, then a reset."""
    GARBAGE = "garbage"
    SILENCE = "silence"
    CHATTER = "chatter"
    """States without end."""


@dataclass(frozen=True, slots=True)
class ZvtScript:
    outcome: ZvtOutcome = ZvtOutcome.APPROVE
    fault_at: int | None = None
    """The message of a connection, from 0, in whose place the fault happens; acknowledgements count."""
    fault: LinkFault = LinkFault.RESET
    goes_on_alone: bool = True
    """A payment whose link breaks before the card was read goes on; else the terminal gives it up."""
    prints_in_blocks: bool = True
    knows_tags: bool = True
    """Without it a registration with tagged fields is refused, as by old terminals."""
    cut_bytes: int = 0
    """Sent so many bytes at a time; 0: whole messages."""


class LinkLost(Exception):
    """The connection is gone, or shall be."""


class Owner(Protocol):
    """The terminal whose connection it is."""

    @property
    def script(self) -> ZvtScript: ...

    def record(self, is_from_till: bool, data: bytes) -> None: ...

    def wait_for_data(self, client: socket.socket) -> None:
        """Raises LinkLost when the terminal is closed."""
        ...


class ZvtConnection:
    """For one thread."""

    def __init__(self, terminal: Owner, client: socket.socket) -> None:
        self._terminal = terminal
        self._client = client
        self._received = bytearray()
        self._sent_messages = 0

    def receive(self) -> bytes:
        """The next whole message. Raises LinkLost when the connection has ended."""
        while (size := say.size_of(self._received)) is None or len(self._received) < size:
            self._terminal.wait_for_data(self._client)
            data = self._client.recv(4096)
            if not data:
                raise LinkLost
            self._received += data
        data = bytes(self._received[:size])
        del self._received[:size]
        self._terminal.record(True, data)
        return data

    def send(self, data: bytes) -> None:
        script = self._terminal.script
        if script.fault_at == self._sent_messages:
            self._fail(script.fault, data)
        self._sent_messages += 1
        self._terminal.record(False, data)
        size = script.cut_bytes or len(data)
        for start in range(0, len(data), size):
            self._client.sendall(data[start : start + size])

    def _fail(self, fault: LinkFault, data: bytes) -> None:
        match fault:
            case LinkFault.HALF:
                self._client.sendall(data[: len(data) // 2])
            case LinkFault.GARBAGE:
                self._client.sendall(b"\xffHTTP/1.1 400 Bad Request\r\n")
            case LinkFault.SILENCE:
                while True:
                    self._terminal.wait_for_data(self._client)
                    if not self._client.recv(4096):
                        raise LinkLost
            case LinkFault.CHATTER:
                while True:
                    self._client.sendall(say.message(0x04, 0xFF, b"\x0e") * _BURST)
                    for _ in range(_BURST):
                        self.receive()
            case LinkFault.RESET:
                pass
        if fault is not LinkFault.GARBAGE:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        raise LinkLost
