"""`kill -9` of the till or of the hub at moments that a seed draws; the other side lives on."""

import multiprocessing
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.killed import sell_and_be_killed, serve_and_be_killed
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal
from tests.scenarios.site import HubSite
from till_app.services.status import LinkState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")

SEEDS = range(5)
DIES_WITHIN_S = 60.0


def _processes() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.scenarios.killed"])
    return context


@pytest.mark.parametrize("seed", SEEDS)
def test_a_till_killed_while_it_sells_and_sends_loses_nothing(sqlite_lane: Lane, seed: int) -> None:
    lane = sqlite_lane
    lane.sell(MILK)
    lane.close()
    step = random.Random(seed).randint(1, 600)
    process = _processes().Process(target=sell_and_be_killed, args=(lane.folder, step))
    process.start()
    process.join(DIES_WITHIN_S)
    was_killed = process.exitcode == -9
    process.kill()
    process.join()
    process.close()
    assert was_killed, step
    lane.reopen()
    finish_basket(lane)
    lane.sell(MINTS)
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)


def finish_basket(lane: Lane) -> None:
    """What the power cut left open is paid and completed, as the cashier would."""
    services = lane.till.services
    if services.selling.lines:
        if services.checkout.balance_minor > 0:
            services.checkout.pay_cash(services.checkout.balance_minor)
        services.checkout.complete()


@contextmanager
def hub_that_dies(site: HubSite, step: int) -> Iterator[multiprocessing.context.ForkServerProcess]:
    """In the place of the site's own, which runs again afterwards."""
    site.stop()
    context = _processes()
    here, there = context.Pipe(duplex=False)
    process = context.Process(
        target=serve_and_be_killed,
        args=(site.storage.place, site.storage.data, site.running.port, step, there),
    )
    process.start()
    with here, there:
        assert here.poll(DIES_WITHIN_S)
        try:
            yield process
        finally:
            process.kill()
            process.join()
            process.close()
            site.start()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hub_killed_while_it_takes_and_gives_is_told_and_counts_everything_once(
    lane: Lane, seed: int
) -> None:
    step = random.Random(seed).randint(1, 120)
    with hub_that_dies(lane.site, step) as process:
        for _ in range(40):
            lane.sell(MILK, MINTS)
            lane.hang_up()
            if lane.round().state is LinkState.OFFLINE:
                break
        process.join(DIES_WITHIN_S)
        assert process.exitcode == -9, step
        lane.sell(MINTS)
        status = lane.round()
        assert (status.state, status.error_code) == (LinkState.OFFLINE, "no_connection")
        assert status.waiting_sales > 0
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
