"""Device addresses as they stand in settings, such as `tcp://192.168.1.40:9100`, and how each is opened."""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from hardware.errors import AddressInvalid
from hardware.serial_identity import SerialIdentity, port_of
from hardware.transports.cups_queue import CupsQueueTransport
from hardware.transports.device_file import DeviceFileTransport
from hardware.transports.ipp_client import IPP_PORT
from hardware.transports.serial_port import SerialSettings, SerialTransport
from hardware.transports.tcp import CONNECT_S, TcpTransport
from hardware.transports.usb import UsbTransport
from hardware.transports.windows_spooler import WindowsSpoolerTransport

PRINTER_PORT = 9100
_LONGEST_NUMBER = 9
_USB_ID = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int = PRINTER_PORT

    def open(self, connect_s: float = CONNECT_S) -> TcpTransport:
        return TcpTransport(self.host, self.port, connect_s)

    def __str__(self) -> str:
        return f"tcp://{_host(self.host)}:{self.port}"


@dataclass(frozen=True, slots=True)
class SerialAddress:
    port: str
    """`/dev/ttyUSB0`, `COM3`, or what is plugged in wherever that is: `usb-0403:6001:A50285BI`."""
    settings: SerialSettings = field(default_factory=SerialSettings)

    def open(self) -> SerialTransport:
        """A port that is addressed by its identity is looked up anew each time."""
        identity = SerialIdentity.parse(self.port)
        return SerialTransport(port_of(identity) if identity else self.port, self.settings)

    def __str__(self) -> str:
        settings = self.settings
        is_path = self.port.startswith("/") or SerialIdentity.parse(self.port)
        return (
            f"serial://{'' if is_path else '/'}{quote(self.port, '/:')}?baud={settings.baud}"
            f"&bits={settings.data_bits}&parity={settings.parity}&stop={settings.stop_bits}&flow={settings.flow}"
        )


@dataclass(frozen=True, slots=True)
class FileAddress:
    path: Path

    def open(self) -> DeviceFileTransport:
        return DeviceFileTransport(self.path)

    def __str__(self) -> str:
        path = self.path.as_posix()
        return f"file://{'' if path.startswith('/') else '/'}{quote(path, '/:')}"


@dataclass(frozen=True, slots=True)
class UsbAddress:
    vendor_id: int
    product_id: int
    serial_number: str = ""
    """Empty: the first device of that kind."""

    def open(self) -> UsbTransport:
        return UsbTransport(self.vendor_id, self.product_id, self.serial_number)

    def __str__(self) -> str:
        return f"usb://{_usb_id(self.vendor_id, self.product_id, self.serial_number)}"


@dataclass(frozen=True, slots=True)
class CupsAddress:
    queue: str
    host: str = ""
    """Empty: this machine."""
    port: int = IPP_PORT

    def open(self) -> CupsQueueTransport:
        return CupsQueueTransport(self.queue, self.host, self.port)

    def __str__(self) -> str:
        queue = quote(self.queue, "")
        if not self.host:
            return f"cups://{queue}"
        port = "" if self.port == IPP_PORT else f":{self.port}"
        return f"cups://{_host(self.host)}{port}/{queue}"


@dataclass(frozen=True, slots=True)
class WindowsAddress:
    printer: str
    r"""As Windows calls it: `EPSON TM-T20III`, or `\\server\printer`."""

    def open(self) -> WindowsSpoolerTransport:
        return WindowsSpoolerTransport(self.printer)

    def __str__(self) -> str:
        return f"windows://{quote(self.printer, '')}"


@dataclass(frozen=True, slots=True)
class HidAddress:
    """A scanner that speaks HID-POS."""

    vendor_id: int
    product_id: int
    serial_number: str = ""

    def __str__(self) -> str:
        return f"hid://{_usb_id(self.vendor_id, self.product_id, self.serial_number)}"


@dataclass(frozen=True, slots=True)
class EvdevAddress:
    """A scanner that types as a keyboard does, read from its own device file (Linux)."""

    path: PurePosixPath
    """`/dev/input/by-id/usb-…-event-kbd` stays the same after it is plugged in anew."""

    def __str__(self) -> str:
        return f"evdev://{quote(str(self.path), '/:')}"


Address = TcpAddress | SerialAddress | FileAddress | UsbAddress | CupsAddress | WindowsAddress
ScannerAddress = TcpAddress | SerialAddress | HidAddress | EvdevAddress


def parse_address(text: str) -> Address:
    """Of what bytes are written to. Raises AddressInvalid.

    `tcp://host:port`, `serial:///dev/ttyUSB0?baud=9600`, `serial://usb-0403:6001:A50285BI?baud=9600`,
    `usb://04b8:0e15/serial number`, `cups://queue`, `cups://host/queue`, `windows://printer`,
    `file:///dev/usb/lp0`. A serial port may also set `bits`, `parity` (N, E, O), `stop` and `flow`
    (none, rtscts, xonxoff).
    """
    url = _split(text)
    match url.scheme:
        case "tcp":
            return _tcp_address(text, url)
        case "serial":
            return _serial_address(text, url)
        case "file":
            return FileAddress(_file_path(text, url))
        case "usb":
            return UsbAddress(*_usb_parts(text, url))
        case "cups":
            return _cups_address(text, url)
        case "windows":
            return _windows_address(text, url)
        case "hid" | "evdev":
            raise AddressInvalid(f"“{text}” is the address of a scanner")
        case _:
            raise AddressInvalid(
                f"“{text}” must begin with tcp://, serial://, usb://, cups://, windows:// or file://"
            )


def parse_scanner_address(text: str) -> ScannerAddress:
    """Of what scans come from: `serial://…`, `tcp://…`, `hid://vid:pid`, `evdev:///dev/input/…`.

    Raises AddressInvalid.
    """
    url = _split(text)
    match url.scheme:
        case "hid":
            return HidAddress(*_usb_parts(text, url))
        case "evdev":
            return EvdevAddress(PurePosixPath(_file_path(text, url).as_posix()))
    address = parse_address(text)
    if not isinstance(address, TcpAddress | SerialAddress):
        raise AddressInvalid(f"“{text}” is not the address of a scanner")
    return address


def parse_port(text: str) -> SerialAddress:
    """As parse_address, of a serial port; its bare name such as `/dev/ttyACM0` or `COM3` will do."""
    if "://" not in text:
        return SerialAddress(text)
    address = parse_address(text)
    if not isinstance(address, SerialAddress):
        raise AddressInvalid(f"“{text}” is no serial port")
    return address


def _split(text: str) -> SplitResult:
    if any(not character.isprintable() for character in unquote(text)):
        raise AddressInvalid(f"{text!r} contains characters that cannot be seen")
    try:
        return urlsplit(text.strip())
    except ValueError as error:
        raise AddressInvalid(f"“{text}”: {error}") from error


def _tcp_address(text: str, url: SplitResult) -> TcpAddress:
    host, port = _host_and_port(text, url, PRINTER_PORT)
    if url.path.strip("/") or url.query or url.fragment:
        raise AddressInvalid(f"“{text}”: nothing may follow host and port")
    return TcpAddress(host, port)


def _host_and_port(text: str, url: SplitResult, usual_port: int) -> tuple[str, int]:
    try:
        host, port = url.hostname, url.port
    except ValueError as error:
        raise AddressInvalid(f"“{text}”: {error}") from error
    if not host or "@" in url.netloc:
        raise AddressInvalid(f"“{text}” names no host")
    port = usual_port if port is None else port
    if not 1 <= port <= 65535:
        raise AddressInvalid(f"“{text}”: a port is a number from 1 to 65535")
    return host, port


def _serial_address(text: str, url: SplitResult) -> SerialAddress:
    name = unquote(url.netloc + url.path)
    if name.upper().startswith("/COM"):
        name = name[1:]
    if not name.strip("/") or url.fragment:
        raise AddressInvalid(f"“{text}” names no port")
    if name.startswith("usb-") and SerialIdentity.parse(name) is None:
        raise AddressInvalid(f"“{text}”: the device is written as usb-vendor:product:serial number")
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    settings = SerialSettings(
        baud=_number(text, options.pop("baud", "9600")),
        data_bits=_choice(text, _number(text, options.pop("bits", "8")), (8, 7)),
        parity=_choice(text, options.pop("parity", "N").upper(), ("N", "E", "O")),
        stop_bits=_choice(text, _number(text, options.pop("stop", "1")), (1, 2)),
        flow=_choice(text, options.pop("flow", "none"), ("none", "rtscts", "xonxoff")),
    )
    if options:
        raise AddressInvalid(f"“{text}”: “{next(iter(options))}” is not known")
    return SerialAddress(name, settings)


def _file_path(text: str, url: SplitResult) -> Path:
    path = unquote(url.path)
    if url.netloc or not path.strip("/") or url.query or url.fragment:
        raise AddressInvalid(f"“{text}”: a file is written as {url.scheme}:///path")
    # On Windows the path of file:///C:/receipts.bin begins with the slash before the drive.
    return Path(path[1:] if path[2:3] == ":" else path)


def _usb_parts(text: str, url: SplitResult) -> tuple[int, int, str]:
    parts = _USB_ID.fullmatch(url.netloc)
    if parts is None or url.query or url.fragment:
        raise AddressInvalid(
            f"“{text}”: a USB device is written as {url.scheme}://vendor:product, such as 04b8:0e15"
        )
    return int(parts[1], 16), int(parts[2], 16), unquote(url.path.removeprefix("/"))


def _cups_address(text: str, url: SplitResult) -> CupsAddress:
    path = url.path.removeprefix("/").removesuffix("/")
    if url.query or url.fragment or "/" in path or not (path or url.netloc):
        raise AddressInvalid(f"“{text}”: a queue is written as cups://queue or cups://host/queue")
    if not url.netloc:
        return CupsAddress(unquote(path))
    if not path:
        # Not the host name, which would come in small letters.
        return CupsAddress(unquote(url.netloc))
    host, port = _host_and_port(text, url, IPP_PORT)
    return CupsAddress(unquote(path), host, port)


def _windows_address(text: str, url: SplitResult) -> WindowsAddress:
    name = unquote(url.netloc + url.path).rstrip("/")
    if not name or url.query or url.fragment:
        raise AddressInvalid(f"“{text}” names no printer")
    return WindowsAddress(name)


def _usb_id(vendor_id: int, product_id: int, serial_number: str) -> str:
    serial = f"/{quote(serial_number, '')}" if serial_number else ""
    return f"{vendor_id:04x}:{product_id:04x}{serial}"


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _number(text: str, value: str) -> int:
    is_number = value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER
    if not is_number or int(value) < 1:
        raise AddressInvalid(f"“{text}”: “{value}” is no number")
    return int(value)


def _choice(text: str, value: object, allowed: tuple[T, ...]) -> T:
    for choice in allowed:
        if choice == value:
            return choice
    raise AddressInvalid(f"“{text}”: “{value}” is none of {', '.join(map(str, allowed))}")
