"""Discovery: what a machine shows of its devices becomes addresses, and no failure spoils the rest."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from serial.tools.list_ports_common import ListPortInfo

from hardware.addresses import TcpAddress, parse_address, parse_scanner_address
from hardware.discovery.found import Found
from hardware.discovery.hid_devices import find_hid_devices
from hardware.discovery.hot_plug import PlugWatch, UdevEvents, what_is_plugged_in
from hardware.discovery.input_devices import find_input_devices
from hardware.discovery.network_printers import find_network_printers, parse_network
from hardware.discovery.print_queues import find_cups_queues, find_windows_printers
from hardware.discovery.printer_files import find_printer_files
from hardware.discovery.search import find_all
from hardware.discovery.serial_ports import find_serial_ports
from hardware.discovery.table import show_plugs, table
from hardware.discovery.usb_printers import find_usb_printers
from hardware.errors import AddressInvalid, DeviceNotPermitted
from hardware.simulated.ipp_printer import QueueMode, SimulatedIppPrinter
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.spooler import SimulatedSpooler
from hardware.simulated.usb_backend import SimulatedUsbBackend, SimulatedUsbPrinter
from hardware.transports.ipp_client import IppServer
from tests.conftest import ExpectedLogs

FAR_BELOW_A_HANG_S = 5.0

# ------------------------------------------------------------------------------------------ serial ports


def port(
    device: str,
    vendor_id: int | None = None,
    product_id: int | None = None,
    serial_number: str | None = None,
    product: str | None = None,
) -> ListPortInfo:
    info = ListPortInfo(device)
    info.vid, info.pid, info.serial_number, info.product = vendor_id, product_id, serial_number, product
    return info


def test_a_serial_port_is_addressed_by_its_device_and_named_by_it(tmp_path: Path) -> None:
    device = tmp_path / "ttyACM0"
    device.touch()
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-Zebra_DS2208_S1-if00").symlink_to(device)
    [found] = find_serial_ports(lambda: [port(str(device), 0x05E0, 0x1701, "S1", "DS2208")], by_id)
    assert found == Found(
        kind="serial_port",
        address="serial://usb-05e0:1701:S1",
        name="DS2208",
        detail=f"{device} · 05e0:1701 · serial number S1 · Zebra (Symbol) · usb-Zebra_DS2208_S1-if00",
        suits=("scanner",),
    )
    assert str(parse_address(found.address)).startswith("serial://usb-05e0:1701:S1?baud=9600")


@pytest.mark.parametrize(
    ("ports", "addresses"),
    [
        ([port("/dev/ttyS0")], ["serial:///dev/ttyS0"]),
        ([port("COM3")], ["serial:///COM3"]),
        ([port("/dev/ttyUSB0", 0x1A86, 0x7523)], ["serial://usb-1a86:7523"]),
        (
            [port("/dev/ttyUSB0", 0x1A86, 0x7523), port("/dev/ttyUSB1", 0x1A86, 0x7523)],
            ["serial:///dev/ttyUSB0", "serial:///dev/ttyUSB1"],
        ),
        (
            [port("/dev/ttyUSB0", 0x0403, 0x6011, "F1"), port("/dev/ttyUSB1", 0x0403, 0x6011, "F1")],
            ["serial:///dev/ttyUSB0", "serial:///dev/ttyUSB1"],
        ),
        (
            [port("/dev/ttyUSB0", 0x0403, 0x6001, "A"), port("/dev/ttyUSB1", 0x0403, 0x6001)],
            ["serial://usb-0403:6001:A", "serial:///dev/ttyUSB1"],
        ),
    ],
)
def test_a_port_is_addressed_by_its_name_when_its_device_cannot_be_told_from_others(
    ports: list[ListPortInfo], addresses: list[str]
) -> None:
    assert [found.address for found in find_serial_ports(lambda: ports, Path("/nowhere"))] == addresses


@pytest.mark.parametrize(
    ("vendor_id", "likeliest"),
    [
        (0x0C2E, "scanner"),
        (0x04B8, "receipt_printer"),
        (0x0EB8, "scale"),
        (0x0403, "scale"),
        (0x9999, "scale"),
    ],
)
def test_what_a_port_likely_carries_is_told_by_its_maker(vendor_id: int, likeliest: str) -> None:
    [found] = find_serial_ports(lambda: [port("/dev/ttyACM0", vendor_id, 1)], Path("/nowhere"))
    assert found.suits[0] == likeliest


# -------------------------------------------------------------------------------------- printers on USB


def test_a_printers_device_file_is_named_by_what_the_printer_says(tmp_path: Path) -> None:
    devices, classes, usb = tmp_path / "dev", tmp_path / "class", tmp_path / "usb1" / "1-2"
    (usb / "1-2:1.0").mkdir(parents=True)
    for name, text in (("idVendor", "04b8\n"), ("idProduct", "0e15\n"), ("serial", "X3\n")):
        (usb / name).write_text(text)
    (usb / "1-2:1.0" / "ieee1284_id").write_text("MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;\n")
    (classes / "lp0").mkdir(parents=True)
    (classes / "lp0" / "device").symlink_to(usb / "1-2:1.0")
    devices.mkdir()
    (devices / "lp0").touch()
    (devices / "lp1").touch()
    first, second = find_printer_files(devices, classes)
    assert first == Found(
        kind="printer_file",
        address=f"file://{devices}/lp0",
        name="EPSON TM-T20III",
        detail="04b8:0e15 · serial number X3 · Epson",
        suits=("receipt_printer", "display"),
    )
    assert (second.name, second.suits) == ("lp1", ("receipt_printer", "label_printer"))
    assert list(find_printer_files(tmp_path / "nowhere")) == []


def test_usb_printers_are_found_and_nothing_stays_open() -> None:
    backend = SimulatedUsbBackend(
        SimulatedUsbPrinter(),
        SimulatedUsbPrinter(vendor_id=0x0A5F, serial_number="", product="ZD421"),
        SimulatedUsbPrinter(interface_class=3),
        SimulatedUsbPrinter(interface_protocol=4),
    )
    epson, zebra = find_usb_printers(backend)
    assert epson == Found(
        "usb_printer",
        "usb://04b8:0e15/X3",
        "TM-T20III",
        "04b8:0e15 · serial number X3 · Epson",
        ("receipt_printer", "display"),
    )
    assert (zebra.address, zebra.suits) == ("usb://0a5f:0e15", ("label_printer",))
    assert backend.open_handles == 0


def test_a_usb_printer_that_linux_has_a_driver_for_says_so() -> None:
    [found] = find_usb_printers(SimulatedUsbBackend(SimulatedUsbPrinter(has_kernel_driver=True)))
    assert found.detail.endswith("the system has a driver for it: better use its device file")


def test_a_usb_printer_that_may_not_be_opened_is_shown_and_says_so() -> None:
    [found] = find_usb_printers(SimulatedUsbBackend(SimulatedUsbPrinter(is_permitted=False)))
    assert (found.address, found.name) == ("usb://04b8:0e15", "Epson")
    assert "may not open" in found.detail


# ------------------------------------------------------------------------------------------- print queues


def test_queues_of_cups_are_found() -> None:
    with SimulatedIppPrinter(QueueMode.STOPPED) as server:
        [found] = find_cups_queues(IppServer(server.host, server.port))
        assert found == Found(
            "print_queue",
            server.address,
            "Receipts at the counter",
            "receipts · socket://192.168.1.40:9100 · stopped",
            ("receipt_printer", "label_printer"),
        )
    assert list(find_cups_queues(IppServer(server.host, server.port))) == []


def test_printers_of_windows_are_found() -> None:
    [found] = find_windows_printers(SimulatedSpooler())
    assert found == Found(
        "print_queue",
        "windows://EPSON",
        "EPSON",
        "EPSON TM-T20III · USB001",
        ("receipt_printer", "label_printer"),
    )


def test_where_there_is_no_windows_none_of_its_printers_is_found() -> None:
    assert list(find_windows_printers()) == []


# ------------------------------------------------------------------------------------ scanners that type

INPUT_DEVICES = """\
I: Bus=0011 Vendor=0001 Product=0001 Version=ab41
N: Name="AT Translated Set 2 keyboard"
P: Phys=isa0060/serio0/input0
U: Uniq=
H: Handlers=sysrq kbd event0 leds

I: Bus=0003 Vendor=05e0 Product=1200 Version=0110
N: Name="Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner"
U: Uniq=S1
H: Handlers=sysrq kbd event3

I: Bus=0003 Vendor=1a86 Product=e026 Version=0110
N: Name="USB Barcode Reader"
U: Uniq=
H: Handlers=sysrq kbd leds event4

I: Bus=0003 Vendor=05e0 Product=1200 Version=0110
N: Name="Symbol Bar Code Scanner Consumer Control"
U: Uniq=
H: Handlers=event5
"""


def test_keyboards_that_look_like_scanners_are_found_by_their_lasting_names(tmp_path: Path) -> None:
    inputs = tmp_path / "input"
    (inputs / "by-id").mkdir(parents=True)
    (inputs / "event3").touch()
    (inputs / "by-id" / "usb-Symbol_Scanner-event-kbd").symlink_to(inputs / "event3")
    listing = tmp_path / "devices"
    listing.write_text(INPUT_DEVICES)
    symbol, reader = find_input_devices(listing, inputs)
    assert symbol == Found(
        "input_device",
        f"evdev://{inputs}/by-id/usb-Symbol_Scanner-event-kbd",
        "Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner",
        "05e0:1200 · serial number S1 · Zebra (Symbol)",
        ("scanner",),
    )
    assert reader.address == f"evdev://{inputs}/event4"
    assert str(parse_scanner_address(symbol.address)) == symbol.address
    assert list(find_input_devices(tmp_path / "nowhere")) == []


def test_hid_scanners_are_found_once_and_keyboards_are_not() -> None:
    scanner = {"vendor_id": 0x0C2E, "product_id": 0x0B01, "serial_number": "S1", "product_string": "1950g"}
    [pos, by_maker] = find_hid_devices(
        [
            scanner | {"usage_page": 0x8C, "usage": 2},
            scanner | {"usage_page": 0xFF00, "usage": 1},
            scanner | {"usage_page": 1, "usage": 6, "serial_number": "S2"},
            scanner | {"usage_page": 0, "usage": 0, "serial_number": ""},
            {"vendor_id": 0x046D, "product_id": 0xC077, "usage_page": 1, "usage": 2},
        ]
    )
    assert pos == Found(
        "hid_device", "hid://0c2e:0b01/S1", "1950g", "0c2e:0b01 · serial number S1 · Honeywell", ("scanner",)
    )
    assert by_maker.address == "hid://0c2e:0b01"


# --------------------------------------------------------------------------------------------- network


def test_what_is_typed_is_read() -> None:
    targets = parse_network(" 192.168.1.40, printer.lan:9101\ntcp://[fe80::1]:9100  10.0.0.0/30 10.0.0.1/30")
    assert targets.typed == (
        TcpAddress("192.168.1.40", 9100),
        TcpAddress("printer.lan", 9101),
        TcpAddress("fe80::1", 9100),
    )
    assert targets.searched == ("10.0.0.1", "10.0.0.2")
    assert len(parse_network("192.168.0.0/22").searched) == 1022
    assert parse_network("").typed == ()


@pytest.mark.parametrize(
    "text",
    ["10.0.0.0/21", "10.0.0.0/22 10.1.0.0/22", "fe80::/64", "printer/lan", "usb://04b8:0e15", "10.0.0.1:x"],
)
def test_what_is_too_large_or_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(AddressInvalid):
        parse_network(text)


def test_a_printer_in_a_network_that_is_searched_is_found_and_named() -> None:
    with SimulatedPrinter() as printer:
        found = list(find_network_printers(parse_network("127.0.0.0/27"), port=printer.port, total_s=5))
        assert [device.address for device in found] == [printer.address]
        assert found[0].suits == ("receipt_printer", "display")
        assert printer.jobs == []


def test_a_printer_that_says_nothing_is_shown_as_one_that_may_print_labels() -> None:
    with SimulatedPrinter(PrinterMode.NO_STATUS) as printer:
        [found] = find_network_printers(parse_network(f"127.0.0.1:{printer.port}"))
        assert found.suits == ("label_printer", "receipt_printer")
        assert "does not answer" in found.detail


def test_a_printer_that_tells_its_name_is_called_by_it() -> None:
    answers = {b"\x10\x04\x01": b"\x12", b"\x1dI\x42": b"_EPSON\0", b"\x1dI\x43": b"_TM-T20III\0"}
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                while question := client.recv(64):
                    client.sendall(answers[question])

        printer = threading.Thread(target=answer)
        printer.start()
        port_number = listener.getsockname()[1]
        [found] = find_network_printers(parse_network(f"127.0.0.1:{port_number}"))
        printer.join()
    assert found.name == "EPSON TM-T20III"


def test_an_address_that_somebody_typed_is_shown_when_it_is_busy_and_not_when_it_is_dead() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        [found] = find_network_printers(parse_network(address))
    assert "refuses" in found.detail
    assert list(find_network_printers(parse_network("no-such-printer.invalid"))) == []


def test_an_address_that_answers_nothing_is_given_up_soon() -> None:
    """A listener whose queue is full drops the handshake, as a machine does that is switched off."""
    with contextlib.ExitStack() as sockets:
        full = sockets.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            filler = sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        began = time.monotonic()
        targets = parse_network("127.0.0.1/32")
        port_number = full.getsockname()[1]
        assert list(find_network_printers(targets, port=port_number, connect_s=0.05, total_s=30)) == []
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S


def test_a_search_ends_when_it_is_wanted_no_more_or_its_time_is_over() -> None:
    with SimulatedPrinter() as printer:
        targets = parse_network(f"127.0.0.1:{printer.port} 127.0.0.0/27")
        assert list(find_network_printers(targets, is_wanted=lambda: False)) == []
        assert list(find_network_printers(targets, total_s=0)) == []


# -------------------------------------------------------------------------------------------- together

SCANNER = Found("serial_port", "serial:///COM3", "DS2208", "05e0:1701", ("scanner",))
PRINTER = Found("printer_file", "file:///dev/usb/lp0", "TM-T20III", "", ("receipt_printer", "display"))


def finds(*devices: Found) -> Callable[[], Iterator[Found]]:
    return lambda: iter(devices)


def fails() -> Iterator[Found]:
    yield SCANNER
    raise DeviceNotPermitted("not today")


def test_a_search_that_fails_spoils_no_other(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("a search for devices failed")
    found: list[Found] = []
    find_all(found.append, local_searches=(fails, finds(PRINTER)))
    assert found == [SCANNER, PRINTER]


def test_what_is_done_with_a_find_is_not_taken_for_a_failed_search() -> None:
    def fail(found: Found) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        find_all(fail, local_searches=(finds(SCANNER),))


def test_a_network_that_cannot_be_read_is_told_before_anything_is_sought() -> None:
    found: list[Found] = []
    with pytest.raises(AddressInvalid):
        find_all(found.append, "10.0.0.0/8", local_searches=(finds(SCANNER),))
    assert found == []


def test_a_search_that_is_wanted_no_more_ends() -> None:
    found: list[Found] = []
    find_all(
        found.append, is_wanted=lambda: not found, local_searches=(finds(SCANNER, PRINTER), finds(PRINTER))
    )
    assert found == [SCANNER]


def test_on_this_machine_every_search_ends_and_every_address_can_be_used() -> None:
    found: list[Found] = []
    find_all(found.append)
    for device in found:
        assert (
            parse_scanner_address(device.address)
            if device.suits[0] == "scanner"
            else parse_address(device.address)
        )


def test_a_table_has_a_line_for_each() -> None:
    assert table([SCANNER, PRINTER]).splitlines() == [
        "ADDRESS              NAME       LIKELY A                  DETAIL",
        "serial:///COM3       DS2208     scanner                   05e0:1701",
        "file:///dev/usb/lp0  TM-T20III  receipt printer, display",
    ]
    assert table([]) == "No device was found."


# --------------------------------------------------------------------------------------------- hot plug


class Events:
    """As udev tells them: one byte for an event that matters, a zero for one that does not."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()

    def fileno(self) -> int:
        return self._reader

    def take(self) -> bool:
        return os.read(self._reader, 1) != b"\0"

    def happen(self, events: bytes) -> None:
        os.write(self._writer, events)

    def close(self) -> None:
        os.close(self._reader)
        os.close(self._writer)


def test_many_events_of_one_device_are_one_change() -> None:
    events = Events()
    changes = threading.Semaphore(0)
    watch = PlugWatch(changes.release, events=lambda: events, settle_s=0.05)
    watch.start()
    try:
        events.happen(b"+++\0+")
        assert changes.acquire(timeout=5)
        events.happen(b"-")
        assert changes.acquire(timeout=5)
    finally:
        watch.stop()
        events.close()
    assert not changes.acquire(blocking=False)


def test_without_udev_a_change_is_seen_by_looking() -> None:
    plugged_in = [frozenset({"a"})]
    changes = threading.Semaphore(0)
    looks = threading.Semaphore(0)

    def snapshot() -> frozenset[str]:
        looks.release()
        return plugged_in[0]

    watch = PlugWatch(changes.release, events=lambda: None, snapshot=snapshot, poll_s=0.01)
    watch.start()
    try:
        for _ in range(3):
            assert looks.acquire(timeout=5)
        assert not changes.acquire(blocking=False)
        plugged_in[0] = frozenset({"a", "b"})
        assert changes.acquire(timeout=5)
    finally:
        watch.stop()


def test_a_callback_that_fails_ends_no_watching(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("what was to happen when a device was plugged in or out failed")
    events = Events()
    called = threading.Semaphore(0)

    def fail() -> None:
        called.release()
        raise ZeroDivisionError

    watch = PlugWatch(fail, events=lambda: events, settle_s=0.01)
    watch.start()
    try:
        for _ in range(2):
            events.happen(b"+")
            assert called.acquire(timeout=5)
    finally:
        watch.stop()
        events.close()


def test_where_the_events_fail_a_change_is_seen_by_looking(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the system tells of devices no more")

    class Failing(Events):
        def take(self) -> bool:
            raise OSError("No buffer space available")

    events = Failing()
    plugged_in = [frozenset({"a"})]
    looks, changes = threading.Semaphore(0), threading.Semaphore(0)

    def snapshot() -> frozenset[str]:
        looks.release()
        return plugged_in[0]

    watch = PlugWatch(changes.release, events=lambda: events, snapshot=snapshot, poll_s=0.01)
    watch.start()
    try:
        events.happen(b"+")
        for _ in range(3):
            assert looks.acquire(timeout=5)
        plugged_in[0] = frozenset({"a", "b"})
        assert changes.acquire(timeout=5)
    finally:
        watch.stop()
        events.close()


def test_a_watch_may_be_stopped_twice_and_started_again() -> None:
    watch = PlugWatch(lambda: None, events=lambda: None, snapshot=frozenset)
    watch.stop()
    for _ in range(2):
        watch.start()
        watch.stop()
        watch.stop()


def test_of_udevs_events_those_matter_that_add_or_remove() -> None:
    actions: list[str | None] = ["add", "online", None]

    def poll(timeout: float) -> SimpleNamespace | None:
        action = actions.pop(0)
        return None if action is None else SimpleNamespace(action=action)

    events = UdevEvents(SimpleNamespace(poll=poll, fileno=lambda: 7))
    assert events.fileno() == 7
    assert [events.take() for _ in range(3)] == [True, False, False]


def test_this_machine_can_be_looked_at() -> None:
    assert what_is_plugged_in() == what_is_plugged_in()


def test_what_comes_and_goes_is_shown() -> None:
    plugged_in: list[list[Found]] = [[PRINTER]]
    shown: list[str] = []
    events = Events()

    def search(on_found: Callable[[Found], None]) -> None:
        for device in plugged_in[0]:
            on_found(device)

    def show(line: str) -> None:
        shown.append(line)
        if len(shown) == 2:
            raise KeyboardInterrupt

    def watch(on_change: Callable[[], None]) -> PlugWatch:
        events.happen(b"+")
        return PlugWatch(on_change, events=lambda: events, settle_s=0.01)

    with pytest.raises(KeyboardInterrupt):
        show_plugs([SCANNER], show, search=search, watch=watch)
    events.close()
    assert shown == ["+ file:///dev/usb/lp0  TM-T20III", "- serial:///COM3  DS2208"]
