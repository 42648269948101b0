"""What every scale can do, whichever protocol it speaks: one reading at a time, in grams."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.errors import PermanentDeviceError, TransientDeviceError


class ScaleAnswerInvalid(TransientDeviceError):
    """Something came that is no answer of this protocol: a bad line, another protocol, a wrong checksum."""

    code = "answer_invalid"


class ScaleUnitRefused(PermanentDeviceError):
    """It weighs in pounds, or does not say in what: a weight is never converted or guessed."""

    code = "unit_refused"


class ScaleLacksFunction(PermanentDeviceError):
    """The protocol has no such command."""

    code = "not_supported"


class WeightState(StrEnum):
    STABLE = "stable"
    MOVING = "moving"
    ZERO = "zero"
    """At rest, and nothing on it."""
    UNDER = "under"
    """Under zero, as when a tare was left in."""
    OVER = "over"
    """More than it can weigh."""


@dataclass(frozen=True, slots=True)
class WeightReading:
    state: WeightState
    grams: int = 0
    """0 unless `stable`, or `moving` where the protocol tells a weight on its way."""
    is_net: bool = False
    """A tare is taken off."""

    def __post_init__(self) -> None:
        is_stable = self.state is WeightState.STABLE
        if self.grams < 0 or (is_stable and not self.grams):
            raise ValueError(f"{self.grams} g cannot be {self.state}")
        if self.grams and self.state not in (WeightState.STABLE, WeightState.MOVING):
            raise ValueError(f"no weight is known while the scale is {self.state}")


class Scale(Protocol):
    """An open scale, for one thread. After DeviceClosed it is only good for closing."""

    @property
    def can_zero(self) -> bool: ...

    @property
    def can_tare(self) -> bool: ...

    def read(self) -> WeightReading:
        """Ask once. Raises DeviceTimeout when it is silent, ScaleAnswerInvalid, ScaleUnitRefused,
        DeviceClosed."""
        ...

    def zero(self) -> None:
        """Ask it to call what lies there nothing; whether it did shows at the next reading.

        Raises as `read`, and ScaleLacksFunction.
        """
        ...

    def tare(self) -> None:
        """Ask it to take off what lies there; whether it did shows at the next reading. Raises as `zero`."""
        ...

    def close(self) -> None: ...


def reading_of(grams: int, *, is_moving: bool = False, is_net: bool = False) -> WeightReading:
    """A weight that the scale told, at rest or on its way."""
    if is_moving:
        return WeightReading(WeightState.MOVING, grams, is_net)
    if grams == 0:
        return WeightReading(WeightState.ZERO, 0, is_net)
    return WeightReading(WeightState.STABLE, grams, is_net)


def grams_of(kilograms: str) -> int:
    """`0.412` is 412 g; up to three decimals. Raises ScaleAnswerInvalid."""
    whole, point, fraction = kilograms.strip().partition(".")
    digits = whole + fraction
    if not (point and fraction and len(fraction) <= 3 and digits.isascii() and digits.isdigit()):
        raise ScaleAnswerInvalid(f"{kilograms!r} is no weight in kilograms")
    return int(whole or "0") * 1000 + int(fraction.ljust(3, "0"))


def check_unit(unit: str) -> None:
    """Raises ScaleUnitRefused for all but kilograms."""
    if unit.strip().lower() != "kg":
        raise ScaleUnitRefused(f"the scale weighs in {unit.strip() or 'no unit'!r}: set it to kilograms")
