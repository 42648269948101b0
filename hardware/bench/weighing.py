"""`weigh`: what a scale says whenever that changes; zero and tare on request."""

import threading
from collections.abc import Callable

from hardware.bench.console import Console, ExitCode
from hardware.bench.words import explained, weight_words
from hardware.errors import DeviceTimeout
from hardware.scales.opening import open_scale
from hardware.scales.scale import Scale, ScaleAnswerInvalid, ScaleLacksFunction, ScaleUnitRefused

_POLL_S = 0.2


def weigh(
    console: Console,
    protocol: str,
    address: str,
    count: int,
    *,
    sets_zero: bool = False,
    takes_tare: bool = False,
    pause: Callable[[float], object] | None = None,
) -> ExitCode:
    """Ends after `count` changes; 0: goes on until Ctrl-C. Raises DeviceError when the scale is not there,
    and ScaleLacksFunction."""
    pause = pause or threading.Event().wait
    scale = open_scale(protocol, address)
    try:
        _prepare(console, scale, sets_zero=sets_zero, takes_tare=takes_tare)
        told, lines, is_weight = "", 0, True
        while lines < count or not count:
            words, is_weight = _said(scale)
            if words != told:
                (console.tell if is_weight else console.complain)(words)
                told, lines = words, lines + 1
                continue
            pause(_POLL_S)
    finally:
        scale.close()
    return ExitCode.DONE if is_weight else ExitCode.FAILED


def _prepare(console: Console, scale: Scale, *, sets_zero: bool, takes_tare: bool) -> None:
    if (sets_zero and not scale.can_zero) or (takes_tare and not scale.can_tare):
        raise ScaleLacksFunction("this protocol has no word for that")
    if sets_zero:
        scale.zero()
        console.tell("Asked to call what lies there nothing.")
    if takes_tare:
        scale.tare()
        console.tell("Asked to take off what lies there.")


def _said(scale: Scale) -> tuple[str, bool]:
    """In words, and whether it answered the question."""
    try:
        return weight_words(scale.read()), True
    except (DeviceTimeout, ScaleAnswerInvalid, ScaleUnitRefused) as error:
        return explained(error), False
