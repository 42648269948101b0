"""What every kind of scanner does the same, over its simulated peer: in order, none lost, and back again."""

import queue
import socket
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePath

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals", allow_module_level=True)

from hardware.errors import DeviceError, DeviceUnavailable
from hardware.scanners.evdev import InputDeviceFrames
from hardware.scanners.frame import ScanFrame
from hardware.scanners.hid_pos import HidPosFrames
from hardware.scanners.scanner import FrameScanner, FrameSource
from hardware.scanners.serial_scanner import SerialFrames
from hardware.simulated.pty_pair import PtyPair
from hardware.simulated.scanners import SimulatedHidScanner, hid_reports, key_events
from hardware.transports.serial_port import SerialTransport
from hardware.transports.tcp import TcpTransport
from tests.conftest import ExpectedLogs

WAIT_S = 5.0
GS1 = "0105000128104517" + "10aB-7\x1d" + "17261231"


class Peer(ABC):
    """A scanner in somebody's hand."""

    @abstractmethod
    def open(self) -> FrameSource: ...

    @abstractmethod
    def scan(self, text: str) -> None: ...

    @abstractmethod
    def begin_scan(self) -> None:
        """The beginning of a code, and no more."""

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    def close(self) -> None:
        self.unplug()


class PtyPeer(Peer):
    def __init__(self) -> None:
        self.cable: PtyPair | None = None
        self.plug_in()

    def plug_in(self) -> None:
        self.cable = PtyPair()

    def unplug(self) -> None:
        if self.cable is not None:
            self.cable.unplug()
        self.cable = None

    @property
    def port(self) -> str:
        if self.cable is None:
            raise DeviceUnavailable("unplugged")
        return self.cable.port

    def send(self, data: bytes) -> None:
        assert self.cable is not None
        self.cable.send(data)


class SerialPeer(PtyPeer):
    def open(self) -> FrameSource:
        return SerialFrames(SerialTransport(self.port))

    def scan(self, text: str) -> None:
        self.send(b"\x02" + text.encode() + b"\x03\r\n")

    def begin_scan(self) -> None:
        self.send(b"\x0250001")


class InputDevicePeer(PtyPeer):
    def open(self) -> FrameSource:
        return InputDeviceFrames(PurePath(self.port), lambda file, is_grabbed: None)

    def scan(self, text: str) -> None:
        self.send(key_events(text + "\r"))

    def begin_scan(self) -> None:
        self.send(key_events("50001"))


class SerialServerPeer(Peer):
    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(WAIT_S)
        self._connection: socket.socket | None = None

    def open(self) -> FrameSource:
        return SerialFrames(TcpTransport("127.0.0.1", self._server.getsockname()[1]))

    @property
    def connection(self) -> socket.socket:
        if self._connection is None:
            self._connection, _ = self._server.accept()
        return self._connection

    def scan(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r")

    def begin_scan(self) -> None:
        self.connection.sendall(b"50001")

    def unplug(self) -> None:
        self.connection.close()
        self._connection = None

    def plug_in(self) -> None:
        """It is reached again by itself."""

    def close(self) -> None:
        self.unplug()
        self._server.close()


class HidPeer(Peer):
    def __init__(self) -> None:
        self._device: SimulatedHidScanner | None = SimulatedHidScanner()

    def open(self) -> FrameSource:
        if self._device is None:
            raise DeviceUnavailable("unplugged")
        return HidPosFrames(self._device)

    def scan(self, text: str) -> None:
        assert self._device is not None
        self._device.scan(text.encode(), b"\0\0\0")

    def begin_scan(self) -> None:
        assert self._device is not None
        self._device.send_report(next(hid_reports(b"7" * 60)))

    def unplug(self) -> None:
        if self._device is not None:
            self._device.unplug()
        self._device = None

    def plug_in(self) -> None:
        self._device = SimulatedHidScanner()


KINDS: tuple[Callable[[], Peer], ...] = (SerialPeer, SerialServerPeer, HidPeer, InputDevicePeer)


class Scanner:
    """A running scanner and what it called back."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._frames: queue.Queue[ScanFrame] = queue.Queue()
        self._connected: queue.Queue[bool] = queue.Queue()
        self.errors: queue.Queue[DeviceError] = queue.Queue()
        self.driver = FrameScanner(
            peer.open,
            self._frames.put,
            self._connected.put,
            self.errors.put,
            name="scanner:7",
            first_retry_s=0.01,
        )

    def frame(self) -> ScanFrame:
        return self._frames.get(timeout=WAIT_S)

    def is_connected(self) -> bool:
        return self._connected.get(timeout=WAIT_S)

    @property
    def is_quiet(self) -> bool:
        return self._frames.empty()


@contextmanager
def running(kind: Callable[[], Peer]) -> Iterator[Scanner]:
    peer = kind()
    scanner = Scanner(peer)
    scanner.driver.start()
    try:
        assert scanner.is_connected()
        yield scanner
    finally:
        scanner.driver.stop()
        peer.close()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def scanner(request: pytest.FixtureRequest) -> Iterator[Scanner]:
    with running(request.param) as scanner:
        yield scanner


def test_twenty_scans_in_a_burst_arrive_whole_and_in_order(scanner: Scanner) -> None:
    codes = [f"50001281{number:05}" for number in range(20)]
    for code in codes:
        scanner.peer.scan(code)
    assert [scanner.frame().text for _ in codes] == codes


def test_a_gs1_code_keeps_its_separators_and_its_letters(scanner: Scanner) -> None:
    scanner.peer.scan(GS1)
    assert scanner.frame().text == GS1


def test_the_same_code_twice_is_two_frames_and_each_names_its_source(scanner: Scanner) -> None:
    scanner.peer.scan("50184323")
    scanner.peer.scan("50184323")
    frames = [scanner.frame(), scanner.frame()]
    assert [(frame.text, frame.source) for frame in frames] == [("50184323", "scanner:7")] * 2
    assert frames[0].received_at_monotonic <= frames[1].received_at_monotonic <= time.monotonic()


def test_it_comes_back_after_unplugging_and_tells_both(scanner: Scanner) -> None:
    scanner.peer.scan("one")
    assert scanner.frame().text == "one"
    scanner.peer.unplug()
    assert not scanner.is_connected()
    assert scanner.errors.get(timeout=WAIT_S).code in ("closed", "unavailable")
    scanner.peer.plug_in()
    assert scanner.is_connected()
    scanner.peer.scan("two")
    assert scanner.frame().text == "two"


def test_nothing_is_called_back_after_the_stop_and_no_thread_is_left(scanner: Scanner) -> None:
    began = time.monotonic()
    scanner.driver.stop()
    assert time.monotonic() - began < 1.0
    scanner.peer.scan("late")
    assert scanner.is_quiet
    assert not [thread for thread in threading.enumerate() if thread.name == "scanner:7"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_half_a_code_before_the_plug_was_pulled_is_no_scan(kind: Callable[[], Peer]) -> None:
    """Read by hand, so that nothing falls silent between the two."""
    peer = kind()
    try:
        source = peer.open()
        peer.begin_scan()
        assert _first(source, peer) == []
        source.close()
        peer.plug_in()
        again = peer.open()
        peer.scan("50184323")
        assert [frame.text for frame in _first(again)] == ["50184323"]
        again.close()
    finally:
        peer.close()


def _first(source: FrameSource, pulled: Peer | None = None) -> list[ScanFrame]:
    """Frames until some came or, with `pulled`, until the device is gone after one portion was read."""
    frames: list[ScanFrame] = []
    end = time.monotonic() + WAIT_S
    read = partial(source.frames)
    try:
        if pulled is not None:
            frames += read()
            pulled.unplug()
        while not frames and time.monotonic() < end:
            frames += read()
    except DeviceError:
        assert pulled is not None
    return frames


# ------------------------------------------------------------------------------------ faults of a driver


class Pausing(FrameScanner):
    """Notes how long it would wait before each try, and stops itself after so many."""

    def __init__(self, open_source: Callable[[], FrameSource], tries: int) -> None:
        self.frames: list[str] = []
        super().__init__(open_source, lambda frame: self.frames.append(frame.text))
        self.pauses: list[float] = []
        self._tries = tries

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == self._tries:
            self._stopping.set()

    def run(self) -> None:
        self.start()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()


class Source:
    """Gives what it was given, in turn; an exception is raised."""

    def __init__(self, *given: list[ScanFrame] | Exception) -> None:
        self._given = list(given)
        self.is_closed = False

    def frames(self) -> list[ScanFrame]:
        given = self._given.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    def close(self) -> None:
        self.is_closed = True


def test_pauses_grow_to_five_seconds_while_the_device_cannot_be_opened() -> None:
    def open_source() -> FrameSource:
        raise DeviceUnavailable("unplugged")

    scanner = Pausing(open_source, tries=7)
    scanner.run()
    assert scanner.pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_pauses_grow_too_while_it_opens_and_fails_at_once_and_begin_anew_after_it_worked() -> None:
    lost = DeviceUnavailable("lost")
    sources = [Source(lost), Source(lost), Source([ScanFrame("one", b"one", 0.0)], lost), Source(lost)]
    scanner = Pausing(lambda: next(opening), tries=4)
    opening = iter(sources)
    scanner.run()
    assert (scanner.pauses, scanner.frames) == ([0.25, 0.5, 0.25, 0.5], ["one"])
    assert all(source.is_closed for source in sources)


def test_a_fault_of_the_driver_is_in_the_log_and_the_scanning_goes_on(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the scanner's driver failed")
    expected_logs.expect("the scanner's driver failed while it opened")
    sources: list[Source | Exception] = [
        RuntimeError("a bug"),
        Source(RuntimeError("a bug")),
        Source([ScanFrame("one", b"one", 0.0)], DeviceUnavailable("lost")),
    ]

    def open_source() -> FrameSource:
        source = sources.pop(0)
        if isinstance(source, Exception):
            raise source
        return source

    scanner = Pausing(open_source, tries=3)
    scanner.run()
    assert scanner.frames == ["one"]
