"""From the settings to an open scale: which driver speaks a protocol, and how its line is usually set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from hardware.addresses import parse_address
from hardware.errors import AddressInvalid
from hardware.scales import avery_berkel, cas, nci, toledo_8217
from hardware.scales.asking import ANSWER_S
from hardware.scales.scale import Scale
from hardware.transports.base import Transport
from hardware.transports.serial_port import SerialSettings


class ScaleDriver(Protocol):
    """A driver's class, which can be asked before there is a scale."""

    can_zero: bool
    can_tare: bool

    def __call__(self, transport: Transport, answer_s: float = ANSWER_S) -> Scale: ...


@dataclass(frozen=True, slots=True)
class ScaleProtocol:
    driver: ScaleDriver
    line: SerialSettings


SCALE_PROTOCOLS: Mapping[str, ScaleProtocol] = {
    "toledo_8217": ScaleProtocol(toledo_8217.Toledo8217, toledo_8217.LINE),
    "nci": ScaleProtocol(nci.NciScale, nci.LINE),
    "cas": ScaleProtocol(cas.CasScale, cas.LINE),
    "avery_berkel": ScaleProtocol(avery_berkel.AveryBerkelScale, avery_berkel.LINE),
}


def open_scale(protocol: str, address: str, answer_s: float = ANSWER_S) -> Scale:
    """`serial:///dev/ttyUSB0`, or its bare name, and `tcp://host:port` of a serial server.

    What the address says of the line wins over what the protocol usually has. Raises DeviceError.
    """
    known = SCALE_PROTOCOLS[protocol]
    transport = parse_address(with_line(address, known.line)).open()
    if not transport.can_read:
        transport.close()
        raise AddressInvalid(f"“{address}” gives no answers: a scale must be asked")
    return known.driver(transport, answer_s)


def with_line(address: str, line: SerialSettings) -> str:
    """The address of a serial port with what it leaves open filled in; others as they are."""
    text = address.strip()
    if "://" not in text:
        text = f"serial://{'' if text.startswith('/') else '/'}{text}"
    base, _, query = text.partition("?")
    if not base.startswith("serial://"):
        return text
    usual = {"baud": line.baud, "bits": line.data_bits, "parity": line.parity, "stop": line.stop_bits}
    said = dict(parse_qsl(query, keep_blank_values=True))
    return f"{base}?{urlencode({name: str(value) for name, value in usual.items()} | said)}"
