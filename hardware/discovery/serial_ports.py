"""Serial ports, by the device behind them where that is a USB device that can be told from others."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from hardware.addresses import SerialAddress
from hardware.discovery.found import NOT_PERMITTED, SERIAL_DEVICES, Found
from hardware.discovery.known_vendors import usb_detail, vendor
from hardware.serial_identity import SerialIdentity
from hardware.transports.permission import may_be_opened

_BY_ID = Path("/dev/serial/by-id")


def find_serial_ports(
    list_all: Callable[[], Iterable[ListPortInfo]] = list_ports.comports, by_id: Path = _BY_ID
) -> Iterator[Found]:
    """The address leaves out the line's settings: each protocol has its own."""
    ports = sorted(list_all(), key=lambda port: str(port.device))
    identities = [SerialIdentity.of(port) for port in ports]
    seen = Counter(identity for identity in identities if identity is not None)
    names = _names_by_id(by_id)
    for port, identity in zip(ports, identities, strict=True):
        device = str(port.device)
        is_unique = identity is not None and seen[identity] == 1 and _is_alone(identity, identities)
        where = str(identity) if is_unique else device
        details = [device]
        if identity is not None:
            serial_number = identity.serial_number
            details.append(usb_detail(identity.vendor_id, identity.product_id, serial_number))
        if device in names:
            details.append(names[device])
        if not may_be_opened(device):
            details.append(NOT_PERMITTED)
        known = vendor(port.vid)
        yield Found(
            kind="serial_port",
            address=str(SerialAddress(where)).partition("?")[0],
            name=_name(port),
            detail=" · ".join(details),
            suits=known.suits if known is not None else SERIAL_DEVICES,
        )


def _is_alone(identity: SerialIdentity, identities: list[SerialIdentity | None]) -> bool:
    """Without a serial number another device of its kind would do as well."""
    if identity.serial_number:
        return True
    kind = (identity.vendor_id, identity.product_id)
    alike = [other for other in identities if other and (other.vendor_id, other.product_id) == kind]
    return len(alike) == 1


def _name(port: ListPortInfo) -> str:
    """`n/a` is what pyserial says when it knows nothing."""
    for text in (port.product, port.description):
        if text and text != "n/a":
            return str(text)
    return str(port.device)


def _names_by_id(folder: Path) -> dict[str, str]:
    """The lasting name that Linux gives a port, by its device."""
    try:
        return {str(link.resolve()): link.name for link in folder.iterdir()}
    except OSError:
        return {}
