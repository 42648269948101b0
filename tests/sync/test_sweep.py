"""A comparison with a real hub finds and mends exactly what differs, and moves little when nothing does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import pytest

from tests.conftest import ExpectedLogs
from tests.hub.feeding import item, items, put, put_new, remove, staff
from tests.sync.counting_relay import CountingRelay
from tests.sync.memory import ManualClock
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.domain.catalogue import Item
from till_app.hub.database import Database
from till_app.hub.feed import start_new_epoch
from till_app.hub.hub import utc_now
from till_app.hub.server import RunningHub
from till_app.hub.tills import new_pairing_code
from till_app.services.ports import Gone
from till_app.services.status import CheckReport
from till_app.store.catalogue import SqliteCatalogue
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.pull import FeedPosition, Pull, position_text
from till_app.sync.sweep import Sweep
from till_app.wire.changes import START_CURSOR, StockRecord
from till_app.wire.exchange import BucketAnswer, PairRequest, SweepAnswer

NOON = "2026-11-24T12:00:00.000000Z"
DIFFERED = "differed from the hub's"


class Shop:
    """A hub, and a till that has read its feed."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        running = stack.enter_context(RunningHub(folder / "hub.sqlite"))
        assert running.hub is not None
        self.database: Database = running.hub.database
        with self.database.writing() as connection:
            code, _ = new_pairing_code(connection, utc_now())
        with closing(HttpHubApi(running.url, "")) as unpaired:
            token = unpaired.pair(PairRequest(code, "Till 1")).token
        self.relay = stack.enter_context(CountingRelay(running.url))
        self.hub = stack.enter_context(closing(HttpHubApi(self.relay.url, token)))
        self.catalogue = stack.enter_context(closing(SqliteCatalogue(folder / "catalogue.sqlite")))
        self.pull = Pull(self.hub, self.catalogue, first_load_page_rows=5_000)
        self.sweep = Sweep(self.hub, self.catalogue, ManualClock())

    def read_feed(self) -> None:
        more = True
        while more:
            _, more = self.pull.next_page()

    def prices(self) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for number in range(1, 41):
            here = self.catalogue.item(f"item-{number:06}")
            if here is not None:
                found[here.item_id] = here.price_minor
        return found

    def spoil(self, item_id: str, price_minor: int) -> None:
        """A bug of the till's: what it has is not what the hub said."""
        here = self.catalogue.item(item_id)
        assert here is not None
        spoiled = Item(
            here.item_id,
            here.item_code,
            here.name,
            here.description,
            here.department_id,
            here.vat_code,
            price_minor,
        )
        self.catalogue.mend([spoiled], ())

    def lose(self, kind: str, *record_ids: str) -> None:
        self.catalogue.mend((), [Gone(kind, record_id) for record_id in record_ids])

    def check(self) -> CheckReport:
        self.sweep.begin()
        report = None
        while report is None:
            _, report = self.sweep.step()
        return report


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Forty items at £1.00, each with its stock, and two of the staff."""
    with ExitStack() as stack:
        shop = Shop(tmp_path, stack)
        stock = [StockRecord(f"item-{number:06}", 5_000, NOON, "floor") for number in range(1, 41)]
        put(shop.database, [*items(40), *stock, staff("Aisha"), staff("Ben")])
        shop.read_feed()
        yield shop


def report(compared: int, different: int = 0, mended: int = 0, error_code: str = "") -> CheckReport:
    return CheckReport(NOON, compared, different, mended, error_code)


def test_two_equal_sides_are_found_equal(shop: Shop) -> None:
    assert shop.check() == report(82)


def test_what_differs_is_mended_and_said(shop: Shop, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect(DIFFERED)
    shop.spoil("item-000003", 999)
    shop.lose("item", "item-000007")
    shop.lose("stock", "item-000009@floor")
    shop.lose("staff", "Ben")
    assert shop.check() == report(82, different=4, mended=4)
    assert shop.prices() == {f"item-{number:06}": 100 for number in range(1, 41)}
    assert len(shop.catalogue.staff()) == 2
    assert shop.check() == report(82)


def test_what_the_hub_does_not_have_is_removed(shop: Shop, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect(DIFFERED)
    for item_id in ("item-900001", "item-900002"):
        shop.catalogue.mend([Item(item_id, item_id, "Ghost", "", "GR", "A", 100)], ())
    assert shop.check() == report(82, different=2, mended=2)
    assert shop.catalogue.item("item-900001") is None
    assert shop.catalogue.item_count() == 40


def test_more_than_a_fifth_is_not_removed_until_a_person_wants_it(
    shop: Shop, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(DIFFERED)
    ghosts = [Item(f"ghost-{number}", f"G{number}", "Ghost", "", "GR", "A", 100) for number in range(11)]
    shop.catalogue.mend(ghosts, ())
    assert shop.check() == report(82, different=11, error_code="mass_removal")
    assert shop.catalogue.item_count() == 51
    shop.sweep.accept_removal()
    assert shop.check() == report(82, different=11, mended=11)
    assert shop.catalogue.item_count() == 40


def test_what_the_till_has_not_read_yet_is_no_difference(shop: Shop) -> None:
    put(shop.database, [item(3, price_minor=250), item(41)])
    assert shop.check() == report(83)
    assert shop.prices()["item-000003"] == 100, "it comes by the feed"


def test_a_difference_beside_news_is_mended_with_what_the_hub_has_now(
    shop: Shop, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(DIFFERED)
    shop.spoil("item-000005", 999)
    put(shop.database, [item(3, price_minor=250)])
    assert shop.check() == report(82, different=1, mended=1)
    assert shop.prices()["item-000005"] == 100


class ChangingHub:
    """Something happens right after it has answered the rows of a bucket."""

    def __init__(self, hub: HttpHubApi, happens: Callable[[], None]) -> None:
        self._hub = hub
        self._happens = happens
        self.sweep = hub.sweep
        self.records = hub.records

    def bucket(self, kind: str, bucket: int, of_buckets: int) -> BucketAnswer:
        answer = self._hub.bucket(kind, bucket, of_buckets)
        self._happens()
        return answer


def test_a_record_that_comes_back_while_the_sides_are_compared_is_not_removed(shop: Shop) -> None:
    remove(shop.database, "item", "item-000008")
    changing = ChangingHub(shop.hub, lambda: put(shop.database, [item(8)]))
    shop.sweep = Sweep(changing, shop.catalogue, ManualClock())
    assert shop.check() == report(81)
    assert shop.prices()["item-000008"] == 100


def test_a_clean_comparison_of_100_000_items_moves_only_kilobytes(tmp_path: Path) -> None:
    with ExitStack() as stack:
        shop = Shop(tmp_path, stack)
        put_new(shop.database, items(100_000))
        epoch = shop.hub.changes(START_CURSOR, 1).epoch
        position = FeedPosition(epoch, f"{epoch}:100000", from_start=False, removed=0)
        with CatalogueBuilder(tmp_path / "loaded.sqlite") as builder:
            builder.add(items(100_000))
            builder.finish(position_text(position))
        shop.catalogue.swap_in(tmp_path / "loaded.sqlite")
        before = shop.relay.bytes_passed
        assert shop.check() == report(100_000)
        assert shop.relay.bytes_passed - before < 64_000


def test_a_till_in_the_midst_of_its_first_load_compares_nothing(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(DIFFERED)
    with ExitStack() as stack:
        shop = Shop(tmp_path, stack)
        put(shop.database, items(10))
        assert shop.catalogue.cursor() == START_CURSOR
        assert shop.check() == report(0, error_code="epoch_changed")


def test_a_hub_whose_data_was_replaced_is_compared_after_its_feed_was_read(
    shop: Shop, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(DIFFERED)
    with shop.database.writing() as connection:
        start_new_epoch(connection, NOON)
    assert shop.check() == report(0, error_code="epoch_changed")
    shop.read_feed()
    assert shop.check() == report(82)


class NewerHub:
    """Writes one more field in each item, as a later release may."""

    def __init__(self, hub: HttpHubApi) -> None:
        self._hub = hub
        self.bucket = hub.bucket
        self.records = hub.records

    def sweep(self) -> SweepAnswer:
        answer = self._hub.sweep()
        of_items = answer.kinds["item"]
        newer = msgspec.structs.replace(of_items, fields=of_items.fields + 1, buckets="AAAAAAAAAAA=")
        return msgspec.structs.replace(answer, kinds={**answer.kinds, "item": newer})


def test_records_of_which_the_hub_writes_more_are_not_compared(shop: Shop) -> None:
    shop.sweep = Sweep(NewerHub(shop.hub), shop.catalogue, ManualClock())
    assert shop.check() == report(42)
