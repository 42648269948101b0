"""CAS ECR: a greeting, a request, and a frame with state, sign, weight, unit and checksum."""

import re

from hardware.scales.asking import AskingScale
from hardware.scales.checksum import block_check
from hardware.scales.scale import (
    ScaleAnswerInvalid,
    WeightReading,
    WeightState,
    check_unit,
    grams_of,
    reading_of,
)
from hardware.transports.serial_port import SerialSettings

LINE = SerialSettings(baud=9600, data_bits=8, parity="N", stop_bits=1)

_ENQ, _ACK, _DC1 = b"\x05", b"\x06", b"\x11"
_FRAME = re.compile(
    rb"\x01\x02(?P<content>(?P<state>[SU])(?P<sign>[ \-F])(?P<weight>[ 0-9.F]{5,8})(?P<unit>[A-Za-z]{2}))"
    rb"(?P<check>[\x00-\xff])\x03\x04",
    re.DOTALL,
)


def find_reading(received: bytes) -> WeightReading | None:
    """Raises ScaleAnswerInvalid when the checksum is wrong."""
    frame = _FRAME.search(received)
    if frame is None:
        return None
    if block_check(frame["content"]) != frame["check"][0]:
        raise ScaleAnswerInvalid(f"the checksum is wrong: {frame[0].hex(' ')}")
    if frame["sign"] == b"F":
        return WeightReading(WeightState.OVER)
    check_unit(frame["unit"].decode("ascii"))
    grams = grams_of(frame["weight"].decode("ascii"))
    if frame["sign"] == b"-" and grams:
        return WeightReading(WeightState.UNDER)
    return reading_of(grams, is_moving=frame["state"] == b"U")


def find_greeting(received: bytes) -> bool | None:
    return True if _ACK in received else None


class CasScale(AskingScale):
    """Zero and tare are keys of the scale: the protocol has no words for them."""

    def read(self) -> WeightReading:
        deadline = self._deadline()
        self._forget_what_came()
        self._say(_ENQ, deadline)
        self._hear(find_greeting, deadline)
        self._say(_DC1, deadline)
        return self._hear(find_reading, deadline)
