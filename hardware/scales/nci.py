"""NCI, also called ECR or SCP-01 (Weigh-Tronix, Avery): weight and status bytes in one answer."""

import re

from hardware.scales.asking import AskingScale
from hardware.scales.scale import (
    ScaleAnswerInvalid,
    WeightReading,
    WeightState,
    check_unit,
    grams_of,
    reading_of,
)
from hardware.transports.serial_port import SerialSettings

LINE = SerialSettings(baud=9600, data_bits=7, parity="E", stop_bits=1)
"""Some are set to 8N1: then the address says so."""

# Scales differ in the order of CR and LF before the status; a status byte is 0x30 or 0x70 with four bits.
_ANSWER = re.compile(
    rb"(?:\n(?P<weight>[ 0-9.\-]{5,8})(?P<unit>[A-Za-z ]{2}))?[\r\n]{1,2}"
    rb"S(?P<status>[\x30-\x3f\x70-\x7f]{2,4})\r\x03"
)
_MOTION, _AT_ZERO, _MEMORY_FAULTS = 0x01, 0x02, 0x0C
"""Of the first status byte."""
_UNDER, _OVER, _OTHER_FAULTS = 0x01, 0x02, 0x0C
"""Of the second."""
_NET = 0x04
"""Of the third, where there is one."""


def find_reading(received: bytes) -> WeightReading | None:
    """The answer to `W`; without a weight its status must say why."""
    answer = _ANSWER.search(received)
    if answer is None:
        return None
    first, second, *more = answer["status"]
    if first & _MEMORY_FAULTS or second & _OTHER_FAULTS:
        raise ScaleAnswerInvalid(f"the scale reports a fault of its own (status {answer['status'].hex(' ')})")
    if second & _OVER:
        return WeightReading(WeightState.OVER)
    if second & _UNDER:
        return WeightReading(WeightState.UNDER)
    is_moving, is_net = bool(first & _MOTION), bool(more and more[0] & _NET)
    if answer["weight"] is None:
        if is_moving:
            return WeightReading(WeightState.MOVING)
        if first & _AT_ZERO:
            return WeightReading(WeightState.ZERO)
        raise ScaleAnswerInvalid("the scale tells no weight and not why")
    check_unit(answer["unit"].decode("ascii"))
    text = answer["weight"].decode("ascii")
    if "-" in text:
        return WeightReading(WeightState.UNDER)
    return reading_of(grams_of(text), is_moving=is_moving, is_net=is_net)


def find_status(received: bytes) -> bytes | None:
    """The status bytes that answer `Z` and `T`."""
    answer = _ANSWER.search(received)
    return answer["status"] if answer is not None else None


class NciScale(AskingScale):
    can_zero = True
    can_tare = True

    def read(self) -> WeightReading:
        return self._ask(b"W\r", find_reading)

    def zero(self) -> None:
        self._ask(b"Z\r", find_status)

    def tare(self) -> None:
        self._ask(b"T\r", find_status)
