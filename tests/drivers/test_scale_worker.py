"""The till's scale: a weight is told when it changes, counts only while it is confirmed, and is sold once."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.scales.opening import open_scale
from hardware.scales.scale import WeightReading
from hardware.scales.scale import WeightState as Read
from hardware.simulated.scales import Pan, ScaleFault, SimulatedScale
from tests.conftest import ExpectedLogs
from till_app.devices.scale_worker import ScaleWorker, WeightCount, scale_worker_for
from till_app.services.device_settings import ScaleSettings
from till_app.services.device_status import DeviceHealth, DeviceState, LiveWeight, WeightState

WAIT_S = 5.0
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")


class Heard:
    """What a worker told, for a test to wait on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.weights: list[LiveWeight] = []
        self.healths: list[DeviceHealth] = []

    def on_weight(self, weight: LiveWeight) -> None:
        with self._changed:
            self.weights.append(weight)
            self._changed.notify_all()

    def on_health(self, health: DeviceHealth) -> None:
        with self._changed:
            self.healths.append(health)
            self._changed.notify_all()

    def wait_for_weight(self, is_so: Callable[[LiveWeight], bool]) -> LiveWeight:
        """The newest one, as soon as it is so."""
        with self._changed:
            came = self._changed.wait_for(lambda: self.weights and is_so(self.weights[-1]), WAIT_S)
            assert came, self.weights
            return self.weights[-1]

    def wait_for_state(self, state: WeightState) -> LiveWeight:
        return self.wait_for_weight(lambda weight: weight.state is state)

    def wait_for_health(self, state: DeviceState, error: str | None = None) -> None:
        """`error`: its last one; None: whatever it was."""

        def is_so() -> bool:
            newest = self.healths[-1] if self.healths else None
            return newest is not None and newest.state is state and error in (None, newest.error)

        with self._changed:
            assert self._changed.wait_for(is_so, WAIT_S), self.healths


@contextmanager
def worker_on(
    peer: SimulatedScale, heard: Heard, silent_s: float = 60.0, answer_s: float = 2.0, look_s: float = 60.0
) -> Iterator[ScaleWorker]:
    worker = ScaleWorker(
        lambda: open_scale("toledo_8217", peer.address, answer_s),
        heard.on_weight,
        heard.on_health,
        can_zero=True,
        can_tare=True,
        poll_s=0.005,
        silent_s=silent_s,
        look_s=look_s,
        first_retry_s=0.01,
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def test_a_weight_is_told_when_it_has_changed_and_not_again() -> None:
    heard, pan = Heard(), Pan(412)
    with SimulatedScale("toledo_8217", pan=pan) as peer, worker_on(peer, heard) as worker:
        worker.watch(True)
        assert heard.wait_for_state(WeightState.STABLE).weight_grams == 412
        pan.grams = 0
        heard.wait_for_state(WeightState.ZERO)
        assert [weight.state for weight in heard.weights] == [WeightState.STABLE, WeightState.ZERO]


def test_no_weight_is_told_while_nobody_looks() -> None:
    heard = Heard()
    with SimulatedScale("toledo_8217", pan=Pan(412)) as peer, worker_on(peer, heard) as worker:
        assert worker.latest().state is WeightState.SILENT
        worker.watch(True)
        heard.wait_for_state(WeightState.STABLE)
        worker.watch(False)
        assert worker.latest().state is WeightState.SILENT
    assert [weight.state for weight in heard.weights] == [WeightState.STABLE, WeightState.SILENT]


def test_a_scale_that_nobody_looks_at_is_known_to_be_there_and_to_be_gone() -> None:
    heard, pan = Heard(), Pan(412)
    with (
        SimulatedScale("toledo_8217", pan=pan) as peer,
        worker_on(peer, heard, silent_s=0.0, answer_s=0.05, look_s=0.01),
    ):
        heard.wait_for_health(DeviceState.READY)
        pan.fault = ScaleFault.SILENT
        heard.wait_for_health(DeviceState.UNREACHABLE, "timeout")
        pan.fault = ScaleFault.NONE
        heard.wait_for_health(DeviceState.READY)
    assert heard.weights == []


def test_a_weight_that_was_sold_cannot_be_taken_until_it_has_moved() -> None:
    heard, pan = Heard(), Pan(412)
    with SimulatedScale("toledo_8217", pan=pan) as peer, worker_on(peer, heard) as worker:
        worker.watch(True)
        first = heard.wait_for_state(WeightState.STABLE)
        assert first.can_be_taken
        worker.used(first.number)
        assert not worker.latest().can_be_taken
        assert heard.wait_for_weight(lambda weight: weight.is_sold).weight_grams == 412
        pan.is_moving = True
        heard.wait_for_state(WeightState.MOVING)
        pan.is_moving = False
        again = heard.wait_for_state(WeightState.STABLE)
        assert (again.weight_grams, again.can_be_taken) == (412, True)


def test_silence_is_told_and_the_weight_that_was_shown_counts_no_more() -> None:
    heard, pan = Heard(), Pan(412)
    with (
        SimulatedScale("toledo_8217", pan=pan) as peer,
        worker_on(peer, heard, silent_s=0.05, answer_s=0.3) as worker,
    ):
        worker.watch(True)
        heard.wait_for_state(WeightState.STABLE)
        pan.fault = ScaleFault.SILENT
        silent = heard.wait_for_state(WeightState.SILENT)
        assert (silent.weight_grams, silent.can_be_taken) == (0, False)
        heard.wait_for_health(DeviceState.UNREACHABLE, "timeout")
        pan.fault = ScaleFault.NONE
        back = heard.wait_for_state(WeightState.STABLE)
        assert back.number == silent.number
        heard.wait_for_health(DeviceState.READY, "timeout")


def test_pounds_and_nonsense_need_somebody() -> None:
    heard, pan = Heard(), Pan(412, weighs_in_pounds=True)
    with SimulatedScale("toledo_8217", pan=pan) as peer, worker_on(peer, heard, silent_s=0.0) as worker:
        worker.watch(True)
        heard.wait_for_health(DeviceState.NEEDS_SOMEBODY, "unit_refused")
    heard = Heard()
    pan = Pan(412, fault=ScaleFault.GARBAGE)
    with (
        SimulatedScale("toledo_8217", pan=pan) as peer,
        worker_on(peer, heard, silent_s=0.0, answer_s=0.3) as worker,
    ):
        worker.watch(True)
        heard.wait_for_health(DeviceState.NEEDS_SOMEBODY, "answer_invalid")
        assert all(weight.weight_grams == 0 for weight in heard.weights)


def test_a_scale_that_was_unplugged_is_opened_again(tmp_path: Path) -> None:
    heard, pan = Heard(), Pan(412)
    with (
        SimulatedScale("toledo_8217", link=tmp_path / "scale", pan=pan) as peer,
        worker_on(peer, heard) as worker,
    ):
        worker.watch(True)
        heard.wait_for_state(WeightState.STABLE)
        peer.unplug()
        heard.wait_for_state(WeightState.SILENT)
        heard.wait_for_health(DeviceState.UNREACHABLE)
        peer.plug_in()
        heard.wait_for_state(WeightState.STABLE)
        assert worker.health().state is DeviceState.READY


def test_zero_and_tare_are_carried_out_between_two_readings() -> None:
    heard, pan = Heard(), Pan(30)
    with SimulatedScale("toledo_8217", pan=pan) as peer, worker_on(peer, heard) as worker:
        worker.watch(True)
        heard.wait_for_state(WeightState.STABLE)
        worker.zero()
        heard.wait_for_state(WeightState.ZERO)
        pan.grams = 50
        heard.wait_for_state(WeightState.STABLE)
        worker.tare()
        heard.wait_for_state(WeightState.ZERO)
        pan.grams = 462
        net = heard.wait_for_state(WeightState.STABLE)
        assert (net.weight_grams, net.is_net) == (412, True)


def test_a_fault_in_what_is_done_with_a_weight_does_not_end_the_weighing(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the scale's worker failed; it goes on")
    failed = threading.Event()

    def fail(_weight: LiveWeight) -> None:
        failed.set()
        raise RuntimeError("a bug in the till")

    with SimulatedScale("toledo_8217", pan=Pan(412)) as peer:
        worker = ScaleWorker(
            lambda: open_scale("toledo_8217", peer.address),
            fail,
            Heard().on_health,
            can_zero=False,
            can_tare=False,
        )
        worker.start()
        worker.watch(True)
        assert failed.wait(WAIT_S)
        worker.stop()
        assert worker.health().state is DeviceState.READY


def test_a_scale_that_is_not_there_does_not_hold_up_the_end(tmp_path: Path) -> None:
    heard = Heard()
    worker = scale_worker_for(
        ScaleSettings(address=f"serial://{tmp_path}/absent"), heard.on_weight, heard.on_health
    )
    assert worker is not None
    worker.start()
    worker.watch(True)
    heard.wait_for_health(DeviceState.UNREACHABLE, "unavailable")
    worker.stop()


def test_no_address_is_no_scale() -> None:
    heard = Heard()
    assert scale_worker_for(ScaleSettings(), heard.on_weight, heard.on_health) is None


def test_the_number_grows_with_what_lies_there_and_not_with_time() -> None:
    count = WeightCount()
    readings = [
        (WeightReading(Read.ZERO), 0),
        (WeightReading(Read.STABLE, 412), 1),
        (WeightReading(Read.STABLE, 412), 1),
        (WeightReading(Read.MOVING, 500), 1),
        (WeightReading(Read.STABLE, 412), 2),
        (WeightReading(Read.STABLE, 600), 3),
        (WeightReading(Read.ZERO), 3),
        (WeightReading(Read.UNDER), 3),
        (WeightReading(Read.STABLE, 600), 4),
    ]
    assert [count.take(reading) for reading, _ in readings] == [number for _, number in readings]
