"""Device addresses as they stand in settings, such as `tcp://192.168.1.40:9100`, and how each is opened."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from hardware.errors import AddressInvalid
from hardware.transports.device_file import DeviceFileTransport
from hardware.transports.serial_port import SerialSettings, SerialTransport
from hardware.transports.tcp import CONNECT_S, TcpTransport

PRINTER_PORT = 9100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TcpAddress:
    host: str
    port: int = PRINTER_PORT

    def open(self, connect_s: float = CONNECT_S) -> TcpTransport:
        return TcpTransport(self.host, self.port, connect_s)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SerialAddress:
    port: str
    """`/dev/ttyUSB0`, `COM3`."""
    settings: SerialSettings = field(default_factory=SerialSettings)

    def open(self) -> SerialTransport:
        return SerialTransport(self.port, self.settings)

    def __str__(self) -> str:
        settings = self.settings
        return (
            f"serial://{'' if self.port.startswith('/') else '/'}{self.port}?baud={settings.baud}"
            f"&bits={settings.data_bits}&parity={settings.parity}&stop={settings.stop_bits}&flow={settings.flow}"
        )


@dataclass(frozen=True, slots=True)
class FileAddress:
    path: Path

    def open(self) -> DeviceFileTransport:
        return DeviceFileTransport(self.path)

    def __str__(self) -> str:
        return f"file://{self.path}"


Address = TcpAddress | SerialAddress | FileAddress


def parse_address(text: str) -> Address:
    """`tcp://host:port`, `serial:///dev/ttyUSB0?baud=9600` or `file:///dev/usb/lp0`. Raises AddressInvalid.

    A serial port may also set `bits`, `parity` (N, E, O), `stop` and `flow` (none, rtscts, xonxoff).
    """
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError as error:
        raise AddressInvalid(f"“{text}”: {error}") from error
    match url.scheme:
        case "tcp":
            return _tcp_address(text, url, PRINTER_PORT if port is None else port)
        case "serial":
            return _serial_address(text, url)
        case "file":
            return _file_address(text, url)
        case _:
            raise AddressInvalid(f"“{text}” must begin with tcp://, serial:// or file://")


def parse_port(text: str) -> SerialAddress:
    """As parse_address, of a serial port; its bare name such as `/dev/ttyACM0` or `COM3` will do."""
    if "://" not in text:
        return SerialAddress(text)
    address = parse_address(text)
    if not isinstance(address, SerialAddress):
        raise AddressInvalid(f"“{text}” is no serial port")
    return address


def _tcp_address(text: str, url: SplitResult, port: int) -> TcpAddress:
    if not url.hostname:
        raise AddressInvalid(f"“{text}” names no host")
    if not 1 <= port <= 65535:
        raise AddressInvalid(f"“{text}”: a port is a number from 1 to 65535")
    if url.path.strip("/") or url.query or url.username:
        raise AddressInvalid(f"“{text}”: nothing may follow host and port")
    return TcpAddress(url.hostname, port)


def _serial_address(text: str, url: SplitResult) -> SerialAddress:
    name = unquote(url.netloc + url.path)
    if name.upper().startswith("/COM"):
        name = name[1:]
    if not name.strip("/"):
        raise AddressInvalid(f"“{text}” names no port")
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


def _file_address(text: str, url: SplitResult) -> FileAddress:
    path = unquote(url.path)
    if url.netloc or not path.strip("/"):
        raise AddressInvalid(f"“{text}”: a file is written as file:///path")
    # On Windows the path of file:///C:/receipts.bin begins with the slash before the drive.
    return FileAddress(Path(path[1:] if path[2:3] == ":" else path))


def _number(text: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise AddressInvalid(f"“{text}”: “{value}” is no number")
    return int(value)


def _choice(text: str, value: object, allowed: tuple[T, ...]) -> T:
    for choice in allowed:
        if choice == value:
            return choice
    raise AddressInvalid(f"“{text}”: “{value}” is none of {', '.join(map(str, allowed))}")
