"""Device addresses: what stands in the settings opens the right transport or is refused with the reason."""

import contextlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hardware.addresses import (
    Address,
    CupsAddress,
    EvdevAddress,
    FileAddress,
    HidAddress,
    ScannerAddress,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    WindowsAddress,
    parse_address,
    parse_port,
    parse_scanner_address,
)
from hardware.errors import AddressInvalid, DeviceUnavailable
from hardware.simulated.pty_pair import PtyPair
from hardware.transports.serial_port import SerialSettings

BAUD_115200 = SerialSettings(115200)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.1.40:9100", TcpAddress("192.168.1.40", 9100)),
        ("tcp://printer.lan", TcpAddress("printer.lan", 9100)),
        ("tcp://[fe80::1]:9101", TcpAddress("fe80::1", 9101)),
        ("serial:///dev/ttyUSB0", SerialAddress("/dev/ttyUSB0")),
        ("serial:///dev/ttyS0?baud=19200", SerialAddress("/dev/ttyS0", SerialSettings(19200))),
        (
            "serial:///COM3?baud=9600&bits=7&parity=E&stop=1&flow=rtscts",
            SerialAddress("COM3", SerialSettings(9600, 7, "E", 1, "rtscts")),
        ),
        ("serial://COM12", SerialAddress("COM12")),
        ("file:///dev/usb/lp0", FileAddress(Path("/dev/usb/lp0"))),
        ("file:///tmp/my%20receipts.bin", FileAddress(Path("/tmp/my receipts.bin"))),
        ("file:///C:/receipts.bin", FileAddress(Path("C:/receipts.bin"))),
        ("serial://usb-0403:6001:A50285BI?baud=115200", SerialAddress("usb-0403:6001:A50285BI", BAUD_115200)),
        ("serial://usb-1a86:7523", SerialAddress("usb-1a86:7523")),
        ("usb://04B8:0e15", UsbAddress(0x04B8, 0x0E15)),
        ("usb://04b8:0e15/X3 1%2F2", UsbAddress(0x04B8, 0x0E15, "X3 1/2")),
        ("usb://0416:5011", UsbAddress(0x0416, 0x5011)),
        ("cups://Receipts_1", CupsAddress("Receipts_1")),
        ("cups:///Receipts_1", CupsAddress("Receipts_1")),
        ("cups://back-office/Receipts_1", CupsAddress("Receipts_1", "back-office")),
        ("cups://[fe80::1]:8631/r", CupsAddress("r", "fe80::1", 8631)),
        ("windows://EPSON%20TM-T20III", WindowsAddress("EPSON TM-T20III")),
        ("windows://EPSON TM-T20III", WindowsAddress("EPSON TM-T20III")),
        ("windows://%5C%5Cserver%5Cprinter", WindowsAddress(r"\\server\printer")),
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must begin with"),
        ("192.168.1.40:9100", "must begin with"),
        ("hid://05e0:1200", "address of a scanner"),
        ("evdev:///dev/input/event3", "address of a scanner"),
        ("usb://", "vendor:product"),
        ("usb://epson", "vendor:product"),
        ("usb://04b8:e15", "vendor:product"),
        ("usb://04b8:0e15?speed=high", "vendor:product"),
        ("cups://", "cups://queue"),
        ("cups://host/queue/more", "cups://queue"),
        ("cups://host:99999/queue", "range"),
        ("windows://", "no printer"),
        ("serial://usb-ftdi", "usb-vendor:product"),
        ("file:///dev/usb/lp0%00", "cannot be seen"),
        ("tcp://user@printer", "no host"),
        ("serial:///dev/ttyS0?baud=" + "9" * 5000, "is no number"),
        ("tcp://", "no host"),
        ("tcp://printer:0", "1 to 65535"),
        ("tcp://printer:99999", "range"),
        ("tcp://printer:ninety", "ninety"),
        ("tcp://printer:9100/queue", "nothing may follow"),
        ("tcp://[fe80::1", "Invalid IPv6"),
        ("serial://", "no port"),
        ("serial:///dev/ttyS0#1", "no port"),
        ("serial:///dev/ttyS0?baud=fast", "“fast” is no number"),
        ("serial:///dev/ttyS0?parity=X", "none of N, E, O"),
        ("serial:///dev/ttyS0?bits=9", "none of 8, 7"),
        ("serial:///dev/ttyS0?speed=9600", "“speed” is not known"),
        ("file://dev/usb/lp0", "file:///path"),
        ("file:///", "file:///path"),
    ],
)
def test_an_address_that_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(AddressInvalid, match=reason):
        parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "tcp://[fe80::1]:9101",
        "tcp://192.168.1.40:9100",
        "serial:///dev/ttyS0?baud=19200&bits=7&parity=O&stop=2&flow=xonxoff",
        "serial:///COM3?baud=9600&bits=8&parity=N&stop=1&flow=none",
        "file:///dev/usb/lp0",
    ],
)
def test_an_address_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_address(text)) == text


def test_a_serial_port_may_be_named_alone() -> None:
    assert parse_port("/dev/ttyACM0") == SerialAddress("/dev/ttyACM0")
    assert parse_port("serial:///dev/ttyACM0?baud=115200").settings.baud == 115200
    with pytest.raises(AddressInvalid, match="no serial port"):
        parse_port("tcp://127.0.0.1:9100")


def test_an_address_opens_its_transport(tmp_path: Path) -> None:
    with PtyPair() as cable, closing(parse_address(f"serial://{cable.port}?baud=19200").open()) as transport:
        assert transport.bytes_per_s == 1920
    with closing(parse_address(f"file://{tmp_path}/jobs.bin").open()) as transport:
        assert not transport.can_read


# -------------------------------------------------------------------------------------- every address

names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
usb_ids = st.integers(0, 0xFFFF)
settings_of_a_line = st.builds(
    SerialSettings,
    baud=st.integers(1, 4_000_000),
    data_bits=st.sampled_from([7, 8]),
    parity=st.sampled_from(["N", "E", "O"]),
    stop_bits=st.sampled_from([1, 2]),
    flow=st.sampled_from(["none", "rtscts", "xonxoff"]),
)
hosts = st.sampled_from(["192.168.1.40", "printer.lan", "fe80::1"])
ports = st.integers(1, 65535)
absolute_paths = names.filter(lambda name: name[1:2] != ":").map(lambda name: "/dev/" + name.strip("/"))
addresses = st.one_of(
    st.builds(TcpAddress, hosts, ports),
    st.builds(
        SerialAddress, absolute_paths | st.from_regex(r"COM[1-9][0-9]?", fullmatch=True), settings_of_a_line
    ),
    st.builds(FileAddress, absolute_paths.map(Path)),
    st.builds(UsbAddress, usb_ids, usb_ids, names | st.just("")),
    st.builds(CupsAddress, names.filter(lambda name: "/" not in name), hosts | st.just(""), ports),
    st.builds(WindowsAddress, names.filter(lambda name: not name.endswith("/"))),
)
scanner_addresses = st.one_of(
    st.builds(HidAddress, usb_ids, usb_ids, names | st.just("")),
    st.builds(EvdevAddress, absolute_paths.map(PurePosixPath)),
    st.builds(TcpAddress, hosts, ports),
)


@given(addresses)
def test_whatever_an_address_says_it_is_read_back(address: Address) -> None:
    assert parse_address(str(address)) == _without_port_of_this_machine(address)


def _without_port_of_this_machine(address: Address) -> Address:
    """A queue of this machine has no port in its address."""
    if isinstance(address, CupsAddress) and not address.host:
        return CupsAddress(address.queue)
    return address


@given(scanner_addresses)
def test_whatever_a_scanners_address_says_it_is_read_back(address: ScannerAddress) -> None:
    assert parse_scanner_address(str(address)) == address


schemes = st.sampled_from(["tcp", "serial", "file", "usb", "cups", "windows", "hid", "evdev", "http", ""])
pieces = st.lists(
    st.text()
    | st.sampled_from(["/", ":", "?", "#", "@", "[", "]", "%", "baud=", "&", "usb-", "0403:6001", "9" * 5000])
).map("".join)


@given(
    st.sampled_from([parse_address, parse_scanner_address, parse_port]),
    st.text() | st.builds(lambda scheme, rest: f"{scheme}://{rest}", schemes, pieces),
)
def test_no_text_does_worse_than_being_refused(parse: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(AddressInvalid):
        assert parse(text) is not None


# ---------------------------------------------------------------------------------------- scanners


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("hid://05e0:1200", HidAddress(0x05E0, 0x1200)),
        ("hid://05e0:1200/S1", HidAddress(0x05E0, 0x1200, "S1")),
        (
            "evdev:///dev/input/by-id/usb-Zebra-event-kbd",
            EvdevAddress(PurePosixPath("/dev/input/by-id/usb-Zebra-event-kbd")),
        ),
        ("serial:///dev/ttyACM0", SerialAddress("/dev/ttyACM0")),
        ("tcp://192.168.1.60:4001", TcpAddress("192.168.1.60", 4001)),
    ],
)
def test_a_scanners_address_is_read(text: str, address: ScannerAddress) -> None:
    assert parse_scanner_address(text) == address


def test_a_scanner_is_no_print_queue() -> None:
    with pytest.raises(AddressInvalid, match="not the address of a scanner"):
        parse_scanner_address("cups://receipts")


# -------------------------------------------------------------------------- ports known by their device


def adapter(port: str, vendor_id: int, product_id: int, serial_number: str | None) -> ListPortInfo:
    info = ListPortInfo(port)
    info.vid, info.pid, info.serial_number = vendor_id, product_id, serial_number
    return info


def test_a_port_that_moved_after_it_was_plugged_in_anew_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    address = parse_port("serial://usb-0403:6001:A50285BI?baud=19200")
    with PtyPair() as first, PtyPair() as second:
        for cable in (first, second):
            plugged_in = [ListPortInfo("/dev/ttyS0"), adapter(cable.port, 0x0403, 0x6001, "A50285BI")]
            monkeypatch.setattr(list_ports, "comports", lambda found=plugged_in: found)
            with closing(address.open()) as transport:
                transport.write(b"x", 1.0)
                assert cable.receive() == b"x"


def test_a_port_whose_device_is_away_or_cannot_be_told_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twins = [adapter("/dev/ttyUSB0", 0x1A86, 0x7523, None), adapter("/dev/ttyUSB1", 0x1A86, 0x7523, None)]
    monkeypatch.setattr(list_ports, "comports", lambda: twins)
    with pytest.raises(DeviceUnavailable, match="not plugged in"):
        parse_port("serial://usb-0403:6001:A50285BI").open()
    with pytest.raises(DeviceUnavailable, match="more than once: /dev/ttyUSB0, /dev/ttyUSB1"):
        parse_port("serial://usb-1a86:7523").open()
