"""Reading the hub's feed."""

import pytest

from tests.conftest import ExpectedLogs
from tests.sync.memory import MemoryFeed, MemoryHub, item_record, many_items, picture_of
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.pull import FIRST_LOAD_PAGE_ROWS, PAGE_ROWS, MassRemoval, Pull
from till_app.wire.changes import ChangesPage


class Till:
    """A catalogue, a hub and the pull between them."""

    def __init__(self, items: int = 0) -> None:
        self.hub = MemoryHub()
        self.feed = MemoryFeed()
        self.pull = Pull(self.hub, self.feed)
        self.hub.put(*many_items(items))
        if items:
            self.read()

    def read(self) -> int:
        """To the end; how many pages it took."""
        pages = 1
        while self.pull.next_page()[1]:
            pages += 1
        return pages


def test_the_first_load_brings_everything_in_large_pages() -> None:
    till = Till()
    till.hub.put(*many_items(FIRST_LOAD_PAGE_ROWS + 1))
    assert till.read() == 2
    assert till.feed.item_count() == FIRST_LOAD_PAGE_ROWS + 1


def test_later_changes_come_in_small_pages_and_are_announced() -> None:
    till = Till(items=3)
    till.hub.put(item_record("i00001", price_minor=250))
    change, more = till.pull.next_page()
    assert change.item_ids == {"i00001"}
    assert change.kinds == {"item"}
    assert not more
    assert till.feed.items["i00001"].price_minor == 250
    till.hub.put(*many_items(PAGE_ROWS + 1))
    assert till.read() == 2


def test_without_news_nothing_is_written() -> None:
    till = Till(items=3)
    writes = till.feed.writes
    assert till.read() == 1
    assert till.feed.writes == writes


def test_a_tombstone_removes_and_an_absence_does_not() -> None:
    till = Till(items=3)
    till.hub.remove("i00000")
    till.read()
    assert sorted(till.feed.items) == ["i00001", "i00002"]


def test_a_failed_page_leaves_the_cursor_where_it_was() -> None:
    till = Till(items=3)
    cursor = till.feed.cursor()
    till.hub.put(item_record("new"))
    till.hub.on_changes = _unreachable
    with pytest.raises(HubUnreachable):
        till.pull.next_page()
    assert till.feed.cursor() == cursor
    till.hub.on_changes = till.hub.page
    till.read()
    assert "new" in till.feed.items


def test_a_hub_that_is_away_at_the_first_load_costs_no_write() -> None:
    till = Till()
    till.hub.on_changes = _unreachable
    with pytest.raises(HubUnreachable):
        till.pull.next_page()
    assert till.feed.writes == 0


def test_a_feed_that_does_not_advance_is_no_feed() -> None:
    till = Till(items=1)
    cursor = f"{till.hub.epoch}:1"
    till.hub.on_changes = lambda *_: ChangesPage(till.hub.epoch, [], cursor, True)
    with pytest.raises(HubUnreachable, match="does not advance"):
        till.pull.next_page()


def test_after_a_new_epoch_everything_is_read_again_and_what_is_no_more_goes() -> None:
    till = Till(items=100)
    backup = till.hub.state.copy()
    till.hub.put(item_record("since the backup"))
    till.read()
    till.hub.restore(backup)
    till.read()
    assert till.feed.item_count() == 100
    assert "since the backup" not in till.feed.items


def test_a_cursor_of_another_epoch_that_the_hub_answers_is_not_applied() -> None:
    till = Till(items=2)
    till.hub.epoch = "epoch-2"
    till.hub.on_changes = lambda *_: ChangesPage("epoch-2", [item_record("wrong")], "x", False)
    change, more = till.pull.next_page()
    assert more
    assert change.item_ids == frozenset()
    assert "wrong" not in till.feed.items


def test_a_reading_from_the_start_survives_restarts() -> None:
    till = Till(items=100)
    till.hub.restore(till.hub.state)
    till.hub.put(*many_items(100)[:50])
    for _ in range(60):
        # Each page by a program of its own.
        _, more = Pull(till.hub, till.feed, first_load_page_rows=10).next_page()
        if not more:
            break
    assert not more
    assert till.feed.item_count() == 100
    assert till.feed.unmentioned_items() == 0


def test_a_reading_that_was_cut_before_its_end_still_removes_what_is_no_more() -> None:
    till = Till(items=100)
    till.hub.restore(type(till.hub.state)())
    till.hub.put(*many_items(95))
    pull = Pull(till.hub, till.feed, first_load_page_rows=50)
    pull.next_page()
    pull.next_page()
    till.pull.next_page()
    assert till.feed.item_count() == 95


def test_more_than_a_fifth_is_never_taken_away_unasked() -> None:
    till = Till(items=100)
    cursor = till.feed.cursor()
    till.hub.remove(*(f"i{number:05}" for number in range(21)))
    with pytest.raises(MassRemoval, match="21 of 100 items would go"):
        till.pull.next_page()
    assert till.feed.item_count() == 100
    assert till.feed.cursor() == cursor


def test_a_fifth_may_go() -> None:
    till = Till(items=100)
    till.hub.remove(*(f"i{number:05}" for number in range(20)))
    till.read()
    assert till.feed.item_count() == 80


def test_a_small_shop_may_take_away_ten_items() -> None:
    till = Till(items=12)
    till.hub.remove(*(f"i{number:05}" for number in range(10)))
    till.read()
    assert till.feed.item_count() == 2


def test_a_mass_removal_in_many_small_pages_stops_at_a_fifth_even_over_restarts() -> None:
    till = Till(items=100)
    till.hub.remove(*(f"i{number:05}" for number in range(100)))
    for _ in range(30):
        try:
            Pull(till.hub, till.feed, page_rows=5).next_page()
        except MassRemoval:
            continue
    assert till.feed.item_count() == 80


def test_a_new_epoch_without_most_items_is_a_mass_removal_too() -> None:
    till = Till(items=100)
    till.hub.restore(type(till.hub.state)())
    till.hub.put(*many_items(10))
    with pytest.raises(MassRemoval, match="90 of 100"):
        till.read()
    assert till.feed.item_count() == 100


def test_a_mass_removal_goes_through_once_a_person_wants_it() -> None:
    till = Till(items=100)
    till.hub.remove(*(f"i{number:05}" for number in range(50)))
    till.pull.accept_removal()
    till.read()
    assert till.feed.item_count() == 50
    till.hub.remove(*(f"i{number:05}" for number in range(50, 99)))
    with pytest.raises(MassRemoval):
        till.read()


def test_tombstones_of_items_that_were_never_here_count_for_nothing() -> None:
    till = Till()
    till.hub.put(*many_items(100))
    till.hub.remove(*(f"i{number:05}" for number in range(60)))
    till.read()
    assert till.feed.item_count() == 40


def test_a_few_pictures_come_at_a_time() -> None:
    till = Till()
    contents = [b"one", b"two", b"three"]
    till.hub.pictures = {picture_of(content): content for content in contents}
    till.hub.put(*(item_record(picture_of(content), picture=picture_of(content)) for content in contents))
    till.read()
    arrived, more = till.pull.fetch_pictures(2)
    assert (len(arrived), more) == (2, True)
    arrived, more = till.pull.fetch_pictures(2)
    assert (len(arrived), more) == (1, False)
    assert till.feed.pictures == till.hub.pictures


def test_a_picture_that_the_hub_lacks_does_not_hold_up_the_others() -> None:
    till = Till()
    till.hub.pictures = {picture_of(b"here"): b"here"}
    till.hub.put(item_record("a", picture="0" * 64), item_record("b", picture=picture_of(b"here")))
    till.read()
    till.pull.fetch_pictures(1)
    till.pull.fetch_pictures(1)
    assert till.feed.pictures == till.hub.pictures
    assert till.hub.calls.count("picture") == 2


def test_a_damaged_picture_is_not_kept(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("is damaged")
    till = Till()
    till.hub.pictures = {picture_of(b"right"): b"wrong"}
    till.hub.put(item_record("a", picture=picture_of(b"right")))
    till.read()
    assert till.pull.fetch_pictures(4) == (frozenset(), False)
    assert till.feed.pictures == {}


def _unreachable(cursor: str, limit: int) -> ChangesPage:
    raise HubUnreachable("no_connection")


def test_a_refusal_of_the_feed_is_passed_on() -> None:
    till = Till(items=1)

    def refused(cursor: str, limit: int) -> ChangesPage:
        raise HubRefused("unauthorised")

    till.hub.on_changes = refused
    with pytest.raises(HubRefused, match="unauthorised"):
        till.pull.next_page()
