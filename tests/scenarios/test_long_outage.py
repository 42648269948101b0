"""A hub that is away for three days: few tries, the age of what waits is told, and all goes up after."""

from tests.end_to_end.shop import MILK
from tests.scenarios.lane import AT_ONCE, Lane
from tests.scenarios.oracle import assert_both_sides_are_equal, chains_of
from till_app.services.ports import Fact
from till_app.services.status import LinkState
from till_app.sync.cycle import SyncCycle
from till_app.wire.bodies import BODY_VERSION, Kind

QUEUED = 10_000
OUTAGE_S = 72 * 3_600.0
MOST_WAIT_S = 300.0


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _queue(lane: Lane, entries: int) -> None:
    """Small facts, as quick as the disk takes them."""
    workplace = lane.till.services.workplace
    at, day = workplace.now_text(), workplace.business_date
    with lane.till.ledger.write() as write:
        for _ in range(entries):
            write.record(Fact(Kind.SIGNED_OFF, BODY_VERSION, at, day, b'{"operator_id":"31"}'))
        write.commit()


def _wait_out(cycle: SyncCycle, seconds: Seconds) -> int:
    """The rounds of the whole outage, each after the wait that the one before asked for."""
    rounds = 0
    while seconds.now < OUTAGE_S:
        wait = cycle.run()
        rounds += 1
        assert 0 < wait.full_s <= MOST_WAIT_S
        seconds.now += wait.full_s
    return rounds


def test_ten_thousand_entries_of_a_three_day_outage_go_up_once_each(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    lane.settle()
    lane.proxy.refuse_connections()
    lane.sell(MILK)
    _queue(lane, QUEUED)
    seconds = Seconds()
    cycle = lane.new_cycle(AT_ONCE, seconds)
    rounds = _wait_out(cycle, seconds)
    assert rounds <= OUTAGE_S / MOST_WAIT_S + 10
    status = cycle.status
    assert (status.state, status.waiting_sales) == (LinkState.OFFLINE, 1)
    assert status.waiting_entries == QUEUED + 1
    oldest = next(entry for entry in chains_of(lane)[-1].entries if entry.kind == Kind.SALE)
    assert status.oldest_waiting_at == oldest.at
    cycle.stop()
    lane.proxy.accept_connections()
    sent_before = len(lane.proxy.seen)
    lane.settle()
    batches = [request for request, _ in lane.proxy.seen[sent_before:] if request.path == "/v1/journal"]
    assert len(batches) < QUEUED / 200
    assert (lane.cycle.status.last_exchange_at or "") > oldest.at
    assert_both_sides_are_equal(lane.site, lane)
