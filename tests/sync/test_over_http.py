"""A real till and a real hub with a bad network between them."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from tests.conftest import ExpectedLogs
from tests.sync.faulty_proxy import Fault
from tests.sync.memory import picture_of
from tests.sync.shop import PNG, RealShop, real_shop
from till_app.hub.catalogue.items import ItemPatch
from till_app.hub.tables import entry
from till_app.services.ports import Fact
from till_app.services.status import LinkState, SyncStatus
from till_app.sync.thread import SyncThread
from till_app.wire.bodies import BODY_VERSION, Kind
from till_app.wire.protocol import MAX_ENTRY_BYTES

ITEMS = 40
FAULTS = [
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.ERROR_500,
    Fault.BUSY,
    Fault.CUT_BODY,
    Fault.DUPLICATE,
    Fault.HTML_200,
]
PATHS = ["/v1/hello", "/v1/journal", "/v1/changes"]
ALL_AT_A_POUND = {f"I{number:03}": 100 for number in range(ITEMS)}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RealShop]:
    with real_shop(tmp_path, ITEMS) as shop:
        yield shop


def test_a_till_and_its_hub_exchange_everything(shop: RealShop) -> None:
    shop.sell(45)
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()
    shop.assert_catalogue_is_the_hubs(ALL_AT_A_POUND)
    assert (shop.status.state, shop.status.waiting_sales) == (LinkState.ONLINE, 0)
    assert abs(shop.status.clock_skew_s) <= 1


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value)
def test_a_fault_loses_nothing_doubles_nothing_and_skips_nothing(
    shop: RealShop, fault: Fault, path: str
) -> None:
    shop.sell(3)
    shop.proxy.once(path, fault)
    first = shop.cycle.run()
    if fault is not Fault.DUPLICATE:
        is_there = fault is Fault.BUSY and path != "/v1/hello"
        assert shop.status.state is (LinkState.ONLINE if is_there else LinkState.OFFLINE)
        assert first.full_s > 0
        if path == "/v1/journal":
            assert shop.ledger.unsent().sales == 3
        if path == "/v1/changes":
            assert shop.catalogue.cursor() == ""
    if fault is Fault.BUSY:
        assert first.woken_s >= 7.0
    shop.sell(3)
    shop.change_item("I007", ItemPatch(price_minor=250))
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()
    shop.assert_catalogue_is_the_hubs({**ALL_AT_A_POUND, "I007": 250})
    assert shop.status.state is LinkState.ONLINE
    assert (path, fault) in [(request.path, met) for request, met in shop.proxy.seen]


def test_five_megabytes_of_quotes_are_the_hubs_and_stop_nothing(shop: RealShop) -> None:
    body = msgspec.json.encode({"operator_id": "1", "reason": '"' * 2_499_980})
    assert MAX_ENTRY_BYTES - 100 < len(body) < MAX_ENTRY_BYTES
    assert len(msgspec.json.encode(body.decode())) > 9_999_000
    with shop.ledger.write() as write:
        write.record(Fact(Kind.NO_SALE, BODY_VERSION, "2026-11-24T16:20:00.000000Z", "2026-11-24", body))
        write.commit()
    shop.sell(1)
    shop.run_until_idle()
    assert (shop.status.state, shop.status.waiting_entries) == (LinkState.ONLINE, 0)
    with shop.hub.database.reading() as connection:
        [there] = connection.execute(select(entry.c.body).where(entry.c.kind == Kind.NO_SALE)).scalars()
    assert bytes(there) == body
    shop.assert_hub_has_each_fact_once()


def test_an_answer_that_never_comes_is_given_up_and_the_same_is_sent_again(shop: RealShop) -> None:
    shop.sell(3)
    shop.cycle.stop()
    shop.cycle = shop.build_cycle(read_timeout_s=0.2)
    shop.proxy.once("/v1/journal", Fault.HOLD)
    shop.cycle.run()
    assert (shop.status.state, shop.status.error_code) == (LinkState.OFFLINE, "timeout")
    assert shop.ledger.unsent().sales == 3
    shop.proxy.release()  # the first request arrives after all, late
    shop.cycle.stop()
    shop.cycle = shop.build_cycle()
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()


def test_every_fault_one_after_the_other_in_a_long_queue(shop: RealShop) -> None:
    shop.sell(60)
    shop.proxy.next_requests(*(fault for fault in FAULTS for _ in range(2)))
    for _ in range(2 * len(FAULTS)):
        shop.cycle.run()
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()
    shop.assert_catalogue_is_the_hubs(ALL_AT_A_POUND)


def test_a_till_that_starts_with_the_hub_gone_catches_up_when_it_comes(shop: RealShop) -> None:
    shop.proxy.refuse_connections()
    shop.sell(5)
    shop.cycle.run()
    assert (shop.status.state, shop.status.error_code) == (LinkState.OFFLINE, "no_connection")
    assert shop.status.waiting_sales == 5
    shop.proxy.accept_connections()
    shop.run_until_idle()
    assert shop.status.waiting_sales == 0
    shop.assert_hub_has_each_fact_once()


def test_a_hub_that_stops_and_starts_again_is_found_again(shop: RealShop) -> None:
    shop.sell(2)
    shop.run_until_idle()
    shop.running.stop()
    shop.sell(2)
    shop.cycle.run()
    assert shop.status.state is LinkState.OFFLINE
    shop.running.start()
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()


def test_a_price_changed_at_the_hub_arrives_and_is_announced(shop: RealShop) -> None:
    shop.run_until_idle()
    shop.change_item("I003", ItemPatch(price_minor=199, name="Dearer"))
    shop.changes.clear()
    shop.run_until_idle()
    (item,) = shop.catalogue.find("I003")
    assert (item.price_minor, item.name) == (199, "Dearer")
    assert [change.item_ids for change in shop.changes] == [{item.item_id}]


def test_a_tombstone_removes_the_item(shop: RealShop) -> None:
    shop.run_until_idle()
    shop.remove_items("I001", "I002")
    shop.run_until_idle()
    left = {code: price for code, price in ALL_AT_A_POUND.items() if code not in ("I001", "I002")}
    shop.assert_catalogue_is_the_hubs(left)


def test_a_mass_removal_is_refused_and_selling_goes_on(shop: RealShop, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the hub's feed is not applied")
    shop.run_until_idle()
    shop.remove_items(*(f"I{number:03}" for number in range(20)))
    shop.sell(1)
    shop.run_until_idle()
    assert (shop.status.state, shop.status.error_code) == (LinkState.ONLINE, "mass_removal")
    shop.assert_catalogue_is_the_hubs(ALL_AT_A_POUND)
    shop.assert_hub_has_each_fact_once()
    shop.cycle.accept_removal()
    shop.run_until_idle()
    shop.assert_catalogue_is_the_hubs({f"I{number:03}": 100 for number in range(20, ITEMS)})


def test_after_a_new_epoch_the_catalogue_is_read_again_and_nothing_is_sent_twice(shop: RealShop) -> None:
    shop.sell(3)
    shop.run_until_idle()
    shop.new_epoch()
    shop.change_item("I000", ItemPatch(price_minor=5))
    shop.sell(1)
    shop.run_until_idle()
    shop.assert_catalogue_is_the_hubs({**ALL_AT_A_POUND, "I000": 5})
    shop.assert_hub_has_each_fact_once()


def test_a_hub_restored_from_a_backup_gets_again_what_it_lost(shop: RealShop, tmp_path: Path) -> None:
    shop.sell(3)
    shop.run_until_idle()
    shop.running.stop()
    backup = (tmp_path / "hub.sqlite").read_bytes()
    shop.running.start()
    shop.sell(4)
    shop.run_until_idle()
    shop.running.stop()
    (tmp_path / "hub.sqlite").write_bytes(backup)
    shop.running.start()
    shop.new_epoch()
    shop.cycle.run()
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()


def test_pictures_follow_the_data(shop: RealShop) -> None:
    shop.run_until_idle()
    for number in range(6):
        shop.add_picture(f"{number}.png", PNG + bytes([number]))
    for _ in range(3):
        shop.cycle.run()
    assert shop.catalogue.picture(picture_of(PNG + b"\x05")) == PNG + b"\x05"
    assert shop.catalogue.missing_pictures(10) == []


def test_the_thread_stops_within_a_second_with_a_request_that_hangs(shop: RealShop) -> None:
    shop.sell(1)
    shop.proxy.once("/v1/journal", Fault.HOLD)
    thread = SyncThread(shop.build_cycle)
    thread.start()
    shop.proxy.wait_until_held()
    began = time.monotonic()
    thread.stop()
    assert time.monotonic() - began < 1.0
    assert not any(running.name == "sync" for running in threading.enumerate())
    shop.proxy.release()
    shop.run_until_idle()
    shop.assert_hub_has_each_fact_once()


def test_the_thread_sends_a_sale_as_soon_as_it_is_woken_and_survives_an_outage(shop: RealShop) -> None:
    changed = threading.Condition()

    def on_status(status: SyncStatus) -> None:
        with changed:
            shop.statuses.append(status)
            changed.notify_all()

    def wait_for(state: LinkState, waiting_sales: range) -> None:
        def is_so() -> bool:
            return (
                bool(shop.statuses)
                and shop.status.state is state
                and shop.status.waiting_sales in waiting_sales
            )

        with changed:
            assert changed.wait_for(is_so, 10.0), shop.statuses

    shop.on_status = on_status
    thread = SyncThread(shop.build_cycle)
    thread.start()
    try:
        wait_for(LinkState.ONLINE, range(1))
        shop.sell(1)
        thread.wake()
        shop.proxy.wait_until_seen("/v1/journal")
        shop.proxy.refuse_connections()
        shop.sell(1)
        thread.wake()
        wait_for(LinkState.OFFLINE, range(1, 3))  # whether the first came through or not
        shop.proxy.accept_connections()
        shop.sell(1)
        thread.wake()
        wait_for(LinkState.ONLINE, range(1))
    finally:
        thread.stop()
    shop.assert_hub_has_each_fact_once()
