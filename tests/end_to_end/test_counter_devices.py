"""Sales go on while scale and customer display stall, vanish and come back, and the selling thread never
touches a device."""

import threading
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.scales import Pan, ScaleFault, SimulatedScale
from hardware.transports.tcp import TcpTransport
from tests.services.counter import CHEDDAR, MILK, ShopCounter, open_counter
from till_app.devices.till_display import TillDisplay
from till_app.devices.till_scale import TillScale
from till_app.services.device_settings import DisplaySettings, ScaleSettings
from till_app.services.device_status import CustomerMoment

SALES = 200


class NoPrinter:
    def send_raw(self, data: bytes) -> None:
        raise AssertionError(f"nothing is connected to a printer here: {data!r}")


@pytest.fixture
def touching_threads(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Which threads opened, wrote to or read from a device."""
    threads: set[int] = set()

    def watched(method: Callable[..., object]) -> Callable[..., object]:
        def watching(*arguments: object, **options: object) -> object:
            threads.add(threading.get_ident())
            return method(*arguments, **options)

        return watching

    for name in ("__init__", "write", "read", "close"):
        monkeypatch.setattr(TcpTransport, name, watched(getattr(TcpTransport, name)))
    return threads


def test_200_sales_while_scale_and_display_stall_vanish_and_come_back(
    tmp_path: Path, touching_threads: set[int]
) -> None:
    pan = Pan(412)
    with (
        open_counter(tmp_path) as counter,
        SimulatedDisplay("cd5220", "tcp") as pole,
        SimulatedScale("nci", "tcp", pan=pan) as peer,
    ):
        counter.begin_day()
        display = TillDisplay(DisplaySettings(address=pole.address), NoPrinter(), lambda _health: None)
        scale = TillScale(ScaleSettings("nci", peer.address), lambda _live: None, lambda _health: None)
        display.start()
        scale.start()
        counter.services.customer_view.add_sink(display)
        scale.watch(True)
        try:
            troubles: tuple[Callable[[], object], ...] = (
                pole.stall,
                pole.unplug,
                lambda: setattr(pan, "fault", ScaleFault.GARBAGE),
                peer.unplug,
                pole.plug_in,
                lambda: pole.stall(False),
                peer.plug_in,
                lambda: setattr(pan, "fault", ScaleFault.NONE),
            )
            coming = cycle(troubles)
            for number in range(SALES):
                if number % 5 == 0:
                    next(coming)()
                sell_one(counter, scale)
            assert counter.ledger.latest_sales(1)[0].receipt_number == f"2-{SALES:06d}"
            pole.stall(False)
            pole.plug_in()
            pole.wait_for(("Change         £4.44", "Thank you"), timeout_s=30.0)
        finally:
            display.stop()
            scale.stop()
    assert touching_threads
    assert threading.get_ident() not in touching_threads


def sell_one(counter: ShopCounter, scale: TillScale) -> None:
    """Milk and cheese, weighed if the scale has a weight that may be taken, else typed; £10 in cash."""
    services = counter.services
    view = services.customer_view
    view.stage(CustomerMoment.SELLING)
    services.selling.pick(MILK)
    view.changed()
    live = scale.latest()
    services.selling.pick(CHEDDAR, live.weight_grams if live.can_be_taken else 412)
    scale.used(live.number)
    view.changed()
    view.stage(CustomerMoment.PAYING)
    services.checkout.pay_cash(1_000)
    services.checkout.complete()
    view.stage(CustomerMoment.DONE)
