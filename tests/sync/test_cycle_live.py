"""Rounds with a hub of protocol 2: what it can do, what it tells, and what the status says of it."""

import logging

import msgspec
import pytest

from tests.conftest import ExpectedLogs
from tests.sync.memory import NOON, MemoryRecovery, item_record
from tests.sync.test_cycle import IDLE, Till
from till_app.domain.times import to_text
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.status import LinkState, WaitingAtHub
from till_app.sync.backoff import Wait
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import HelloAnswer, HelloRequest, JournalAnswer, JournalRequest


def test_the_status_says_what_was_agreed() -> None:
    till = Till()
    till.cycle.run()
    status = till.status
    assert (status.protocol, status.hub_version, status.is_live) == (2, "9.9", False)
    assert status.last_exchange_at == to_text(till.clock.now())


def test_a_quiet_exchange_is_told_once_a_minute() -> None:
    till = Till()
    till.cycle.run()
    told = len(till.statuses)
    for _ in range(60):
        till.clock.seconds += 2
        till.cycle.run()
    assert len(till.statuses) - told == 2


def test_an_outage_tells_the_very_last_exchange() -> None:
    till = Till()
    till.cycle.run()
    till.clock.seconds += 30
    till.cycle.run()
    last = to_text(till.clock.now())
    till.clock.seconds += 20

    till.hub.on_changes = _away
    till.cycle.run()
    assert (till.status.state, till.status.last_exchange_at) == (LinkState.OFFLINE, last)


def test_a_capable_hub_is_watched_from_where_the_till_has_read_and_polled_rarely() -> None:
    till = Till()
    till.hub.capabilities = ["live"]
    till.hub.put(item_record("i1"))
    assert till.cycle.live_cursor is None
    assert till.cycle.run() == IDLE
    assert till.cycle.live_cursor == "epoch-1:1"
    till.cycle.watched(True)
    assert till.cycle.run() == Wait(30.0, 0.0)
    assert till.status.is_live


def test_a_hub_out_of_reach_is_neither_watched_nor_live() -> None:
    till = Till()
    till.hub.capabilities = ["live"]
    till.cycle.run()
    till.cycle.watched(True)
    till.cycle.run()

    till.hub.on_changes = _away
    till.cycle.run()
    assert till.cycle.live_cursor is None
    assert not till.status.is_live


def test_a_hub_of_protocol_1_is_served_by_pages_and_polls_whatever_it_names() -> None:
    till = Till()
    till.hub.protocol = 1
    till.hub.capabilities = ["live", "sweep", "snapshot"]
    till.outbox.record("odd", kind="unheard_of")
    till.hub.put(item_record("i1"))
    assert till.cycle.run() == IDLE
    assert till.cycle.live_cursor is None
    assert till.hub.calls == ["hello", "journal", "changes"]
    assert (till.status.protocol, till.status.quarantined, till.status.waiting_at_hub) == (1, 1, ())


# ------------------------------------------------------- what waits at the hub


def test_what_waits_at_the_hub_is_fetched_when_it_changes_and_named() -> None:
    till = Till()
    till.outbox.record("odd", kind="unheard_of")
    till.cycle.run()
    assert till.status.waiting_at_hub == (
        WaitingAtHub(1, "unheard_of", to_text(NOON), "unknown_kind", "It cannot be applied.", "Look at it."),
    )
    for _ in range(3):
        till.clock.seconds += 2
        till.cycle.run()
    assert till.hub.calls.count("waiting") == 1
    till.hub.state.quarantined.clear()
    till.clock.seconds += 900
    till.cycle.run()
    assert not till.status.waiting_at_hub


# --------------------------------------------------- restored, copied, revoked


def restored_till(*, lost: int) -> Till:
    """It sold five, and its disk was put back from before the last ones."""
    till = Till()
    till.sell(5)
    till.cycle.run()
    del till.outbox.entries[5 - lost :]
    till.outbox.acked = min(till.outbox.acked, 5 - lost)
    till.recovery = MemoryRecovery(till.outbox)
    till.cycle = till.started()
    return till


def test_a_restored_till_reads_back_what_it_lost_and_goes_on_with_the_next_number() -> None:
    for lost in (1, 4, 5):
        till = restored_till(lost=lost)
        assert till.cycle.run() == IDLE
        assert [entry.uuid for entry in till.outbox.entries] == [f"sale-{n}" for n in range(1, 6)]
        assert till.outbox.acked == 5
        till.sell()
        till.cycle.run()
        assert [entry.seq for entry in till.hub.state.entries] == [1, 2, 3, 4, 5, 6]
        assert "reading_back" in [status.error_code for status in till.statuses]
        assert (till.status.state, till.status.error_code) == (LinkState.ONLINE, "")


def test_a_restored_till_that_has_sold_since_is_a_fork_and_both_are_kept(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("sending is stopped: fork")
    till = restored_till(lost=3)
    till.outbox.record("another sale")
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "fork")
    assert [entry.uuid for entry in till.outbox.entries] == ["sale-1", "sale-2", "another sale"]
    assert len(till.hub.state.entries) == 5


def test_a_sale_that_comes_in_while_it_reads_back_makes_it_a_fork(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("sending is stopped: fork")
    till = restored_till(lost=2)
    assert isinstance(till.recovery, MemoryRecovery)
    till.recovery.before_keeping = lambda: till.outbox.record("in between")
    till.cycle.run()
    assert till.status.error_code == "fork"
    assert [entry.uuid for entry in till.outbox.entries][-1] == "in between"


def test_a_till_that_cannot_read_back_says_that_it_was_restored(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("sending is stopped: till_restored")
    till = restored_till(lost=2)
    till.hub.protocol = 1
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "till_restored")


def test_a_till_whose_journal_the_hub_found_contradicted_is_told_so(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("sending is stopped: fork")
    till = Till()
    till.sell()

    def forked(request: HelloRequest) -> HelloAnswer:
        return msgspec.structs.replace(till.hub.greet(request), forked=True)

    till.hub.on_hello = forked
    till.hub.put(item_record("i1"))
    till.cycle.run()
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "fork")
    assert "journal" not in till.hub.calls
    assert "i1" in till.feed.items


def test_a_revoked_till_keeps_everything_and_asks_ever_more_rarely() -> None:
    till = Till()
    till.sell(2)

    def revoked(request: HelloRequest) -> HelloAnswer:
        raise HubRefused("revoked")

    till.hub.on_hello = revoked
    waits = [till.cycle.run() for _ in range(6)]
    assert [wait.full_s for wait in waits] == [60, 120, 240, 480, 600, 600]
    assert [wait.woken_s for wait in waits] == [60, 120, 240, 480, 600, 600]
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "revoked")
    assert till.status.waiting_sales == 2
    till.hub.on_hello = till.hub.greet
    assert till.cycle.run() == IDLE
    assert till.status.waiting_sales == 0


def test_a_till_revoked_while_it_sends_is_told_so() -> None:
    till = Till()
    till.cycle.run()
    till.sell()

    def revoked(request: JournalRequest) -> JournalAnswer:
        raise HubRefused("revoked")

    till.hub.on_journal = revoked
    assert till.cycle.run().full_s == 60
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "revoked")


# -------------------------------------------------------------- back-pressure


def test_an_entry_that_no_hub_takes_is_kept_and_prices_still_arrive(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("sending is stopped: too_large")
    till = Till()
    till.sell(3)
    till.hub.put(item_record("i1"))

    def too_large(request: JournalRequest) -> JournalAnswer:
        if any(entry.uuid == "sale-2" for entry in request.entries):
            raise HubRefused("too_large", retry_after_s=40.0)
        return till.hub.take(request)

    till.hub.on_journal = too_large
    assert till.cycle.run() == Wait(40.0, 40.0)
    assert (till.status.state, till.status.error_code) == (LinkState.REFUSED, "too_large")
    assert (till.status.waiting_sales, len(till.outbox.entries)) == (2, 3)
    assert "i1" in till.feed.items
    till.hub.on_journal = till.hub.take
    till.cycle.run()
    assert till.status.waiting_sales == 0


def test_the_hubs_own_wait_holds_for_sending_and_reading() -> None:
    till = Till()
    till.sell()

    def busy(request: JournalRequest) -> JournalAnswer:
        raise HubUnreachable("too_many_requests", retry_after_s=12.0)

    till.hub.on_journal = busy
    assert till.cycle.run() == Wait(12.0, 12.0)
    assert till.hub.calls == ["hello", "journal"]
    assert (till.status.state, till.status.error_code) == (LinkState.ONLINE, "too_many_requests")
    till.sell()
    till.cycle.report_waiting()
    assert (till.status.state, till.status.waiting_sales) == (LinkState.ONLINE, 2)
    till.hub.on_journal = till.hub.take
    till.cycle.run()
    assert (till.status.waiting_sales, till.status.error_code) == (0, "")


def test_a_notable_clock_skew_is_written_down_once(caplog: pytest.LogCaptureFixture) -> None:
    till = Till()
    till.hub.server_time = "2026-11-24T11:00:00.000000Z"
    with caplog.at_level(logging.INFO, "till_app.sync"):
        for _ in range(3):
            till.cycle.run()
            till.clock.seconds += 900
    assert [message for message in caplog.messages if "clock" in message] == [
        "this till's clock is 3600 s ahead of the hub's"
    ]
    assert till.status.clock_skew_s == 3600 + 1800


def _away(cursor: str, limit: int) -> ChangesPage:
    raise HubUnreachable("no_connection")
