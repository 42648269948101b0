"""Transports over real sockets, pseudo terminals, pipes and files: deadlines hold and bytes are counted."""

import os
import socket
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware.errors import (
    DeviceClosed,
    DeviceNotPermitted,
    DeviceRefused,
    DeviceTimeout,
    DeviceUnavailable,
    PermanentDeviceError,
    TransientDeviceError,
)
from hardware.simulated.pty_pair import PtyPair
from hardware.transports.device_file import DeviceFileTransport
from hardware.transports.serial_port import SerialSettings, SerialTransport
from hardware.transports.tcp import TcpTransport

MORE_THAN_BUFFERS_HOLD = b"x" * 16_000_000
FAR_BELOW_A_HANG_S = 5.0


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def connect(listener: socket.socket) -> TcpTransport:
    host, port = listener.getsockname()
    return TcpTransport(host, port)


def read_all(peer: socket.socket) -> None:
    while peer.recv(65536):
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------------------------------------ TCP


def test_tcp_carries_bytes_both_ways_and_counts_them(listener: socket.socket) -> None:
    with closing(connect(listener)) as transport:
        peer, _ = listener.accept()
        with peer:
            transport.write(b"receipt", 1.0)
            assert peer.recv(64) == b"receipt"
            peer.sendall(b"\x12")
            assert transport.read(64, 1.0) == b"\x12"
            assert transport.sent_bytes == 7


def test_tcp_reads_nothing_when_nothing_comes_in_time(listener: socket.socket) -> None:
    with closing(connect(listener)) as transport:
        assert transport.read(64, 0.01) == b""
        assert transport.read(64, 0) == b""


def test_tcp_refused_is_told_from_unknown_and_nothing_left() -> None:
    with pytest.raises(DeviceRefused):
        TcpTransport("127.0.0.1", free_port())
    with pytest.raises(DeviceUnavailable, match="name"):
        TcpTransport("no-such-printer.invalid", 9100)


def test_tcp_connecting_ends_at_its_deadline() -> None:
    """A listener whose queue is full drops the handshake, as a machine does that is switched off."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        began = time.monotonic()
        try:
            with pytest.raises(DeviceTimeout):
                TcpTransport(address[0], address[1], connect_s=0.1)
        finally:
            for filler in fillers:
                filler.close()
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S


def test_tcp_writing_to_a_peer_that_never_reads_ends_at_its_deadline(listener: socket.socket) -> None:
    with closing(connect(listener)) as transport:
        began = time.monotonic()
        with pytest.raises(DeviceTimeout):
            transport.write(MORE_THAN_BUFFERS_HOLD, 0.1)
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S
        assert 0 < transport.sent_bytes < len(MORE_THAN_BUFFERS_HOLD)


def test_half_a_job_is_not_left_to_print_later(listener: socket.socket) -> None:
    transport = connect(listener)
    peer, _ = listener.accept()
    with peer:
        with closing(transport), pytest.raises(DeviceTimeout):
            transport.write(MORE_THAN_BUFFERS_HOLD, 0.05)
        with pytest.raises(ConnectionResetError):
            read_all(peer)


def test_a_whole_job_arrives_although_answers_were_not_read(listener: socket.socket) -> None:
    transport = connect(listener)
    peer, _ = listener.accept()
    with peer:
        peer.sendall(b"\x12\x12\x12")
        transport.write(b"receipt", 1.0)
        transport.close()
        assert peer.recv(64) == b"receipt"
        assert peer.recv(64) == b""


def test_tcp_a_peer_that_closes_is_noticed(listener: socket.socket) -> None:
    with closing(connect(listener)) as transport:
        listener.accept()[0].close()
        with pytest.raises(DeviceClosed):
            transport.read(64, 1.0)
        with pytest.raises(DeviceClosed):
            transport.write(MORE_THAN_BUFFERS_HOLD, 1.0)


# --------------------------------------------------------------------------------------------- serial


@pytest.fixture
def cable() -> Iterator[PtyPair]:
    with PtyPair() as pair:
        yield pair


def test_serial_carries_bytes_both_ways_and_counts_them(cable: PtyPair) -> None:
    with closing(SerialTransport(cable.port)) as transport:
        transport.write(b"\x1b@receipt\r\n\x00\xff", 1.0)
        assert cable.receive() == b"\x1b@receipt\r\n\x00\xff"
        cable.send(b"\x12\x11\x13\r")
        assert transport.read(64, 1.0) == b"\x12\x11\x13\r"
        assert transport.sent_bytes == 13
        assert transport.read(64, 0.01) == b""


def test_serial_writing_to_a_peer_that_never_reads_ends_at_its_deadline(cable: PtyPair) -> None:
    with closing(SerialTransport(cable.port)) as transport:
        began = time.monotonic()
        with pytest.raises(DeviceTimeout):
            transport.write(b"x" * 1_000_000, 0.1)
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S
        assert 0 < transport.sent_bytes < 1_000_000


def test_serial_unplugged_is_noticed(cable: PtyPair) -> None:
    with closing(SerialTransport(cable.port)) as transport:
        cable.unplug()
        with pytest.raises(DeviceClosed):
            transport.read(64, 1.0)
        with pytest.raises(DeviceClosed):
            transport.write(b"x", 1.0)
        assert transport.sent_bytes == 0


def test_serial_a_port_that_is_not_there_or_taken_is_unavailable(cable: PtyPair, tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailable):
        SerialTransport(str(tmp_path / "ttyUSB7"))
    with closing(SerialTransport(cable.port)), pytest.raises(DeviceUnavailable):
        SerialTransport(cable.port)


def test_serial_speed_gives_the_write_deadline() -> None:
    assert SerialSettings(9600).bytes_per_s == 960
    assert SerialSettings(9600, 7, "E", 1).bytes_per_s == 960
    assert SerialSettings(115200, 8, "E", 2).bytes_per_s == 9600


# ---------------------------------------------------------------------------------------- device file


def test_jobs_are_appended_to_a_plain_file(tmp_path: Path) -> None:
    path = tmp_path / "receipts.bin"
    for job in (b"one", b"two"):
        with closing(DeviceFileTransport(path)) as transport:
            transport.write(job, 1.0)
            assert transport.sent_bytes == 3
            assert not transport.can_read
            assert transport.read(64, 1.0) == b""
    assert path.read_bytes() == b"onetwo"


def test_a_device_that_is_unplugged_is_not_made_a_file() -> None:
    path = Path("/dev/no-such-printer-lp7")
    with pytest.raises(DeviceUnavailable):
        DeviceFileTransport(path)
    assert not path.exists()


def test_a_device_file_answers(cable: PtyPair) -> None:
    with closing(DeviceFileTransport(Path(cable.port))) as transport:
        assert transport.can_read
        transport.write(b"\x10\x04\x01", 1.0)
        assert cable.receive() == b"\x10\x04\x01"
        cable.send(b"\x12")
        assert transport.read(64, 1.0) == b"\x12"
        assert transport.read(64, 0.01) == b""


def test_a_device_file_that_answers_with_nothing_at_once_is_not_asked_for_ever() -> None:
    with closing(DeviceFileTransport(Path("/dev/null"))) as transport:
        assert transport.can_read
        assert transport.read(64, 0.02) == b""
        assert transport.read(64, 0) == b""


def test_a_write_to_a_device_file_ends_when_the_device_is_ready_for_more(
    cable: PtyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only then has a printer's driver sent the last block, which closing the file would throw away."""
    write = os.write

    def take_and_be_busy(file: int, data: bytes) -> int:
        taken = write(file, data)
        termios.tcflow(file, termios.TCOOFF)
        return taken

    with closing(DeviceFileTransport(Path(cable.port))) as transport:
        monkeypatch.setattr(os, "write", take_and_be_busy)
        with pytest.raises(DeviceTimeout, match="last bytes"):
            transport.write(b"receipt", 0.05)
        assert transport.sent_bytes == 7


def test_a_device_file_that_hangs_up_is_noticed(cable: PtyPair) -> None:
    with closing(DeviceFileTransport(Path(cable.port))) as transport:
        cable.unplug()
        with pytest.raises(DeviceClosed):
            transport.read(64, 1.0)


def test_a_device_file_that_takes_no_more_ends_at_the_deadline(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with closing(DeviceFileTransport(path)) as transport:
            with pytest.raises(DeviceTimeout):
                transport.write(b"x" * 1_000_000, 0.1)
            assert 0 < transport.sent_bytes < 1_000_000
            assert len(os.read(reader, 1_000_000)) == transport.sent_bytes
    finally:
        os.close(reader)


def test_a_device_that_goes_away_while_writing_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    with pytest.raises(DeviceUnavailable):
        DeviceFileTransport(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with closing(DeviceFileTransport(path)) as transport:
        os.close(reader)
        with pytest.raises(DeviceClosed):
            transport.write(b"x", 1.0)
        assert transport.sent_bytes == 0


def test_what_may_not_be_opened_names_the_group_that_may(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int, mode: int = 0) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "group", lambda path: "lp")
    with pytest.raises(DeviceNotPermitted, match="usermod -aG lp"):
        DeviceFileTransport(Path("/dev/usb/lp0"))


def test_whether_waiting_may_help_is_in_the_type() -> None:
    assert issubclass(DeviceTimeout, TransientDeviceError)
    assert issubclass(DeviceRefused, TransientDeviceError)
    assert issubclass(DeviceNotPermitted, PermanentDeviceError)
    assert {error.code for error in (DeviceTimeout, DeviceRefused, DeviceUnavailable, DeviceClosed)} == {
        "timeout",
        "refused",
        "unavailable",
        "closed",
    }
