"""Every scale driver keeps the same laws, against a peer of its protocol on a real pty and a real socket."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.errors import DeviceClosed, DeviceError, DeviceTimeout, DeviceUnavailable
from hardware.scales.opening import SCALE_PROTOCOLS, open_scale, with_line
from hardware.scales.scale import (
    Scale,
    ScaleAnswerInvalid,
    ScaleLacksFunction,
    ScaleUnitRefused,
    WeightReading,
    WeightState,
)
from hardware.simulated.scales import CAPACITY_GRAMS, Pan, ScaleFault, SimulatedScale

PROTOCOLS = tuple(SCALE_PROTOCOLS)
WITH_CHECKSUM = ("cas", "avery_berkel")
ANSWER_S = 2.0
"""Long, for a busy machine."""
SHORT_S = 0.05
"""For a scale that will not answer."""
LONG_ENOUGH_TO_HEAR_S = 0.2
"""As a rule: a busy machine may let some answers come too late."""
MOST_TRIES = 20

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")


@contextmanager
def scale_with(
    protocol: str, pan: Pan, answer_s: float = ANSWER_S, over: str = "pty"
) -> Iterator[tuple[Scale, SimulatedScale]]:
    with SimulatedScale(protocol, "tcp" if over == "tcp" else "pty", pan=pan) as peer:
        scale = open_scale(protocol, peer.address, answer_s)
        try:
            yield scale, peer
        finally:
            scale.close()


def first_complaint(scale: Scale, kind: type[DeviceError]) -> bool:
    """Whether it is told, time-outs aside."""
    for _ in range(MOST_TRIES):
        try:
            scale.read()
        except kind:
            return True
        except DeviceTimeout:
            continue
    return False


def first_weight(scale: Scale) -> WeightReading:
    """Time-outs aside."""
    for _ in range(MOST_TRIES):
        try:
            return scale.read()
        except DeviceTimeout:
            continue
    raise AssertionError("it never answered")


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("over", ["pty", "tcp"])
@pytest.mark.parametrize("grams", [1, 412, 14_999])
def test_a_weight_at_rest_is_read_in_grams(protocol: str, over: str, grams: int) -> None:
    with scale_with(protocol, Pan(grams), over=over) as (scale, _):
        assert scale.read() == WeightReading(WeightState.STABLE, grams)
        assert scale.read() == WeightReading(WeightState.STABLE, grams)


@pytest.mark.parametrize(
    ("pan", "state"),
    [
        (Pan(412, is_moving=True), WeightState.MOVING),
        (Pan(0), WeightState.ZERO),
        (Pan(-20), WeightState.UNDER),
        (Pan(CAPACITY_GRAMS + 5), WeightState.OVER),
    ],
)
def test_what_is_no_weight_at_rest_is_never_told_as_one(protocol: str, pan: Pan, state: WeightState) -> None:
    with scale_with(protocol, pan) as (scale, _):
        assert scale.read().state is state


def test_silence_is_a_time_out_and_the_same_scale_answers_afterwards(protocol: str) -> None:
    pan = Pan(412, fault=ScaleFault.SILENT)
    with scale_with(protocol, pan, SHORT_S) as (scale, _), pytest.raises(DeviceTimeout):
        scale.read()
    pan.fault = ScaleFault.NONE
    with scale_with(protocol, pan) as (scale, _):
        assert scale.read().grams == 412


def test_garbage_is_told_and_the_next_good_answer_is_read(protocol: str) -> None:
    pan = Pan(412, fault=ScaleFault.GARBAGE)
    with scale_with(protocol, pan, LONG_ENOUGH_TO_HEAR_S) as (scale, _):
        assert first_complaint(scale, ScaleAnswerInvalid)
        pan.fault = ScaleFault.NONE
        assert first_weight(scale).grams == 412


def test_an_answer_that_comes_too_late_is_a_time_out(protocol: str) -> None:
    pan = Pan(412, fault=ScaleFault.SLOW, slow_s=60.0)
    with scale_with(protocol, pan, SHORT_S) as (scale, _), pytest.raises(DeviceTimeout):
        scale.read()


@pytest.mark.parametrize("protocol", WITH_CHECKSUM)
def test_a_wrong_checksum_is_no_weight(protocol: str) -> None:
    pan = Pan(412, fault=ScaleFault.BAD_CHECKSUM)
    with scale_with(protocol, pan) as (scale, _), pytest.raises(ScaleAnswerInvalid, match="checksum"):
        scale.read()


def test_pounds_are_refused_in_words(protocol: str) -> None:
    pan = Pan(412, weighs_in_pounds=True)
    with scale_with(protocol, pan) as (scale, _), pytest.raises(ScaleUnitRefused, match="kilograms"):
        scale.read()


@pytest.mark.parametrize("over", ["pty", "tcp"])
def test_an_unplugged_scale_is_closed_and_cannot_be_opened(protocol: str, over: str) -> None:
    with scale_with(protocol, Pan(412), over=over) as (scale, peer):
        peer.unplug()
        with pytest.raises(DeviceClosed):
            scale.read()
        with pytest.raises(DeviceUnavailable):
            open_scale(protocol, peer.address)


def test_a_scale_that_is_plugged_in_again_is_opened_again(protocol: str, tmp_path: Path) -> None:
    with SimulatedScale(protocol, link=tmp_path / "scale", pan=Pan(412)) as peer:
        before = open_scale(protocol, peer.address, ANSWER_S)
        peer.unplug()
        with pytest.raises(DeviceClosed):
            before.read()
        before.close()
        peer.plug_in()
        after = open_scale(protocol, peer.address, ANSWER_S)
        assert after.read().grams == 412
        after.close()


def test_zero_and_tare_are_there_where_the_protocol_has_them(protocol: str) -> None:
    driver = SCALE_PROTOCOLS[protocol].driver
    assert (driver.can_zero, driver.can_tare) == (protocol != "cas", protocol != "cas")
    pan = Pan(30)
    with scale_with(protocol, pan) as (scale, _):
        if not scale.can_zero:
            with pytest.raises(ScaleLacksFunction):
                scale.zero()
            with pytest.raises(ScaleLacksFunction):
                scale.tare()
            return
        scale.zero()
        assert scale.read().state is WeightState.ZERO
        pan.grams = 50
        scale.tare()
        assert scale.read().state is WeightState.ZERO
        pan.grams = 462
        assert scale.read().grams == 412


@pytest.mark.parametrize("protocol", ["toledo_8217", "nci"])
def test_a_net_weight_says_so(protocol: str) -> None:
    with scale_with(protocol, Pan(462, tare_grams=50)) as (scale, _):
        assert scale.read() == WeightReading(WeightState.STABLE, 412, is_net=True)


@pytest.mark.parametrize(
    ("protocol", "line"),
    [
        ("toledo_8217", "baud=9600&bits=7&parity=E&stop=1"),
        ("nci", "baud=9600&bits=7&parity=E&stop=1"),
        ("cas", "baud=9600&bits=8&parity=N&stop=1"),
        ("avery_berkel", "baud=2400&bits=7&parity=E&stop=1"),
    ],
)
def test_a_line_is_set_as_its_protocol_usually_has_it(protocol: str, line: str) -> None:
    usual = SCALE_PROTOCOLS[protocol].line
    assert with_line("serial:///dev/ttyUSB0", usual) == f"serial:///dev/ttyUSB0?{line}"
    assert with_line("COM3", usual) == f"serial:///COM3?{line}"
    assert with_line("tcp://scale.lan:4001", usual) == "tcp://scale.lan:4001"


def test_what_the_address_says_of_the_line_wins() -> None:
    address = with_line("serial:///dev/ttyS1?baud=4800&parity=O", SCALE_PROTOCOLS["toledo_8217"].line)
    assert address == "serial:///dev/ttyS1?baud=4800&bits=7&parity=O&stop=1"
