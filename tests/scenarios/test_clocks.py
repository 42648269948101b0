"""A till whose clock is wrong or jumps: order is by number, sums are right, and people are told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane, open_lane
from tests.scenarios.oracle import assert_both_sides_are_equal, chains_of
from tests.scenarios.site import HubSite
from tests.services.counter import StandingClock


def _told_skew_s(lane: Lane) -> int:
    lane.hang_up()
    return lane.round().clock_skew_s


@pytest.mark.parametrize("days", [-1, 1, 365], ids=["a day late", "a day early", "a year early"])
def test_a_clock_that_is_off_is_told_and_loses_nothing(site: HubSite, tmp_path: Path, days: int) -> None:
    clock = StandingClock(datetime.now(UTC) + timedelta(days=days))
    with open_lane(tmp_path / "till", site, clock) as lane:
        lane.sell(MILK)
        lane.sell(MINTS, MINTS)
        assert _told_skew_s(lane) == pytest.approx(days * 86_400, abs=120)
        lane.settle()
        flagged = 2 if days > 1 else 0  # of a day that has not come anywhere on earth
        assert_both_sides_are_equal(site, lane, flagged=flagged)


def test_a_clock_that_jumps_back_in_the_midst_of_a_day_keeps_the_order_and_every_sale(
    site: HubSite, tmp_path: Path
) -> None:
    clock = StandingClock(datetime.now(UTC))
    with open_lane(tmp_path / "till", site, clock) as lane:
        lane.sell(MILK)
        lane.till.services.selling.scan(MINTS)
        clock.go_on(-86_400)  # in the middle of a sale
        assert lane.till.services.workplace.clock_is_behind
        assert lane.sell(MILK) == "1-000002"
        clock.go_on(3_600)
        assert lane.sell(MINTS) == "1-000003"
        assert _told_skew_s(lane) == pytest.approx(-82_800, abs=120)
        clock.go_on(82_800)
        lane.sell(MILK)
        lane.settle()
        moments = [entry.at for entry in chains_of(lane)[-1].entries]
        assert moments == sorted(moments)
        assert_both_sides_are_equal(site, lane)
