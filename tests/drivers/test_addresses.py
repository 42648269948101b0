"""Device addresses: what stands in the settings opens the right transport or is refused with the reason."""

from contextlib import closing
from pathlib import Path

import pytest

from hardware.addresses import Address, FileAddress, SerialAddress, TcpAddress, parse_address, parse_port
from hardware.errors import AddressInvalid
from hardware.simulated.pty_pair import PtyPair
from hardware.transports.serial_port import SerialSettings


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
    ],
)
def test_an_address_is_read(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "must begin with"),
        ("192.168.1.40:9100", "must begin with"),
        ("usb://0416:5011", "must begin with"),
        ("tcp://", "no host"),
        ("tcp://printer:0", "1 to 65535"),
        ("tcp://printer:99999", "range"),
        ("tcp://printer:ninety", "ninety"),
        ("tcp://printer:9100/queue", "nothing may follow"),
        ("tcp://[fe80::1", "Invalid IPv6"),
        ("serial://", "no port"),
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
