"""Toledo 8217, which most scales at a till can speak: one letter asks, a weight or a status answers."""

import re

from hardware.scales.asking import AskingScale
from hardware.scales.scale import (
    ScaleAnswerInvalid,
    ScaleUnitRefused,
    WeightReading,
    WeightState,
    grams_of,
    reading_of,
)
from hardware.transports.serial_port import SerialSettings

LINE = SerialSettings(baud=9600, data_bits=7, parity="E", stop_bits=1)

_WEIGHT = re.compile(rb"\x02(?P<weight>[ 0-9]{1,5}\.?[0-9]{0,4})(?P<net>N?)\r")
_STATUS = re.compile(rb"\x02\?(?P<status>[\x00-\xff])\r", re.DOTALL)
_MOTION, _OVER, _UNDER, _CENTRE_OF_ZERO = 0x01, 0x02, 0x04, 0x10


def find_reading(received: bytes) -> WeightReading | None:
    """The answer to `W`; kilograms have three decimals, pounds two, and nothing else tells them apart."""
    weight = _WEIGHT.search(received)
    status = _STATUS.search(received)
    if weight is not None and (status is None or weight.start() < status.start()):
        return _weight(weight["weight"].decode("ascii"), is_net=bool(weight["net"]))
    return _state(status["status"][0]) if status is not None else None


def find_status(received: bytes) -> int | None:
    """The status byte that answers `Z` and `T`."""
    status = _STATUS.search(received)
    return status["status"][0] if status is not None else None


def _weight(text: str, *, is_net: bool) -> WeightReading:
    decimals = len(text.partition(".")[2])
    if decimals != 3:
        raise ScaleUnitRefused(f"{text.strip()!r} has no three decimals: set the scale to kilograms")
    return reading_of(grams_of(text), is_net=is_net)


def _state(status: int) -> WeightReading:
    if status & _OVER:
        return WeightReading(WeightState.OVER)
    if status & _UNDER:
        return WeightReading(WeightState.UNDER)
    if status & _MOTION:
        return WeightReading(WeightState.MOVING)
    if status & _CENTRE_OF_ZERO:
        return WeightReading(WeightState.ZERO)
    raise ScaleAnswerInvalid(f"the scale tells no weight and not why (status {status:02x})")


class Toledo8217(AskingScale):
    can_zero = True
    can_tare = True

    def read(self) -> WeightReading:
        return self._ask(b"W", find_reading)

    def zero(self) -> None:
        self._ask(b"Z", find_status)

    def tare(self) -> None:
        self._ask(b"T", find_status)
