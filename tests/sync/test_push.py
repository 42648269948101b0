"""Sending the journal."""

import msgspec
import pytest

from tests.sync.memory import ManualClock, MemoryHub, MemoryOutbox
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.push import Push
from till_app.wire.exchange import EntryResult, JournalAnswer, JournalHead, JournalRequest
from till_app.wire.protocol import MAX_REQUEST_BYTES


class Till:
    """An outbox, a hub and the push between them."""

    def __init__(self, sales: int = 0) -> None:
        self.clock = ManualClock()
        self.hub = MemoryHub()
        self.outbox = MemoryOutbox()
        self.push = Push(self.hub, self.outbox, self.clock.monotonic)
        self.sell(sales)

    def sell(self, sales: int) -> None:
        for _ in range(sales):
            self.outbox.record(f"sale-{len(self.outbox.entries) + 1}")

    def send_all(self) -> None:
        while self.push.send_batch(self.hub.epoch):
            pass

    @property
    def at_hub(self) -> list[str]:
        return [entry.uuid for entry in self.hub.state.entries]


def test_entries_arrive_in_order_and_are_acknowledged() -> None:
    till = Till(sales=3)
    till.send_all()
    assert till.at_hub == ["sale-1", "sale-2", "sale-3"]
    assert till.outbox.acked == 3


def test_with_nothing_to_send_the_hub_is_left_alone() -> None:
    till = Till()
    assert not till.push.send_batch(till.hub.epoch)
    assert till.hub.calls == []


def test_batches_grow_from_20_to_500_while_the_hub_is_quick() -> None:
    till = Till(sales=1_200)
    till.send_all()
    assert till.hub.batch_sizes == [20, 40, 80, 160, 320, 500, 80]


def test_batches_do_not_grow_while_a_request_takes_a_second() -> None:
    till = Till(sales=60)

    def slow(request: JournalRequest) -> JournalAnswer:
        till.clock.seconds += 1.0
        return till.hub.take(request)

    till.hub.on_journal = slow
    till.send_all()
    assert till.hub.batch_sizes == [20, 20, 20]


def test_a_timeout_halves_the_batch_down_to_one() -> None:
    till = Till(sales=30)
    till.hub.on_journal = _times_out
    sizes = []
    for _ in range(6):
        with pytest.raises(HubUnreachable):
            till.push.send_batch(till.hub.epoch)
        sizes.append(till.push.batch_entries)
    assert sizes == [10, 5, 2, 1, 1, 1]
    assert till.outbox.acked == 0


def test_a_request_stays_below_the_limit_however_large_the_bodies() -> None:
    till = Till()
    requests: list[JournalRequest] = []

    def noting(request: JournalRequest) -> JournalAnswer:
        requests.append(request)
        return till.hub.take(request)

    till.hub.on_journal = noting
    for number in range(60):
        till.outbox.record(f"sale-{number}", body=b'{"note":"' + b'\\"' * 20_000 + b'"}')
    till.send_all()
    assert len(till.at_hub) == 60
    assert max(len(msgspec.json.encode(request)) for request in requests) < MAX_REQUEST_BYTES


def test_an_answer_that_acknowledges_nothing_is_no_success() -> None:
    till = Till(sales=2)
    till.hub.on_journal = lambda request: JournalAnswer(
        JournalHead(0, till.outbox.hash_at(0) or ""), [EntryResult(1, "applied")], 0
    )
    with pytest.raises(HubUnreachable, match="took nothing"):
        till.push.send_batch(till.hub.epoch)
    assert till.outbox.acked == 0


def test_an_answer_with_another_hash_is_a_fork_and_acknowledges_nothing() -> None:
    till = Till(sales=2)
    till.hub.on_journal = lambda request: JournalAnswer(JournalHead(2, "f" * 64), [], 0)
    with pytest.raises(HubRefused) as caught:
        till.push.send_batch(till.hub.epoch)
    assert caught.value.code == "fork"
    assert till.outbox.acked == 0


def test_a_partly_taken_batch_goes_on_after_what_was_taken() -> None:
    till = Till(sales=5)

    def takes_two(request: JournalRequest) -> JournalAnswer:
        return till.hub.take(JournalRequest(request.epoch, request.entries[:2]))

    till.hub.on_journal = takes_two
    till.send_all()
    assert till.at_hub == [f"sale-{number}" for number in range(1, 6)]


def test_a_gap_rewinds_to_what_the_hub_has_and_sends_again() -> None:
    till = Till(sales=6)
    till.send_all()
    del till.hub.state.entries[2:]
    till.sell(1)
    till.send_all()
    assert till.at_hub == [f"sale-{number}" for number in range(1, 8)]


def test_a_gap_that_no_rewind_mends_is_passed_on() -> None:
    till = Till(sales=1)
    till.hub.on_journal = _gap_at_zero
    with pytest.raises(HubRefused, match="gap"):
        till.push.send_batch(till.hub.epoch)


def test_a_batch_that_is_too_large_is_halved_until_it_fits() -> None:
    till = Till(sales=20)

    def small(request: JournalRequest) -> JournalAnswer:
        if len(request.entries) > 6:
            raise HubRefused("too_large")
        return till.hub.take(request)

    till.hub.on_journal = small
    till.send_all()
    assert len(till.at_hub) == 20


def test_an_entry_that_waits_for_a_person_does_not_hold_up_the_next() -> None:
    till = Till(sales=1)
    till.outbox.record("odd", kind="unheard_of")
    till.sell(1)
    till.send_all()
    assert till.outbox.acked == 3
    assert till.push.quarantined == 1


def test_after_a_greeting_a_hub_that_is_behind_gets_the_rest_again() -> None:
    till = Till(sales=4)
    till.send_all()
    till.push.reconcile(JournalHead(1, till.outbox.hash_at(1) or ""))
    assert till.outbox.acked == 1


def test_after_a_greeting_what_the_hub_already_has_is_not_sent_again() -> None:
    till = Till(sales=4)
    till.push.reconcile(JournalHead(3, till.outbox.hash_at(3) or ""))
    assert till.outbox.acked == 3


def test_a_hub_that_knows_more_than_the_till_means_the_till_was_restored() -> None:
    till = Till(sales=2)
    with pytest.raises(HubRefused) as caught:
        till.push.reconcile(JournalHead(3, "a" * 64))
    assert caught.value.code == "till_restored"
    assert till.outbox.acked == 0


def test_a_hub_that_knows_another_entry_means_a_fork() -> None:
    till = Till(sales=2)
    with pytest.raises(HubRefused) as caught:
        till.push.reconcile(JournalHead(2, "a" * 64))
    assert caught.value.code == "fork"


def _times_out(request: JournalRequest) -> JournalAnswer:
    raise HubUnreachable("timeout")


def _gap_at_zero(request: JournalRequest) -> JournalAnswer:
    raise HubRefused("gap", acked_seq=0)
