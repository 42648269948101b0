"""A session here and at the hub: what differs is named, what is missing is sent again, nothing is deleted."""

from dataclasses import dataclass

import msgspec
import pytest

from tests.services.counter import ShopCounter
from tests.store.builders import journal_of
from till_app.domain.currency import GBP
from till_app.domain.session import TillSession
from till_app.services.chains import ChainReason, begin_chain
from till_app.services.errors import HubRefused
from till_app.services.ports import TillIdentity
from till_app.services.session_check import SessionChecks, SessionComparison
from till_app.ui.formatting import Formatter
from till_app.wire.exchange import SessionCheck

MILK = "5000128104517"


@dataclass
class HubWithSession:
    """Answers the one call that a check makes."""

    answer: SessionCheck | None

    def session_check(self, session_id: str) -> SessionCheck:
        if self.answer is None:
            raise HubRefused("not_found")
        assert session_id == self.answer.session_id
        return self.answer


def session_of(counter: ShopCounter) -> TillSession:
    session = counter.ledger.session()
    assert session is not None
    return session


def as_it_should_be(counter: ShopCounter) -> SessionCheck:
    head = counter.ledger.journal_head()
    return SessionCheck(
        session_of(counter).session_id, 2, 330, 10_330, head.seq - 1, head.seq, head.hash, 0, []
    )


def check(counter: ShopCounter, answer: SessionCheck | None) -> SessionComparison:
    checks = SessionChecks(counter.ledger, counter.ledger, Formatter(GBP), str)
    hub = HubWithSession(answer)
    return checks.check(hub, session_of(counter))  # type: ignore[arg-type]  # it makes one call only


@pytest.fixture
def sold(counter: ShopCounter) -> ShopCounter:
    """Two sales, all acknowledged."""
    counter.sell(MILK)
    counter.sell(MILK)
    counter.ledger.acknowledge(counter.ledger.journal_head().seq)
    return counter


def test_both_sides_agree(sold: ShopCounter) -> None:
    comparison = check(sold, as_it_should_be(sold))
    assert comparison.is_equal
    assert comparison.findings == ()
    assert comparison.sends_again_from is None
    assert sold.ledger.unsent().entries == 0


def test_a_receipt_that_the_hub_lost_is_named_and_sent_again(sold: ShopCounter) -> None:
    answer = msgspec.structs.replace(
        as_it_should_be(sold),
        transactions=1,
        total_minor=165,
        cash_minor=10_165,
        missing_receipts=["2-000002"],
    )
    comparison = check(sold, answer)
    assert comparison.findings == (
        "2 sales at the till, 1 at the hub",
        "Total: £3.30 at the till, £1.65 at the hub",
        "Cash: £103.30 at the till, £101.65 at the hub",
        "The hub does not have 2-000002",
    )
    assert comparison.sends_again_from == sold.ledger.session_first_seq(session_of(sold))
    assert sold.ledger.unsent().sales == 2
    assert len(sold.ledger.latest_sales(9)) == 2


def test_what_waits_for_a_person_is_not_sent_again(sold: ShopCounter) -> None:
    answer = msgspec.structs.replace(
        as_it_should_be(sold), transactions=1, total_minor=165, quarantined=1, missing_receipts=["2-000001"]
    )
    comparison = check(sold, answer)
    assert "1 entry waits at the hub for a person" in comparison.findings
    assert comparison.sends_again_from is None
    assert sold.ledger.unsent().entries == 0


def test_another_hash_at_the_hub_is_two_tills_with_one_identity(sold: ShopCounter) -> None:
    comparison = check(sold, msgspec.structs.replace(as_it_should_be(sold), last_hash="f" * 64))
    assert not comparison.is_equal
    assert "two tills have one identity" in comparison.findings[0]
    assert comparison.sends_again_from is None


def test_a_session_that_the_hub_never_saw_is_sent_again_from_its_start(sold: ShopCounter) -> None:
    comparison = check(sold, None)
    assert (comparison.sales_at_hub, comparison.is_equal) == (0, False)
    assert comparison.sends_again_from == sold.ledger.session_first_seq(session_of(sold))


def test_a_session_over_two_chains_is_compared_by_its_chain_alone(sold: ShopCounter) -> None:
    known = {entry.uuid for entry in journal_of(sold.ledger)}
    sold.clock.go_on(60)
    begin_chain(sold.ledger, sold.clock, TillIdentity("till-new", "7", "Till 7"), ChainReason.REVOKED, known)
    head = sold.ledger.journal_head()
    answer = SessionCheck(session_of(sold).session_id, 0, 0, 0, 1, head.seq, head.hash, 0, [])
    comparison = check(sold, answer)
    assert comparison.is_equal
    assert "under two tills" in comparison.findings[0]


def test_the_ledger_finds_where_its_own_chain_is_broken(sold: ShopCounter) -> None:
    session = session_of(sold)
    assert sold.ledger.session_proof(session).broken_at is None
    with sold.ledger._changing() as connection:
        connection.exec_driver_sql("DROP TRIGGER journal_no_update")
        connection.exec_driver_sql("UPDATE journal SET body = x'7b7d' WHERE seq = 4")
    assert sold.ledger.session_proof(session).broken_at == 4
