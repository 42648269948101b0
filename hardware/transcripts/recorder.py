"""A transport that writes down what passes through it; what is done with the events is decided elsewhere."""

import threading
import time
from collections.abc import Callable

from hardware.errors import AddressInvalid, DeviceClosed, DeviceError
from hardware.transcripts.transcript import Event, EventKind
from hardware.transports.base import ConfirmingTransport, Transport


class Recorder:
    """Collects events, from any thread."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._began_s = now_s()
        self._events: list[Event] = []
        self._lock = threading.Lock()

    @property
    def events(self) -> tuple[Event, ...]:
        with self._lock:
            return tuple(self._events)

    def note(self, kind: EventKind, data: bytes = b"") -> None:
        with self._lock:
            self._events.append(Event(round(1000 * (self._now_s() - self._began_s)), kind, data))

    def recording(self, open_transport: Callable[[], Transport]) -> Callable[[], Transport]:
        """Opens as `open_transport` does, and writes down all that passes.

        A queue of the system is refused: what passes between it and the printer is not seen here.
        """

        def open_recorded() -> Transport:
            transport = open_transport()
            if isinstance(transport, ConfirmingTransport):
                transport.close()
                raise AddressInvalid("a queue of the system cannot be recorded, only the device behind it")
            self.note(EventKind.OPEN)
            return RecordingTransport(transport, self)

        return open_recorded


class RecordingTransport:
    """A Transport around another."""

    def __init__(self, transport: Transport, recorder: Recorder) -> None:
        self._transport = transport
        self._recorder = recorder

    @property
    def can_read(self) -> bool:
        return self._transport.can_read

    @property
    def bytes_per_s(self) -> float:
        return self._transport.bytes_per_s

    @property
    def sent_bytes(self) -> int:
        return self._transport.sent_bytes

    def write(self, data: bytes, deadline_s: float) -> None:
        sent_before = self._transport.sent_bytes
        try:
            self._transport.write(data, deadline_s)
        except DeviceError as error:
            if sent := data[: self._transport.sent_bytes - sent_before]:
                self._recorder.note(EventKind.TO_DEVICE, sent)
            self._note_loss(error)
            raise
        if data:
            self._recorder.note(EventKind.TO_DEVICE, data)

    def read(self, count: int, deadline_s: float) -> bytes:
        try:
            data = self._transport.read(count, deadline_s)
        except DeviceError as error:
            self._note_loss(error)
            raise
        if data:
            self._recorder.note(EventKind.FROM_DEVICE, data)
        return data

    def close(self) -> None:
        self._recorder.note(EventKind.CLOSE)
        self._transport.close()

    def _note_loss(self, error: DeviceError) -> None:
        if isinstance(error, DeviceClosed):
            self._recorder.note(EventKind.LOST)
