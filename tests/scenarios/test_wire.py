"""Every fault of the network at every step of an exchange, with a real till and a real hub."""

import pytest

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal
from tests.sync.faulty_proxy import Fault
from till_app.sync.http_exchange import HttpLimits

PATHS = ("/v1/hello", "/v1/journal", "/v1/changes")
TOLD = {
    Fault.DROP_BEFORE: "no_connection",
    Fault.DROP_AFTER: "no_connection",
    Fault.LATE: "no_connection",
    Fault.CUT_BODY: "cut_answer",
    Fault.ERROR_500: "hub_failed",
    Fault.BUSY: "busy",
    Fault.REFUSED_401: "unauthorised",
    Fault.TOO_LARGE_413: "too_large",
    Fault.SLOW_DRIP: "timeout",
    Fault.HTML_200: "not_a_hub",
    Fault.JSON_200: "not_a_hub",
    Fault.DUPLICATE: "",
}
"""What the person reads; nothing for what the hub itself puts right."""
MENDED_AT_ONCE = (Fault.TOO_LARGE_413, "/v1/journal")
"""Smaller batches go instead."""


def _meet(lane: Lane, fault: Fault, path: str) -> None:
    lane.sell(MILK)
    lane.sell(MINTS, MINTS)
    lane.hang_up()  # so that the next round greets, too
    lane.told.clear()
    lane.proxy.once(path, fault)
    lane.round()
    lane.proxy.by_rule(None)
    assert (path, fault) in [(request.path, met) for request, met in lane.proxy.seen]


@pytest.mark.parametrize("fault", TOLD, ids=lambda fault: fault.value)
def test_each_fault_at_each_step_is_told_and_ends_with_both_sides_equal(lane: Lane, fault: Fault) -> None:
    lane.limits = HttpLimits(connect_timeout_s=2.0, read_timeout_s=5.0, answer_timeout_s=0.5)
    for number, path in enumerate(PATHS):
        _meet(lane, fault, path)
        told = "" if (fault, path) == MENDED_AT_ONCE else TOLD[fault]
        assert lane.told_codes() == ({told} if told else set()), path
        if path != "/v1/changes" and told:
            assert lane.till.ledger.unsent().sales == 2
            assert lane.told[-1].error_code == told
        lane.site.set_price("MILK", 170 + number)
        lane.settle()
        assert_both_sides_are_equal(lane.site, lane)


def test_a_request_that_waits_on_its_way_is_sent_again_and_counts_once(lane: Lane) -> None:
    lane.limits = HttpLimits(connect_timeout_s=2.0, read_timeout_s=0.3, answer_timeout_s=5.0)
    _meet(lane, Fault.HOLD, "/v1/journal")
    assert lane.told_codes() == {"timeout"}
    lane.proxy.release()
    lane.limits = HttpLimits()
    lane.hang_up()
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)


def test_one_bad_hour_with_every_fault_in_turn(lane: Lane) -> None:
    lane.limits = HttpLimits(connect_timeout_s=2.0, read_timeout_s=5.0, answer_timeout_s=0.3)
    lane.hang_up()
    lane.proxy.next_requests(*(fault for fault in TOLD for _ in range(2)))
    for _ in range(2 * len(TOLD)):
        lane.sell(MINTS)
        lane.round()
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
