"""Yesterday's backup in the place of today's data, at the hub and at the till; one disk in two machines."""

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import ExpectedLogs
from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane, open_lane
from tests.scenarios.oracle import assert_both_sides_are_equal, chains_of, facts_of
from tests.scenarios.site import HubSite
from till_app.hub import tables as t
from till_app.services.chains import ChainReason
from till_app.services.status import LinkState
from till_app.sync.codes import SyncCode


@pytest.mark.parametrize("says_so", [True, False], ids=["new epoch", "nobody said"])
def test_a_hub_put_back_from_yesterday_gets_again_what_it_lost(lane: Lane, says_so: bool) -> None:
    lane.sell(MILK)
    lane.settle()
    lane.site.back_up()
    lane.sell(MILK, MINTS)
    lane.site.set_price("MILK", 199)
    lane.settle()
    lane.site.put_back(says_so=says_so, meanwhile=lane.round)
    lane.sell(MINTS)
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
    assert lane.till.catalogue.find(MILK)[0].price_minor == 165


def test_what_is_changed_at_a_hub_that_was_put_back_without_a_word_reaches_the_till(
    lane: Lane, expected_logs: ExpectedLogs
) -> None:
    """Its feed counts again through numbers that the till has read already."""
    expected_logs.expect("differed from the hub's")
    lane.site.back_up()
    lane.site.set_price("MINTS", 90)
    lane.sell(MILK)
    lane.settle()
    lane.site.put_back(says_so=False, meanwhile=lane.round)
    lane.site.set_price("MILK", 175)
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
    assert lane.till.catalogue.find(MILK)[0].price_minor == 175
    assert lane.till.catalogue.find(MINTS)[0].price_minor == 60


def test_a_check_of_everything_mends_a_feed_that_counts_again_though_nothing_was_sold(
    lane: Lane, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("differed from the hub's")
    lane.settle()
    lane.site.back_up()
    lane.site.set_price("MINTS", 90)
    lane.settle()
    lane.site.put_back(says_so=False, meanwhile=lane.round)
    lane.site.set_price("MILK", 175)
    lane.cycle.check_everything()
    lane.settle()
    assert lane.till.catalogue.find(MILK)[0].price_minor == 175
    assert_both_sides_are_equal(lane.site, lane)


def test_a_till_paired_after_the_backup_is_told_and_its_sales_go_up_under_a_new_pairing(
    site: HubSite, tmp_path: Path
) -> None:
    site.back_up()
    with open_lane(tmp_path / "till", site) as lane:
        lane.sell(MILK)
        lane.settle()
        lane.sell(MINTS)
        site.put_back()
        status = lane.round()
        assert (status.state, status.error_code) == (LinkState.REFUSED, "unauthorised")
        assert lane.till.ledger.unsent().sales == 1
        lane.pair(ChainReason.RESTORED, export_to=tmp_path / "unsent.jsonl")
        lane.settle()
        assert_both_sides_are_equal(site, lane)


def test_a_till_put_back_that_did_nothing_since_reads_back_what_it_lost(lane: Lane, tmp_path: Path) -> None:
    lane.sell(MILK)
    lane.settle()
    lane.copy_disk(tmp_path / "yesterday")
    for _ in range(3):
        lane.sell(MINTS)
    lane.settle()
    before = chains_of(lane)
    lane.put_back(tmp_path / "yesterday")
    lane.told.clear()
    lane.settle()
    assert lane.told_codes() == {SyncCode.READING_BACK}
    assert chains_of(lane) == before
    assert_both_sides_are_equal(lane.site, lane)
    lane.begin_day()
    assert lane.sell(MILK) == "1-000005"
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane)


def test_a_till_put_back_that_sold_since_is_told_and_paired_anew_with_all_it_sold(
    lane: Lane, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("sending is stopped: fork")
    lane.sell(MILK)
    lane.settle()
    lane.copy_disk(tmp_path / "yesterday")
    lane.sell(MINTS)
    lane.settle()
    lost = facts_of([lane])
    lane.put_back(tmp_path / "yesterday")
    lane.begin_day()
    assert lane.sell(MILK, MILK) == "1-000002"
    assert lane.sell(MILK) == "1-000003"
    status = lane.round()
    assert (status.state, status.error_code) == (LinkState.REFUSED, "fork")
    lane.pair(ChainReason.FORKED, export_to=tmp_path / "unsent.jsonl")
    lane.settle()
    assert lane.sell(MINTS) == "2-000004"
    lane.settle()
    assert_both_sides_are_equal(lane.site, lane, only_at_hub=lost)


def test_two_machines_with_one_disk_are_told_and_each_sale_of_both_counts_once(
    lane: Lane, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("sending is stopped: fork")
    lane.sell(MILK)
    lane.settle()
    lane.copy_disk(tmp_path / "clone")
    with open_lane(tmp_path / "clone", lane.site, is_paired=False) as clone:
        clone.till.move_hub(clone.proxy.url)
        clone.begin_day()
        for number in range(3):
            lane.sell(MILK)
            clone.sell(*[MINTS] * (number + 1))
        lane.settle()
        status = clone.round()
        assert (status.state, status.error_code) == (LinkState.REFUSED, "fork")
        lane.hang_up()
        assert lane.round().error_code == "fork"  # both are told: nobody knows which of them is right
        assert clone.sell(MILK) == "1-000005"  # selling goes on
        clone.pair(ChainReason.FORKED, export_to=tmp_path / "clone.jsonl")
        lane.pair(ChainReason.FORKED, export_to=tmp_path / "first.jsonl")
        for machine in (clone, lane):
            machine.settle()
            machine.sell(MINTS)
        for machine in (clone, lane, clone):
            machine.settle()
        assert_both_sides_are_equal(lane.site, lane, clone)
        forks = lane.site.rows(select(t.fork.c.uuid, t.fork.c.adopted_by_till_id))
        assert {row.uuid for row in forks} <= facts_of([clone]).keys()
        assert {row.adopted_by_till_id for row in forks} == {chains_of(clone)[-1].till_id}
