"""One round with the hub, driven step by step with a clock that stands still."""

import pytest

from tests.conftest import ExpectedLogs
from tests.sync.memory import (
    HUB_ID,
    NOON,
    HubState,
    ManualClock,
    MemoryFeed,
    MemoryHub,
    MemoryOutbox,
    MemoryRecovery,
    item_record,
    many_items,
    picture_of,
)
from till_app.domain.times import to_text
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import LedgerUnavailable, UnsentSummary
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.sync.backoff import Backoff, Wait
from till_app.sync.cycle import SyncCycle
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import HelloAnswer, HelloRequest, JournalAnswer, JournalRequest

IDLE = Wait(2.0, 0.0)


class Till:
    """A till with its cycle; `chance` of the backoff is 0.5."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.hub = MemoryHub()
        self.outbox = MemoryOutbox()
        self.feed = MemoryFeed()
        self.statuses: list[SyncStatus] = []
        self.changes: list[CatalogueChanged] = []
        self.recovery: MemoryRecovery | None = None
        self.cycle = self.started()

    def started(self) -> SyncCycle:
        return SyncCycle(
            self.hub,
            self.outbox,
            self.feed,
            self.clock,
            app_version="1",
            hub_id=HUB_ID,
            on_status=self.statuses.append,
            on_catalogue=self.changes.append,
            recovery=self.recovery,
            backoff=Backoff(chance=lambda: 0.5),
            monotonic=self.clock.monotonic,
        )

    @property
    def status(self) -> SyncStatus:
        return self.statuses[-1]

    def sell(self, sales: int = 1) -> None:
        for _ in range(sales):
            self.outbox.record(f"sale-{len(self.outbox.entries) + 1}")


def hub_gone(till: Till) -> None:
    till.hub.on_hello = _away_hello
    till.hub.on_journal = _away_journal
    till.hub.on_changes = _away_changes


def hub_back(till: Till) -> None:
    till.hub.on_hello = till.hub.greet
    till.hub.on_journal = till.hub.take
    till.hub.on_changes = till.hub.page


def _away_hello(request: HelloRequest) -> HelloAnswer:
    raise HubUnreachable("no_connection")


def _away_journal(request: JournalRequest) -> JournalAnswer:
    raise HubUnreachable("no_connection")


def _away_changes(cursor: str, limit: int) -> ChangesPage:
    raise HubUnreachable("no_connection")


def test_a_round_greets_sends_reads_and_rests() -> None:
    till = Till()
    till.sell(2)
    till.hub.put(item_record("i1"))
    assert till.cycle.run() == IDLE
    assert till.hub.calls == ["hello", "journal", "changes"]
    assert (till.status.state, till.status.waiting_sales) == (LinkState.ONLINE, 0)
    assert till.changes == [CatalogueChanged(frozenset({"i1"}), frozenset({"item"}))]


def test_a_quiet_round_asks_once_writes_nothing_and_reports_nothing() -> None:
    till = Till()
    till.hub.put(item_record("i1"))
    till.cycle.run()
    calls, statuses, changes, writes = (
        len(till.hub.calls),
        len(till.statuses),
        len(till.changes),
        till.feed.writes,
    )
    till.clock.seconds += 2
    assert till.cycle.run() == IDLE
    assert till.hub.calls[calls:] == ["changes"]
    assert (len(till.statuses), len(till.changes), till.feed.writes) == (statuses, changes, writes)


def test_a_greeting_is_repeated_every_fifteen_minutes() -> None:
    till = Till()
    till.cycle.run()
    till.clock.seconds += 899
    till.cycle.run()
    assert till.hub.calls.count("hello") == 1
    till.clock.seconds += 1
    till.cycle.run()
    assert till.hub.calls.count("hello") == 2


def test_a_till_that_starts_with_the_hub_gone_says_so_and_tells_what_waits() -> None:
    till = Till()
    till.sell(3)
    hub_gone(till)
    till.cycle.run()
    assert [status.state for status in till.statuses] == [LinkState.STARTING, LinkState.OFFLINE]
    assert [status.waiting_sales for status in till.statuses] == [3, 3]
    assert till.status.since == to_text(NOON)
    assert till.status.oldest_waiting_at == to_text(NOON)
    assert till.status.error_code == "no_connection"


def test_waits_for_a_hub_that_is_gone_grow_and_new_work_shortens_them_to_five_seconds() -> None:
    till = Till()
    hub_gone(till)
    waits = [till.cycle.run() for _ in range(7)]
    assert [wait.full_s for wait in waits] == [0.5, 1, 2, 4, 8, 16, 32]
    assert [wait.woken_s for wait in waits] == [0.5, 1, 2, 4, 5, 5, 5]


def test_a_hub_that_comes_back_gets_everything_and_the_waits_start_over() -> None:
    till = Till()
    hub_gone(till)
    for _ in range(5):
        till.sell()
        till.cycle.run()
    hub_back(till)
    assert till.cycle.run() == IDLE
    assert till.status.state is LinkState.ONLINE
    assert [entry.uuid for entry in till.hub.state.entries] == [f"sale-{n}" for n in range(1, 6)]
    hub_gone(till)
    assert till.cycle.run().full_s == 0.5


def test_offline_since_stays_while_it_lasts() -> None:
    till = Till()
    hub_gone(till)
    till.cycle.run()
    till.clock.seconds += 60
    till.sell()
    till.cycle.run()
    assert till.status.since == to_text(NOON)
    assert till.status.waiting_sales == 1


def test_new_sales_are_counted_while_the_hub_is_away_without_asking_it() -> None:
    till = Till()
    hub_gone(till)
    till.cycle.run()
    calls = len(till.hub.calls)
    till.sell(2)
    till.cycle.report_waiting()
    assert till.status.waiting_sales == 2
    assert len(till.hub.calls) == calls


def test_after_an_outage_the_till_greets_before_it_sends() -> None:
    till = Till()
    till.cycle.run()
    hub_gone(till)
    till.cycle.run()
    hub_back(till)
    till.sell()
    before = len(till.hub.calls)
    till.cycle.run()
    assert till.hub.calls[before:] == ["hello", "journal", "changes"]


def test_the_time_that_the_hub_names_is_waited_and_new_work_does_not_shorten_it() -> None:
    till = Till()

    def busy(request: HelloRequest) -> HelloAnswer:
        raise HubUnreachable("busy", retry_after_s=40.0)

    till.hub.on_hello = busy
    assert till.cycle.run() == Wait(40.0, 40.0)


def test_the_clock_skew_is_the_tills_clock_less_the_hubs() -> None:
    till = Till()

    def slow(request: HelloRequest) -> HelloAnswer:
        till.clock.seconds += 4
        return till.hub.greet(request)

    till.hub.on_hello = slow
    till.hub.server_time = "2026-11-24T11:55:00.000000Z"
    till.cycle.run()
    assert till.status.clock_skew_s == 302


def test_a_greeting_without_a_readable_time_is_no_greeting() -> None:
    till = Till()
    till.hub.server_time = "noon"
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.OFFLINE, "not_a_hub")


def test_a_fork_stops_sending_but_prices_still_arrive(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("sending is stopped: fork")
    till = Till()
    till.sell(2)
    other = MemoryOutbox()
    other.record("another till's sale")
    theirs = MemoryHub()
    till_of_theirs = SyncCycle(
        theirs,
        other,
        MemoryFeed(),
        till.clock,
        app_version="1",
        on_status=lambda status: None,
        on_catalogue=lambda change: None,
    )
    till_of_theirs.run()
    till.hub.state.entries = theirs.state.entries
    till.hub.put(item_record("i1"))
    till.cycle.run()
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "fork")
    assert till.status.waiting_sales == 2
    assert "i1" in till.feed.items
    assert till.hub.calls.count("journal") == 1  # shown once, so that the hub knows of it, too


def test_a_restored_till_stops_sending_and_says_so(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("sending is stopped: till_restored")
    till = Till()
    till.sell(3)
    till.cycle.run()
    till.outbox.entries.pop()
    till.outbox.acked = 2
    till.cycle = till.started()
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "till_restored")


def test_a_restored_hub_gets_again_what_it_lost() -> None:
    till = Till()
    till.sell(2)
    till.cycle.run()
    backup = till.hub.state.copy()
    till.sell(3)
    till.cycle.run()
    till.hub.restore(backup)
    till.clock.seconds += 2
    till.cycle.run()
    assert [entry.uuid for entry in till.hub.state.entries] == [f"sale-{n}" for n in range(1, 6)]
    assert till.status.waiting_entries == 0


def test_sales_go_first_between_the_pages_of_a_long_load() -> None:
    till = Till()
    till.hub.put(*many_items(4_001))

    def page_and_a_sale(cursor: str, limit: int) -> ChangesPage:
        till.sell()
        return till.hub.page(cursor, limit)

    till.hub.on_changes = page_and_a_sale
    till.cycle.run()
    assert till.hub.calls == ["hello", "changes", "journal", "changes", "journal", "changes"]


def test_a_hub_that_refuses_the_token_is_shown_and_asked_again_later() -> None:
    till = Till()

    def refuses(request: HelloRequest) -> HelloAnswer:
        raise HubRefused("unauthorised")

    till.hub.on_hello = refuses
    assert till.cycle.run().full_s == 0.5
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "unauthorised")
    hub_back(till)
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.ONLINE, "")


@pytest.mark.parametrize("protocol", [0, 3])
def test_a_hub_of_another_protocol_gets_nothing(protocol: int) -> None:
    till = Till()
    till.sell()
    till.hub.protocol = protocol
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "protocol_too_old")
    assert till.hub.calls == ["hello"]


def test_another_hub_at_the_same_address_gets_nothing() -> None:
    till = Till()
    till.sell()
    till.hub.hub_id = "the neighbour's"
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "other_hub")
    assert till.hub.calls == ["hello"]


def test_a_mass_removal_is_shown_while_selling_and_sending_go_on(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the hub's feed is not applied")
    till = Till()
    till.hub.put(*many_items(100))
    till.cycle.run()
    till.hub.remove(*(f"i{number:05}" for number in range(50)))
    till.sell()
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.ONLINE, "mass_removal")
    assert (till.status.waiting_sales, till.feed.item_count()) == (0, 100)
    before = len(till.hub.calls)
    till.clock.seconds += 2
    till.cycle.run()
    assert till.hub.calls[before:] == []
    till.cycle.accept_removal()
    till.cycle.run()
    assert (till.status.error_code, till.feed.item_count()) == ("", 50)


def test_pictures_come_a_few_at_a_time_after_the_data() -> None:
    till = Till()
    contents = [bytes([number]) for number in range(6)]
    till.hub.pictures = {picture_of(content): content for content in contents}
    till.hub.put(*(item_record(name, picture=name) for name in till.hub.pictures))
    assert till.cycle.run() == Wait(0.0, 0.0)
    assert till.hub.calls == ["hello", "changes", "picture", "picture", "picture", "picture"]
    assert till.cycle.run() == IDLE
    assert till.changes[-1].pictures | till.changes[-2].pictures == till.hub.pictures.keys()


def test_quarantined_entries_are_counted_in_the_status() -> None:
    till = Till()
    till.outbox.record("odd", kind="unheard_of")
    till.cycle.run()
    assert (till.status.quarantined, till.status.waiting_entries) == (1, 0)


def test_a_full_disk_is_shown_by_its_own_name_and_tried_again() -> None:
    till = Till()
    till.sell()

    class FullDisk(MemoryOutbox):
        def acknowledge(self, seq: int) -> None:
            raise LedgerUnavailable("disk_full")

        def unsent(self) -> UnsentSummary:
            raise LedgerUnavailable("disk_full")

    full = FullDisk()
    full.entries = till.outbox.entries
    till.outbox = full
    till.cycle = till.started()
    till.cycle.run()
    assert till.status.error_code == "disk_full"
    till.outbox = MemoryOutbox()
    till.outbox.entries = full.entries
    till.cycle = till.started()
    till.cycle.run()
    assert till.status.error_code == ""
    assert len(till.hub.state.entries) == 1


def test_after_a_bug_the_next_round_begins_afresh() -> None:
    till = Till()
    till.cycle.run()
    till.cycle.report_bug()
    assert (till.status.state, till.status.error_code) == (LinkState.ONLINE, "bug")
    till.cycle.run()
    assert till.status.error_code == ""
    assert till.hub.calls.count("hello") == 2


def test_once_stopped_nothing_more_is_sent_or_reported() -> None:
    till = Till()
    till.sell()
    till.cycle.stop()
    reported = len(till.statuses)
    till.cycle.run()
    assert till.hub.calls == ["close"]
    assert len(till.statuses) == reported


def test_a_hub_restored_to_nothing_gets_the_whole_journal() -> None:
    till = Till()
    till.sell(45)
    till.cycle.run()
    till.hub.restore(HubState())
    till.cycle.run()
    assert len(till.hub.state.entries) == 45
