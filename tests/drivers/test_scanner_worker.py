"""The till's scanners over real ptys and sockets: several at once, none lost, back when unplugged."""

import os
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.simulated.pty_pair import PtyPair
from tests.conftest import ExpectedLogs
from till_app.devices.scanner_worker import ScannerWorker, scanners_for
from till_app.services.device_settings import DeviceSettings, ScannerSettings
from till_app.services.device_status import DeviceHealth, DeviceState, ScanHeard

WAIT_S = 5.0
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EANS = [f"50001281{number:05}" for number in range(20)]


class Till:
    """What the workers call back, in order."""

    def __init__(self) -> None:
        self._scans: queue.Queue[ScanHeard] = queue.Queue()
        self._health: queue.Queue[DeviceHealth] = queue.Queue()
        self._latest: dict[str, DeviceHealth] = {}

    def on_scan(self, heard: ScanHeard) -> None:
        self._scans.put(heard)

    def on_health(self, health: DeviceHealth) -> None:
        self._health.put(health)

    def next_scan(self) -> ScanHeard:
        return self._scans.get(timeout=WAIT_S)

    def health_until(self, is_wanted: Callable[[DeviceHealth], bool]) -> DeviceHealth:
        while True:
            health = self._health.get(timeout=WAIT_S)
            self._latest[health.device] = health
            if is_wanted(health):
                return health

    def ready(self, device: str = "scanner:1") -> DeviceHealth:
        """Told once each, and in any order."""
        while (health := self._latest.get(device)) is None or health.state is not DeviceState.READY:
            self.health_until(lambda health: True)
        return health


@contextmanager
def running(till: Till, *addresses: str) -> Iterator[list[ScannerWorker]]:
    settings = DeviceSettings(scanners=tuple(ScannerSettings(address=address) for address in addresses))
    workers = scanners_for(settings, till.on_scan, till.on_health)
    for worker in workers:
        worker.start()
    try:
        yield workers
    finally:
        for worker in workers:
            worker.stop()


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("scanner:")}


def test_a_scan_is_heard_with_its_source_and_the_health_shows_it() -> None:
    till = Till()
    with PtyPair() as cable, running(till, cable.port) as (worker,):
        till.ready()
        cable.send(b"]E05000108022176\r")
        heard = till.next_scan()
        assert (heard.text, heard.source, heard.aim) == ("]E05000108022176", "scanner:1", "]E0")
        assert heard.at.endswith("Z")
        health = till.health_until(lambda health: "last_scan" in health.facts)
        assert (health.facts["last_scan"], health.facts["symbology"]) == ("5000108022176", "EAN-13")
        assert health.facts["gap_ms"].isdigit()
        assert health.last_heard_at == heard.at or health.last_heard_at > heard.at
        assert worker.last_heard == heard
    assert threads() == set()


@pytest.mark.parametrize("cut", range(len(b"\x02]d201\x1d10AB\x03\r") + 1))
def test_a_scan_is_the_same_wherever_its_bytes_are_split_on_the_line(cut: int) -> None:
    frame = b"\x02]d201\x1d10AB\x03\r"
    till = Till()
    with PtyPair() as cable, running(till, cable.port):
        till.ready()
        cable.send(frame[:cut])
        cable.send(frame[cut:])
        assert till.next_scan().text == "]d201\x1d10AB"


def test_a_burst_of_two_scanners_arrives_whole_and_in_order_of_each() -> None:
    till = Till()
    with PtyPair() as first, PtyPair() as second, running(till, first.port, second.port):
        till.ready("scanner:1")
        till.ready("scanner:2")
        for number, ean in enumerate(EANS):
            first.send(ean.encode() + b"\r\n")
            second.send(b"\x02B" + str(number).encode() + b"\x03\r")
        scans = [till.next_scan() for _ in range(2 * len(EANS))]
    assert [scan.text for scan in scans if scan.source == "scanner:1"] == EANS
    assert [scan.text for scan in scans if scan.source == "scanner:2"] == [f"B{n}" for n in range(20)]


def test_the_same_code_twice_is_two_scans() -> None:
    till = Till()
    with PtyPair() as cable, running(till, cable.port):
        till.ready()
        cable.send(b"5000108022176\r5000108022176\r")
        assert [till.next_scan().text for _ in range(2)] == ["5000108022176"] * 2


def test_a_scanner_that_is_plugged_in_again_goes_on_and_its_health_says_so(tmp_path: Path) -> None:
    till = Till()
    port = tmp_path / "scanner"
    with PtyPair() as first, PtyPair() as second:
        port.symlink_to(first.port)
        with running(till, str(port)):
            till.ready()
            first.send(b"one\r")
            assert till.next_scan().text == "one"
            plugged = tmp_path / "plugged"
            plugged.symlink_to(second.port)
            os.replace(plugged, port)
            first.unplug()
            gone = till.health_until(lambda health: health.state is DeviceState.UNREACHABLE)
            assert gone.error in ("closed", "unavailable")
            assert till.ready().error == gone.error, "what was wrong stays to be seen"
            second.send(b"two\r")
            assert till.next_scan().text == "two"


def test_a_scanner_behind_a_serial_server_is_one_too() -> None:
    till = Till()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_S)
        port = server.getsockname()[1]
        with running(till, f"tcp://127.0.0.1:{port}"):
            connection, _ = server.accept()
            with connection:
                till.ready()
                for byte in b"5000108022176\r":
                    connection.sendall(bytes((byte,)))
                assert till.next_scan().text == "5000108022176"
            till.health_until(lambda health: health.state is DeviceState.UNREACHABLE)
            again, _ = server.accept()
            with again:
                till.ready()
                again.sendall(b"50184323\r")
                assert till.next_scan().text == "50184323"


def test_a_scanner_that_is_not_there_is_unreachable_and_stops_at_once(tmp_path: Path) -> None:
    till = Till()
    with running(till, str(tmp_path / "absent")) as (worker,):
        health = till.health_until(lambda health: health.state is DeviceState.UNREACHABLE)
        assert (health.device, health.error) == ("scanner:1", "unavailable")
    assert worker.health().state is DeviceState.UNREACHABLE
    assert threads() == set()


def test_an_address_that_is_none_needs_somebody(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("scanner:1 cannot be used")
    till = Till()
    with running(till, "ftp://scanner") as (worker,):
        assert (worker.health().state, worker.health().error) == (
            DeviceState.NEEDS_SOMEBODY,
            "address_invalid",
        )


def test_a_fault_in_what_is_done_with_a_scan_neither_ends_the_scanning_nor_hides_it(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("what was to happen on a scanner's event failed")
    till = Till()

    def fail(heard: ScanHeard) -> None:
        raise RuntimeError("a bug in the till")

    with PtyPair() as cable:
        worker = ScannerWorker("scanner:1", cable.port, fail, till.on_health, lambda: NOON)
        worker.start()
        try:
            till.ready()
            cable.send(b"one\r")
            till.health_until(lambda health: health.facts.get("last_scan") == "one")
            cable.send(b"two\r")
            till.health_until(lambda health: health.facts.get("last_scan") == "two")
        finally:
            worker.stop()


def test_places_without_an_address_are_no_scanners_and_keep_their_numbers() -> None:
    settings = DeviceSettings(scanners=(ScannerSettings(), ScannerSettings(address="/dev/ttyACM7")))
    workers = scanners_for(settings, lambda heard: None, lambda health: None)
    assert [worker.health().device for worker in workers] == ["scanner:2"]
