"""When the catalogue is compared with the hub's."""

import pytest

from tests.conftest import ExpectedLogs
from tests.sync.memory import HubState, ManualClock, MemoryFeed, MemoryHub, MemoryOutbox, many_items
from till_app.services.errors import HubUnreachable
from till_app.services.status import CatalogueChanged, CheckReport, LinkState, SyncStatus
from till_app.sync.checking import EVERY_S, FIRST_AFTER_S, SPREAD_S, Checking
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.sweep import Sweep
from till_app.wire.exchange import SweepAnswer

GOOD = CheckReport("2026-11-24T12:00:00.000000Z", 100, 0, 0)


class ScriptedSweep:
    """Implements CatalogueSweep: three steps, the last with the report."""

    def __init__(self) -> None:
        self.begun = 0
        self.steps = 0
        self.accepted = False
        self.report = GOOD
        self.failure: Exception | None = None

    def begin(self) -> None:
        self.begun += 1
        self.steps = 0

    def accept_removal(self) -> None:
        self.accepted = True

    def step(self) -> tuple[CatalogueChanged, CheckReport | None]:
        if self.failure is not None:
            raise self.failure
        self.steps += 1
        return CatalogueChanged(), self.report if self.steps == 3 else None


def checking(clock: ManualClock, sweep: ScriptedSweep) -> Checking:
    return Checking(sweep, clock.monotonic, chance=lambda: 0.5)


def run_through(check: Checking) -> int:
    """How many steps it took."""
    steps = 1
    while check.advance()[1]:
        steps += 1
    return steps


def test_the_first_comes_a_while_after_the_start_and_then_one_a_day() -> None:
    clock, sweep = ManualClock(), ScriptedSweep()
    check = checking(clock, sweep)
    for due_s in (FIRST_AFTER_S + SPREAD_S / 2, EVERY_S + SPREAD_S / 2):
        begun = sweep.begun
        clock.seconds += due_s - 1
        assert check.advance() == (CatalogueChanged(), False)
        assert sweep.begun == begun
        clock.seconds += 1
        assert run_through(check) == 3
        assert sweep.begun == begun + 1
    assert check.report == GOOD


def test_a_person_need_not_wait() -> None:
    clock, sweep = ManualClock(), ScriptedSweep()
    check = checking(clock, sweep)
    check.ask()
    assert run_through(check) == 3
    assert check.advance() == (CatalogueChanged(), False)


def test_one_that_the_hub_broke_off_is_begun_again_later() -> None:
    clock, sweep = ManualClock(), ScriptedSweep()
    check = checking(clock, sweep)
    sweep.failure = HubUnreachable("timeout")
    check.ask()
    with pytest.raises(HubUnreachable):
        check.advance()
    sweep.failure = None
    assert check.advance() == (CatalogueChanged(), False)
    clock.seconds += FIRST_AFTER_S
    assert run_through(check) == 3


@pytest.mark.parametrize("code", ["busy", "not_ready", "too_many_requests"])
def test_a_hub_that_is_too_busy_is_compared_with_later_and_is_no_trouble(code: str) -> None:
    clock, sweep = ManualClock(), ScriptedSweep()
    check = checking(clock, sweep)
    sweep.failure = HubUnreachable(code, retry_after_s=2 * FIRST_AFTER_S)
    check.ask()
    assert check.advance() == (CatalogueChanged(), False)
    sweep.failure = None
    clock.seconds += 2 * FIRST_AFTER_S - 1
    assert check.advance() == (CatalogueChanged(), False)
    assert sweep.steps == 0
    clock.seconds += 1
    assert run_through(check) == 3


def test_only_a_refused_removal_is_made_again_with_leave() -> None:
    clock, sweep = ManualClock(), ScriptedSweep()
    check = checking(clock, sweep)
    check.ask()
    run_through(check)
    check.accept_removal()
    assert not sweep.accepted
    sweep.report = CheckReport("t", 100, 60, 0, "mass_removal")
    check.ask()
    run_through(check)
    check.accept_removal()
    assert sweep.accepted
    assert run_through(check) == 3


class Till:
    """With the real sweep, at a hub that can be compared with."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.hub = MemoryHub()
        self.hub.capabilities = ["sweep"]
        self.hub.put(*many_items(100))
        self.outbox = MemoryOutbox()
        self.feed = MemoryFeed()
        self.statuses: list[SyncStatus] = []
        self.cycle = SyncCycle(
            self.hub,
            self.outbox,
            self.feed,
            self.clock,
            app_version="1",
            on_status=self.statuses.append,
            on_catalogue=lambda change: None,
            checking=Checking(Sweep(self.hub, self.feed, self.clock), self.clock.monotonic),
            monotonic=self.clock.monotonic,
        )

    def run_until_idle(self) -> None:
        for _ in range(20):
            if self.cycle.run().full_s > 0:
                return
        raise AssertionError("it never rests")


def test_check_everything_finds_and_mends_what_a_bug_left_different(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("differed from the hub's")
    till = Till()
    till.run_until_idle()
    whole = dict(till.feed.items)
    del till.feed.items["i00007"]
    till.run_until_idle()
    assert till.feed.items != whole
    till.cycle.check_everything()
    till.run_until_idle()
    assert till.feed.items == whole
    report = till.statuses[-1].check
    assert report is not None
    assert (report.different, report.mended, report.error_code) == (1, 1, "")


def test_a_till_stays_online_while_the_hub_is_too_busy_to_be_compared_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy() -> SweepAnswer:
        raise HubUnreachable("busy", retry_after_s=5.0)

    till = Till()
    till.run_until_idle()
    monkeypatch.setattr(till.hub, "sweep", busy)
    till.cycle.check_everything()
    assert till.cycle.run().full_s == SyncSettings().idle_s
    assert {status.state for status in till.statuses[1:]} == {LinkState.ONLINE}
    assert till.statuses[-1].check is None


def test_a_sale_is_sent_between_two_steps() -> None:
    till = Till()
    till.run_until_idle()
    till.cycle.check_everything()
    assert till.cycle.run().full_s == 0
    till.outbox.record("sale-1")
    till.cycle.run()
    assert till.outbox.acked == 1


def test_a_hub_whose_data_was_replaced_is_compared_with() -> None:
    till = Till()
    till.outbox.record("sale-1")
    till.run_until_idle()
    backup = HubState(feed=dict(till.hub.state.feed), feed_seq=till.hub.state.feed_seq)
    till.hub.restore(backup)
    till.clock.seconds += 2
    till.run_until_idle()
    assert till.statuses[-1].check is not None
    assert till.statuses[-1].state is LinkState.ONLINE
    assert [entry.uuid for entry in till.hub.state.entries] == ["sale-1"]
