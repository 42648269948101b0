"""The print queue: oldest first, and nothing is printed twice by itself."""

from pathlib import Path

import pytest

from tests.store.builders import a_job, a_ledger
from till_app.services.ports import JobState, JobSummary
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_print_jobs import WrongJobState

RECEIPTS, OTHER = "receipt_printer", "fallback_printer"
LATER = "2100-01-01T00:00:00.000000Z"
EARLIER = "2000-01-01T00:00:00.000000Z"


def queue(ledger: SqliteLedger, *job_ids: str) -> None:
    with ledger.write() as write:
        for job_id in job_ids:
            write.add_print_job(a_job(job_id))
        write.commit()


def states(ledger: SqliteLedger) -> dict[str, JobState]:
    return {job.job_id: job.state for job in ledger.open_jobs()}


def next_id(ledger: SqliteLedger) -> str | None:
    job = ledger.next_job(RECEIPTS)
    return job.job_id if job else None


def test_jobs_are_printed_in_the_order_they_came(ledger: SqliteLedger) -> None:
    queue(ledger, "b", "a")
    assert ledger.next_job(RECEIPTS) == a_job("b")
    ledger.mark("b", JobState.SENDING)
    assert next_id(ledger) == "a"
    ledger.mark("b", JobState.PRINTED)
    assert states(ledger) == {"a": JobState.QUEUED}


def test_a_waiting_job_keeps_its_turn_and_says_why(ledger: SqliteLedger) -> None:
    queue(ledger, "a", "b")
    ledger.mark("a", JobState.WAITING, "paper_out")
    ledger.mark("a", JobState.WAITING, "cover_open")
    job = ledger.next_job(RECEIPTS)
    assert job is not None
    assert (job.job_id, job.reason) == ("a", "cover_open")


def test_what_was_being_sent_when_the_till_died_is_not_sent_again_by_itself(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        queue(ledger, "done", "dying", "queued")
        for job_id in ("done", "dying"):
            ledger.mark(job_id, JobState.SENDING)
        ledger.mark("done", JobState.PRINTED)
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.settle_after_start(LATER)
        assert [(job.job_id, job.state, job.reason) for job in ledger.open_jobs()] == [
            ("dying", JobState.UNCONFIRMED, "restart"),
            ("queued", JobState.WAITING, "restart"),
        ]
        done = ledger.job("done")
        assert done is not None
        assert done.state is JobState.PRINTED


def test_what_was_queued_long_before_a_restart_prints_only_when_a_person_says_so(
    ledger: SqliteLedger,
) -> None:
    queue(ledger, "a", "b", "c")
    ledger.mark("b", JobState.WAITING, "paper_out")
    ledger.settle_after_start(LATER)
    assert next_id(ledger) is None
    assert [job.is_held for job in ledger.open_jobs()] == [True] * 3
    ledger.release_held(["b"])
    assert next_id(ledger) == "b"
    ledger.skip_held("skipped_by_operator")
    assert states(ledger) == {"b": JobState.QUEUED}


def test_what_was_queued_just_before_a_restart_still_prints_by_itself(ledger: SqliteLedger) -> None:
    queue(ledger, "a")
    ledger.settle_after_start(EARLIER)
    assert states(ledger) == {"a": JobState.QUEUED}
    assert next_id(ledger) == "a"


def test_a_job_that_is_handed_over_is_the_other_printers_alone(ledger: SqliteLedger) -> None:
    queue(ledger, "a", "b")
    ledger.mark("a", JobState.WAITING, "paper_out")
    assert ledger.hand_over("a", OTHER, "paper_out")
    assert next_id(ledger) == "b"
    other = ledger.next_job(OTHER)
    assert other is not None
    assert (other.job_id, other.state, other.reason) == ("a", JobState.QUEUED, "paper_out")
    with pytest.raises(WrongJobState):
        ledger.mark("a", JobState.SENDING, by_printer=RECEIPTS)
    ledger.mark("a", JobState.SENDING, by_printer=OTHER)
    assert not ledger.hand_over("a", RECEIPTS, "came_back")


@pytest.mark.parametrize("state", [JobState.SENDING, JobState.UNCONFIRMED, JobState.PRINTED])
def test_what_may_be_on_paper_never_goes_over_to_another_printer(
    ledger: SqliteLedger, state: JobState
) -> None:
    queue(ledger, "a")
    ledger.mark("a", JobState.SENDING)
    if state is not JobState.SENDING:
        ledger.mark("a", state)
    assert not ledger.hand_over("a", OTHER, "paper_out")
    assert ledger.next_job(OTHER) is None


def test_a_held_job_goes_over_to_no_other_printer(ledger: SqliteLedger) -> None:
    queue(ledger, "a")
    ledger.settle_after_start(LATER)
    assert not ledger.hand_over("a", OTHER, "paper_out")


def test_the_queues_in_figures(ledger: SqliteLedger) -> None:
    queue(ledger, "held", "sent", "sent too", "waits", "elsewhere")
    ledger.settle_after_start(LATER)
    ledger.release_held(["sent", "sent too", "waits", "elsewhere"])
    for job_id in ("sent", "sent too"):
        ledger.mark(job_id, JobState.SENDING)
        ledger.mark(job_id, JobState.UNCONFIRMED, "closed")
    ledger.hand_over("elsewhere", OTHER, "cover_open")
    title = a_job("sent").title
    assert ledger.summary({RECEIPTS}) == JobSummary(1, 1, 2, "sent", title, "closed")
    assert ledger.summary({RECEIPTS, OTHER}) == JobSummary(2, 1, 2, "sent", title, "closed")
    assert ledger.summary({"label_printer"}) == JobSummary()
    assert [job.job_id for job in ledger.open_jobs(2)] == ["held", "sent"]


def test_a_person_may_have_an_unconfirmed_job_sent_again(ledger: SqliteLedger) -> None:
    queue(ledger, "a")
    ledger.mark("a", JobState.SENDING)
    ledger.mark("a", JobState.UNCONFIRMED, "timeout")
    assert next_id(ledger) is None
    ledger.mark("a", JobState.QUEUED, "told_by_operator")
    assert next_id(ledger) == "a"


@pytest.mark.parametrize("final", [JobState.PRINTED, JobState.CANCELLED])
def test_a_finished_job_stays_finished(ledger: SqliteLedger, final: JobState) -> None:
    queue(ledger, "a")
    ledger.mark("a", JobState.SENDING)
    if final is JobState.CANCELLED:
        ledger.mark("a", JobState.WAITING, "paper_out")
    ledger.mark("a", final)
    for state in JobState:
        with pytest.raises(WrongJobState):
            ledger.mark("a", state)
    assert next_id(ledger) is None


def test_what_is_being_sent_cannot_be_given_up(ledger: SqliteLedger) -> None:
    queue(ledger, "a")
    ledger.mark("a", JobState.SENDING)
    with pytest.raises(WrongJobState):
        ledger.mark("a", JobState.CANCELLED)


def test_a_job_is_never_printed_without_being_sent(ledger: SqliteLedger) -> None:
    queue(ledger, "a")
    with pytest.raises(WrongJobState):
        ledger.mark("a", JobState.PRINTED)


def test_an_unknown_job_is_told(ledger: SqliteLedger) -> None:
    assert ledger.job("nobody's") is None
    with pytest.raises(LookupError):
        ledger.mark("nobody's", JobState.SENDING)
