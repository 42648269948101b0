"""Serial scanners: one scan is one frame however its bytes arrive, and an unplugged scanner comes back."""

import os
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.addresses import parse_port
from hardware.errors import DeviceClosed
from hardware.scanners.frame import LONGEST_FRAME_BYTES, FrameSplitter, ScanFrame
from hardware.scanners.serial_scanner import SerialScanner
from hardware.simulated.pty_pair import PtyPair
from tests.conftest import ExpectedLogs

THREE_SCANS = b"\x025000159484695\x03\r\n0104912345123459\x1d10AB\r]C1RN2-000001\t"
THREE_TEXTS = ["5000159484695", "0104912345123459\x1d10AB", "]C1RN2-000001"]
WAIT_S = 5.0


def texts(frames: list[ScanFrame]) -> list[str]:
    return [frame.text for frame in frames]


# -------------------------------------------------------------------------------------------- splitter


@pytest.mark.parametrize("cut", range(len(THREE_SCANS) + 1))
def test_frames_are_the_same_wherever_the_bytes_are_split(cut: int) -> None:
    splitter = FrameSplitter()
    frames = splitter.feed(THREE_SCANS[:cut], at=1.0) + splitter.feed(THREE_SCANS[cut:], at=1.5)
    assert texts(frames) == THREE_TEXTS
    assert splitter.silence() == []


@given(st.lists(st.integers(1, 8), min_size=len(THREE_SCANS), max_size=len(THREE_SCANS)))
def test_frames_are_the_same_in_any_portions(portions: list[int]) -> None:
    splitter = FrameSplitter()
    frames: list[ScanFrame] = []
    rest = THREE_SCANS
    for portion in portions:
        frames += splitter.feed(rest[:portion], at=0.0)
        rest = rest[portion:]
    assert texts(frames) == THREE_TEXTS


@pytest.mark.parametrize("terminator", [b"\r", b"\n", b"\r\n", b"\t", b"\x03\r", b"\r\r\n\n"])
def test_every_terminator_ends_one_frame(terminator: bytes) -> None:
    assert texts(FrameSplitter().feed(b"123" + terminator + b"123" + terminator, at=0.0)) == ["123", "123"]


def test_without_a_terminator_silence_ends_the_frame() -> None:
    splitter = FrameSplitter()
    assert splitter.feed(b"5000159484695", at=7.0) == []
    assert splitter.silence() == [ScanFrame("5000159484695", b"5000159484695", 7.0)]
    assert splitter.silence() == []


def test_a_frame_carries_the_moment_of_its_last_byte() -> None:
    splitter = FrameSplitter()
    splitter.feed(b"12", at=7.0)
    assert splitter.feed(b"3\r", at=7.02)[0].received_at_monotonic == 7.02


def test_bytes_that_are_not_utf8_are_kept() -> None:
    assert FrameSplitter().feed("Müsli\r".encode(), at=0.0)[0].text == "Müsli"
    frame = FrameSplitter().feed(b"M\xfcsli\r", at=0.0)[0]
    assert (frame.text, frame.raw) == ("Müsli", b"M\xfcsli")


def test_a_port_that_never_pauses_does_not_fill_the_memory() -> None:
    frames = FrameSplitter().feed(b"x" * (LONGEST_FRAME_BYTES + 1), at=0.0)
    assert [len(frame.raw) for frame in frames] == [LONGEST_FRAME_BYTES]


# --------------------------------------------------------------------------------------------- scanner


class Heard:
    """What a scanner called back, in order, for a test to wait on."""

    def __init__(self) -> None:
        self._frames: queue.Queue[ScanFrame] = queue.Queue()
        self._connected: queue.Queue[bool] = queue.Queue()

    def on_frame(self, frame: ScanFrame) -> None:
        self._frames.put(frame)

    def on_connected(self, is_connected: bool) -> None:
        self._connected.put(is_connected)

    def next_text(self) -> str:
        return self._frames.get(timeout=WAIT_S).text

    def next_connected(self) -> bool:
        return self._connected.get(timeout=WAIT_S)

    @property
    def is_quiet(self) -> bool:
        return self._frames.empty() and self._connected.empty()


@contextmanager
def scanner_on(port: str, heard: Heard) -> Iterator[SerialScanner]:
    scanner = SerialScanner(
        parse_port(port).open, heard.on_frame, heard.on_connected, idle_s=0.02, first_retry_s=0.01
    )
    scanner.start()
    try:
        yield scanner
    finally:
        scanner.stop()


def test_scans_come_from_the_port_in_order() -> None:
    heard = Heard()
    with PtyPair() as cable, scanner_on(cable.port, heard):
        assert heard.next_connected()
        cable.send(THREE_SCANS)
        assert [heard.next_text() for _ in range(3)] == THREE_TEXTS
        cable.send(b"no terminator")
        assert heard.next_text() == "no terminator"
        assert heard.is_quiet


def test_a_scanner_that_is_plugged_in_again_goes_on_and_half_a_scan_is_forgotten(tmp_path: Path) -> None:
    heard = Heard()
    port = tmp_path / "scanner"
    with PtyPair() as first, PtyPair() as second:
        port.symlink_to(first.port)
        with scanner_on(str(port), heard):
            assert heard.next_connected()
            first.send(b"one\r")
            assert heard.next_text() == "one"
            replugged = tmp_path / "replugged"
            replugged.symlink_to(second.port)
            os.replace(replugged, port)
            first.unplug()
            assert not heard.next_connected()
            assert heard.next_connected()
            second.send(b"two\r")
            assert heard.next_text() == "two"


def test_half_a_scan_before_the_plug_was_pulled_is_never_reported() -> None:
    portions: list[bytes | Callable[[], bytes]] = [b"50001", _pull_the_plug, b"RN2-000001\r"]

    class Port:
        def read(self, count: int, deadline_s: float) -> bytes:
            if not portions:
                return b""
            portion = portions.pop(0)
            return portion if isinstance(portion, bytes) else portion()

        def close(self) -> None:
            pass

    heard = Heard()
    scanner = SerialScanner(Port, heard.on_frame, first_retry_s=0.01)
    scanner.start()
    try:
        assert heard.next_text() == "RN2-000001"
        assert heard.is_quiet
    finally:
        scanner.stop()


def _pull_the_plug() -> bytes:
    raise DeviceClosed("unplugged")


def test_a_fault_in_what_is_done_with_a_scan_does_not_end_the_scanning(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("what was to happen on a scanner's event failed")
    heard = Heard()

    def fail_once(frame: ScanFrame) -> None:
        if frame.text == "bad":
            raise RuntimeError("a bug in the till")
        heard.on_frame(frame)

    with PtyPair() as cable:
        scanner = SerialScanner(parse_port(cable.port).open, fail_once, heard.on_connected)
        scanner.start()
        try:
            assert heard.next_connected()
            cable.send(b"bad\rgood\r")
            assert heard.next_text() == "good"
        finally:
            scanner.stop()


@pytest.mark.parametrize("is_there", [True, False])
def test_stopping_takes_less_than_a_second(is_there: bool, tmp_path: Path) -> None:
    with PtyPair() as cable:
        scanner = SerialScanner(
            parse_port(cable.port if is_there else str(tmp_path / "absent")).open, Heard().on_frame
        )
        scanner.start()
        began = time.monotonic()
        scanner.stop()
        assert time.monotonic() - began < 1.0


def test_a_scanner_that_was_never_started_can_be_stopped() -> None:
    SerialScanner(parse_port("/dev/absent").open, Heard().on_frame).stop()
