"""The laws of a transport, held to every transport on a simulated peer that stalls, goes away or listens."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.errors import DeviceClosed, DeviceError, DeviceTimeout, DeviceUnavailable
from hardware.simulated.ipp_printer import QueueMode, SimulatedIppPrinter
from hardware.simulated.pty_pair import PtyPair
from hardware.simulated.spooler import SimulatedSpooler
from hardware.simulated.usb_backend import SimulatedUsbBackend, SimulatedUsbPrinter, UsbFault
from hardware.transports.base import Transport
from hardware.transports.cups_queue import CupsQueueTransport
from hardware.transports.device_file import DeviceFileTransport
from hardware.transports.serial_port import SerialTransport
from hardware.transports.tcp import TcpTransport
from hardware.transports.usb import UsbTransport
from hardware.transports.windows_spooler import WindowsSpoolerTransport

MORE_THAN_BUFFERS_HOLD = b"x" * 16_000_000
SHORT_S = 0.1
FAR_BELOW_A_HANG_S = 5.0


@dataclass
class Peer:
    """The far end of a way."""

    open: Callable[[], Transport]
    receive: Callable[[], bytes]
    """What has come and is not received yet; returns when no more comes."""
    stall: Callable[[], None]
    """From now on it takes no more than its buffers hold."""
    go_away: Callable[[], None]
    """Unplugged, or switched off."""
    says_when_gone: type[DeviceError] = DeviceClosed
    can_take_back: bool = False
    """What it holds may be taken back: then nothing has left."""


def nothing() -> None:
    """The peer stalls when nobody receives."""


@contextmanager
def tcp_peer() -> Iterator[Peer]:
    with contextlib.ExitStack() as connections, socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        accepted: list[socket.socket] = []

        def open_way() -> Transport:
            transport = TcpTransport("127.0.0.1", listener.getsockname()[1])
            accepted.append(connections.enter_context(listener.accept()[0]))
            return transport

        def receive() -> bytes:
            data = b""
            accepted[-1].settimeout(SHORT_S)
            with contextlib.suppress(TimeoutError):
                while block := accepted[-1].recv(1_000_000):
                    data += block
            return data

        def go_away() -> None:
            accepted[-1].close()

        yield Peer(open_way, receive, nothing, go_away)


@contextmanager
def pty_peer(open_port: Callable[[str], Transport]) -> Iterator[Peer]:
    with PtyPair() as cable:

        def receive() -> bytes:
            data = b""
            while block := cable.receive(SHORT_S):
                data += block
            return data

        yield Peer(lambda: open_port(cable.port), receive, nothing, cable.unplug)


@contextmanager
def usb_peer(has_in_endpoint: bool) -> Iterator[Peer]:
    printer = SimulatedUsbPrinter(has_in_endpoint=has_in_endpoint)
    backend = SimulatedUsbBackend(printer)

    def stall() -> None:
        printer.fault, printer.faulty_after_bytes = UsbFault.STALL, len(printer.received) + 5000

    def receive() -> bytes:
        data = bytes(printer.received)
        printer.received.clear()
        return data

    yield Peer(lambda: UsbTransport(0x04B8, 0x0E15, backend=backend), receive, stall, printer.unplug)
    assert backend.open_handles == 0


@contextmanager
def cups_peer() -> Iterator[Peer]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(SimulatedIppPrinter())
        received = 0

        def receive() -> bytes:
            nonlocal received
            new = b"".join(server.documents[received:])
            received = len(server.documents)
            return new

        def stall() -> None:
            server.mode = QueueMode.STALLS_IN_DOCUMENT

        yield Peer(
            lambda: CupsQueueTransport(server.queue, server.host, server.port, connect_s=1.0, poll_s=0.01),
            receive,
            stall,
            stack.close,
            says_when_gone=DeviceUnavailable,
            can_take_back=True,
        )


@contextmanager
def windows_peer() -> Iterator[Peer]:
    spooler = SimulatedSpooler(takes_bytes=100_000_000)

    def receive() -> bytes:
        data = bytes(spooler.received)
        spooler.received.clear()
        return data

    def stall() -> None:
        spooler.takes_bytes = len(spooler.received) + 5000

    def go_away() -> None:
        spooler.is_removed = True

    yield Peer(lambda: WindowsSpoolerTransport("EPSON", winspool=spooler), receive, stall, go_away)
    assert spooler.calls.count("close") == spooler.calls.count("open")


PEERS: dict[str, Callable[[], AbstractContextManager[Peer]]] = {
    "tcp": tcp_peer,
    "serial": lambda: pty_peer(SerialTransport),
    "device file": lambda: pty_peer(lambda port: DeviceFileTransport(Path(port))),
    "usb": lambda: usb_peer(has_in_endpoint=True),
    "usb one way": lambda: usb_peer(has_in_endpoint=False),
    "cups": cups_peer,
    "windows": windows_peer,
}


@pytest.fixture(params=PEERS)
def make_peer(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[Peer]]:
    return PEERS[request.param]


@pytest.fixture
def peer(make_peer: Callable[[], AbstractContextManager[Peer]]) -> Iterator[Peer]:
    with make_peer() as made:
        yield made


def test_what_is_written_arrives_in_order_and_is_counted(peer: Peer) -> None:
    with closing(peer.open()) as transport:
        assert transport.sent_bytes == 0
        transport.write(b"\x1b@one\n\x00\xff", 2.0)
        transport.write(b"", 2.0)
        transport.write(b"\x11\x13two\r\n", 2.0)
        assert transport.sent_bytes == 15
        assert peer.receive() == b"\x1b@one\n\x00\xff\x11\x13two\r\n"


def test_a_transport_says_what_it_can(peer: Peer) -> None:
    with closing(peer.open()) as transport:
        assert transport.can_read in (True, False)
        assert transport.bytes_per_s > 0


def test_reading_is_empty_when_nothing_came_in_time(peer: Peer) -> None:
    with closing(peer.open()) as transport:
        began = time.monotonic()
        assert transport.read(64, 0.02) == b""
        assert transport.read(64, 0) == b""
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S


def test_a_peer_that_stalls_ends_the_write_at_its_deadline_and_has_what_counts_as_sent(peer: Peer) -> None:
    with closing(peer.open()) as transport:
        peer.stall()
        began = time.monotonic()
        with pytest.raises(DeviceTimeout):
            transport.write(MORE_THAN_BUFFERS_HOLD, SHORT_S)
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S
        sent = transport.sent_bytes
        if peer.can_take_back:
            assert sent == 0
        else:
            assert 0 < sent < len(MORE_THAN_BUFFERS_HOLD)
        assert len(peer.receive()) == sent


def test_a_peer_that_went_away_is_told_and_nothing_counts_as_sent_for_sure(peer: Peer) -> None:
    with closing(peer.open()) as transport:
        peer.go_away()
        with pytest.raises(peer.says_when_gone):
            transport.write(MORE_THAN_BUFFERS_HOLD, 2.0)
        assert transport.sent_bytes < len(MORE_THAN_BUFFERS_HOLD)
        if transport.can_read:
            with pytest.raises(peer.says_when_gone):
                transport.read(64, 1.0)


def test_a_peer_that_goes_away_after_part_of_a_job_is_told_and_the_part_stays_counted(peer: Peer) -> None:
    with closing(peer.open()) as transport:
        transport.write(b"part", 2.0)
        assert peer.receive() == b"part"
        peer.go_away()
        with pytest.raises(peer.says_when_gone):
            transport.write(MORE_THAN_BUFFERS_HOLD, 2.0)
        assert transport.sent_bytes >= 4


def test_it_may_be_closed_twice(peer: Peer) -> None:
    transport = peer.open()
    transport.close()
    transport.close()


def test_it_may_be_closed_after_any_failure(peer: Peer) -> None:
    transport = peer.open()
    peer.go_away()
    with contextlib.suppress(DeviceError):
        transport.write(b"x", SHORT_S)
    transport.close()
    transport.close()


def test_it_can_be_opened_again_after_it_was_closed(peer: Peer) -> None:
    for _ in range(3):
        with closing(peer.open()) as transport:
            transport.write(b"again", 2.0)
            assert transport.sent_bytes == 5
            assert peer.receive() == b"again"


def test_no_file_and_no_thread_is_left_open(make_peer: Callable[[], AbstractContextManager[Peer]]) -> None:
    """Threads are watched in every test of this folder."""
    before = sorted(os.listdir("/dev/fd"))
    for fails in (False, True):
        with make_peer() as peer, closing(peer.open()) as transport:
            transport.write(b"x", 2.0)
            if fails:
                peer.stall()
                with pytest.raises(DeviceTimeout):
                    transport.write(MORE_THAN_BUFFERS_HOLD, SHORT_S)
    assert sorted(os.listdir("/dev/fd")) == before
