"""Addresses as they are typed; those of serial lines taken apart and put together, as `serial:///dev/ttyUSB0?baud=9600&parity=E`.

Whether an address makes sense is checked where it is used.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

SERIAL = "serial://"
_NETWORK = re.compile(r"\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|[A-Za-z0-9][A-Za-z0-9.-]*:\d{1,5}")
BAUD_RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


@dataclass(frozen=True, slots=True)
class Line:
    """How a serial line is set; empty texts leave it to what is usual for the device."""

    baud: str = ""
    bits: str = ""
    parity: str = ""
    stop: str = ""
    flow: str = ""

    @property
    def words(self) -> str:
        """`9600 8N1`, or as much of it as is set."""
        frame = f"{self.bits or '8'}{self.parity or 'N'}{self.stop or '1'}"
        is_framed = self.bits or self.parity or self.stop
        return " ".join(part for part in (self.baud, frame if is_framed or self.baud else "") if part)


def is_serial(address: str) -> bool:
    """A bare name such as `COM3` or `/dev/ttyACM0` is one, too."""
    return address.startswith(SERIAL) or (bool(address) and "://" not in address)


def completed(typed: str) -> str:
    """What a person types for a network device, `192.168.1.40` or `printer:9100`, with its `tcp://`."""
    return f"tcp://{typed}" if _NETWORK.fullmatch(typed) else typed


def split_line(address: str) -> tuple[str, Line]:
    """The address without its line's settings, and those."""
    base, _, query = address.partition("?")
    if not is_serial(address):
        return address, Line()
    options = dict(parse_qsl(query))
    return base, Line(
        options.get("baud", ""),
        options.get("bits", ""),
        options.get("parity", ""),
        options.get("stop", ""),
        options.get("flow", ""),
    )


def join_line(base: str, line: Line) -> str:
    """The base alone when it is no serial line."""
    options = {
        name: value
        for name, value in (
            ("baud", line.baud),
            ("bits", line.bits),
            ("parity", line.parity),
            ("stop", line.stop),
            ("flow", line.flow),
        )
        if value
    }
    if not options or not is_serial(base):
        return base
    if "://" not in base:
        base = f"{SERIAL}{'' if base.startswith('/') else '/'}{base}"
    return f"{base}?{urlencode(options)}"


def port_name(address: str) -> str:
    """As people call it: `COM3`, `/dev/ttyUSB0`, `192.168.1.40:9100`."""
    base, _ = split_line(address)
    name = base.partition("://")[2] or base
    return name[1:] if name.upper().startswith("/COM") else name
