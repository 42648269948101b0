"""What the hub cannot apply: it is kept, named to people on both sides, and nothing waits behind it."""

import json

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal
from till_app.services.ports import Fact
from till_app.services.status import LinkState
from till_app.wire.bodies import BODY_VERSION, Kind
from till_app.wire.exchange import QuarantineCode

LARGE_NOTE_BYTES = 4_500_000
POISON = {
    QuarantineCode.UNKNOWN_KIND: ("of_tomorrow", BODY_VERSION, b"{}"),
    QuarantineCode.NEWER_VERSION: (Kind.NO_SALE, 99, b'{"operator_id":"31","reason":"?"}'),
    QuarantineCode.MALFORMED_BODY: (Kind.NO_SALE, BODY_VERSION, b'{"operator_id":31}'),
}


def _record(lane: Lane, kind: str, version: int, body: bytes) -> None:
    workplace = lane.till.services.workplace
    with lane.till.ledger.write() as write:
        write.record(Fact(kind, version, workplace.now_text(), workplace.business_date, body))
        write.commit()


def test_each_kind_of_poison_waits_for_a_person_and_later_sales_flow(lane: Lane) -> None:
    for kind, version, body in POISON.values():
        lane.sell(MILK)
        _record(lane, kind, version, body)
    lane.sell(MINTS)
    lane.settle()
    status = lane.cycle.status
    assert (status.state, status.waiting_sales, status.quarantined) == (LinkState.ONLINE, 0, len(POISON))
    assert {waiting.code for waiting in status.waiting_at_hub} == set(POISON)
    assert all(waiting.words and waiting.advice for waiting in status.waiting_at_hub)
    lane.site.set_aside_all()
    lane.hang_up()
    lane.settle()
    assert lane.cycle.status.waiting_at_hub == ()
    assert_both_sides_are_equal(lane.site, lane)


def test_a_note_of_megabytes_goes_up_by_itself_and_holds_nobody_up(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    lane.sell(MILK)
    note = json.dumps({"operator_id": "31", "reason": "x" * LARGE_NOTE_BYTES}).encode()
    _record(lane, Kind.NO_SALE, BODY_VERSION, note)
    lane.sell(MINTS)
    lane.settle()
    lane.site.set_aside_all()
    assert_both_sides_are_equal(lane.site, lane)
