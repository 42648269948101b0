"""A serial port known by the USB device behind it: `usb-0403:6001:A50285BI` keeps its name."""

import re
from dataclasses import dataclass

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hardware.errors import DeviceUnavailable

_PATTERN = re.compile(r"usb-([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SerialIdentity:
    vendor_id: int
    product_id: int
    serial_number: str = ""
    """Empty: the device has none, or it does not matter; there must be one of the kind only then."""

    @classmethod
    def parse(cls, text: str) -> "SerialIdentity | None":
        parts = _PATTERN.fullmatch(text)
        return cls(int(parts[1], 16), int(parts[2], 16), parts[3] or "") if parts else None

    @classmethod
    def of(cls, port: ListPortInfo) -> "SerialIdentity | None":
        """None: no USB device."""
        if port.vid is None or port.pid is None:
            return None
        return cls(port.vid, port.pid, port.serial_number or "")

    def __str__(self) -> str:
        serial = f":{self.serial_number}" if self.serial_number else ""
        return f"usb-{self.vendor_id:04x}:{self.product_id:04x}{serial}"


def port_of(identity: SerialIdentity) -> str:
    """Where the device is plugged in now. Raises DeviceUnavailable."""
    ports = []
    for port in list_ports.comports():
        here = SerialIdentity.of(port)
        if here is None or (here.vendor_id, here.product_id) != (identity.vendor_id, identity.product_id):
            continue
        if not identity.serial_number or here.serial_number == identity.serial_number:
            ports.append(str(port.device))
    if not ports:
        raise DeviceUnavailable(f"{identity} is not plugged in")
    if len(ports) > 1:
        raise DeviceUnavailable(f"{identity} is plugged in more than once: {', '.join(sorted(ports))}")
    return ports[0]
