"""Avery Berkel: a greeting, a request, and the weight twice; the till confirms that both were the same."""

import re

from hardware.scales.asking import AskingScale
from hardware.scales.checksum import block_check
from hardware.scales.scale import (
    ScaleAnswerInvalid,
    ScaleUnitRefused,
    WeightReading,
    WeightState,
    reading_of,
)
from hardware.transports.serial_port import SerialSettings

LINE = SerialSettings(baud=2400, data_bits=7, parity="E", stop_bits=1)

_ENQ, _ACK, _DC1, _CR = b"\x05", b"\x06", b"\x11", b"\r"
_REFUSALS = (b"\x18", b"\x00", b"\x15")
_TWICE = re.compile(
    rb"\x02(?P<content>[\x00-\xff][0-9]{5})(?P<check>[\x00-\xff])\x03"
    rb"\x02(?P<content_again>[\x00-\xff][0-9]{5})(?P<check_again>[\x00-\xff])\x03",
    re.DOTALL,
)

_ALWAYS, _OUT_OF_RANGE, _OTHER_CAPACITIES, _CAPACITY = 0x28, 0x10, 0x40, 0x07
"""Bits of the information byte."""
_CAPACITIES_IN_KG = (1, 3)
"""15 kg by 5 g, and 6 kg by 2 g; 2 is 30 lb."""


def find_greeting(received: bytes) -> bytes | None:
    """ACK: a weight is ready. CAN: not at rest, NUL: nothing there, NAK: not understood; these count alone,
    for nothing checks them."""
    if _ACK in received:
        return _ACK
    return received if received in _REFUSALS else None


def find_reading(received: bytes) -> WeightReading | None:
    """Raises ScaleAnswerInvalid for a wrong checksum or when the two differ, ScaleUnitRefused."""
    frames = _TWICE.search(received)
    if frames is None:
        return None
    content = frames["content"]
    is_same = frames["content_again"] == content
    if not is_same or {frames["check"], frames["check_again"]} != {bytes([block_check(content)])}:
        raise ScaleAnswerInvalid(f"its two answers differ or a checksum is wrong: {frames[0].hex(' ')}")
    information, grams = content[0], int(content[1:])
    if information & _ALWAYS != _ALWAYS:
        raise ScaleAnswerInvalid(f"{information:02x} is no information byte")
    if information & _OUT_OF_RANGE:
        # One bit tells both; the weight that comes with it tells them apart.
        return WeightReading(WeightState.OVER if grams else WeightState.UNDER)
    if information & _OTHER_CAPACITIES or information & _CAPACITY not in _CAPACITIES_IN_KG:
        raise ScaleUnitRefused(f"the scale does not say that it weighs in kilograms ({information:02x})")
    return reading_of(grams)


class AveryBerkelScale(AskingScale):
    can_zero = True
    can_tare = True

    def read(self) -> WeightReading:
        deadline = self._deadline()
        self._forget_what_came()
        self._say(_ENQ, deadline)
        match self._hear(find_greeting, deadline):
            case b"\x18":
                return WeightReading(WeightState.MOVING)
            case b"\x00":
                return WeightReading(WeightState.ZERO)
            case b"\x15":
                raise ScaleAnswerInvalid("the scale did not understand the question")
        self._say(_DC1, deadline)
        try:
            reading = self._hear(find_reading, deadline)
        except ScaleAnswerInvalid:
            self._say(_ACK, self._deadline())
            raise
        self._say(_CR, self._deadline())
        return reading

    def zero(self) -> None:
        self._command(b"Z")

    def tare(self) -> None:
        self._command(b"N")

    def _command(self, letter: bytes) -> None:
        """It carries these out without an answer."""
        content = letter + b"\x00" * 5
        self._say(b"\x02" + content + b"\x03" + bytes([block_check(content)]), self._deadline())
