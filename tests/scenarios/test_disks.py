"""A full disk at the hub and at the till: told, nothing half done, and all goes on once there is room."""

import pytest

from tests.end_to_end.shop import MILK, MINTS, admin
from tests.scenarios.disks import FullDisk
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal
from till_app.services.ports import LedgerUnavailable
from till_app.till_files import TillFiles

COLUMNS = "item_code,name,department,vat_code,price"
MOST_SALES = 100


def test_a_hub_with_a_full_disk_takes_nothing_and_the_till_keeps_all(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    lane.settle()
    for _ in range(20):
        lane.sell(MILK, MINTS)
    database = lane.site.hub.database
    assert database.path is not None
    with FullDisk(database.path) as disk:
        status = lane.round()
        assert (status.error_code, status.waiting_sales) == ("busy", 20)
        lane.sell(MINTS)  # selling does not wait for the hub
        disk.free()
        lane.settle()
    assert_both_sides_are_equal(lane.site, lane)


def _sell_until_refused(lane: Lane) -> None:
    for _ in range(MOST_SALES):
        lane.sell(MILK)


def test_a_till_with_a_full_disk_says_so_and_the_same_basket_is_sold_once_there_is_room(
    sqlite_lane: Lane,
) -> None:
    lane = sqlite_lane
    services = lane.till.services
    with FullDisk(TillFiles(lane.folder).ledger) as disk:
        with pytest.raises(LedgerUnavailable) as caught:
            _sell_until_refused(lane)
        sold = len(lane.sales())
        assert sold < MOST_SALES
        assert caught.value.code == "disk_full"
        lane.round()  # whatever is possible with the hub is done
        disk.free()
        if not services.selling.lines:
            services.selling.scan(MILK)
        if services.checkout.balance_minor > 0:
            services.checkout.pay_cash(services.checkout.balance_minor)
        services.checkout.complete()
        lane.sell(MINTS)
        lane.settle()
    assert len(lane.sales()) == sold + 2
    assert_both_sides_are_equal(lane.site, lane)


def test_a_till_without_room_for_what_changed_at_the_hub_says_so_and_sells_on(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    lane.settle()
    rows = "".join(f"NEW{number},Something new {number},GR,A,1.00\n" for number in range(300))
    admin(lane.site.running, "POST", "/v1/admin/imports/items", data=f"{COLUMNS}\n{rows}".encode())
    with FullDisk(TillFiles(lane.folder).catalogue) as disk:
        lane.sell(MILK)
        status = lane.round()
        assert status.error_code == "disk_full"
        assert status.waiting_sales == 0
        disk.free()
        lane.settle()
    assert_both_sides_are_equal(lane.site, lane)
