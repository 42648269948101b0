"""The print queue: oldest first, and nothing is printed twice by itself."""

from pathlib import Path

import pytest

from tests.store.builders import a_job, a_ledger
from till_app.services.ports import JobState
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_print_jobs import WrongJobState


def queue(ledger: SqliteLedger, *job_ids: str) -> None:
    with ledger.write() as write:
        for job_id in job_ids:
            write.add_print_job(a_job(job_id))
        write.commit()


def states(ledger: SqliteLedger) -> dict[str, JobState]:
    return {job.job_id: job.state for job in ledger.open_jobs()}


def next_id(ledger: SqliteLedger) -> str | None:
    job = ledger.next_job()
    return job.job_id if job else None


def test_jobs_are_printed_in_the_order_they_came(ledger: SqliteLedger) -> None:
    queue(ledger, "b", "a")
    assert ledger.next_job() == a_job("b")
    ledger.mark("b", JobState.SENDING)
    assert next_id(ledger) == "a"
    ledger.mark("b", JobState.PRINTED)
    assert states(ledger) == {"a": JobState.QUEUED}


def test_a_waiting_job_keeps_its_turn_and_says_why(ledger: SqliteLedger) -> None:
    queue(ledger, "a", "b")
    ledger.mark("a", JobState.WAITING, "paper_out")
    ledger.mark("a", JobState.WAITING, "cover_open")
    job = ledger.next_job()
    assert job is not None
    assert (job.job_id, job.reason) == ("a", "cover_open")


def test_what_was_being_sent_when_the_till_died_is_not_sent_again_by_itself(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        queue(ledger, "done", "dying", "queued")
        for job_id in ("done", "dying"):
            ledger.mark(job_id, JobState.SENDING)
        ledger.mark("done", JobState.PRINTED)
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        seen = ledger.settle_after_start()
        assert [(job.job_id, job.state, job.reason) for job in seen] == [
            ("dying", JobState.UNCONFIRMED, "restart"),
            ("queued", JobState.WAITING, "restart"),
        ]
        assert next_id(ledger) == "queued"
        done = ledger.job("done")
        assert done is not None
        assert done.state is JobState.PRINTED


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
    ledger.mark("a", final)
    for state in JobState:
        with pytest.raises(WrongJobState):
            ledger.mark("a", state)
    assert next_id(ledger) is None


def test_a_job_is_never_printed_without_being_sent(ledger: SqliteLedger) -> None:
    queue(ledger, "a")
    with pytest.raises(WrongJobState):
        ledger.mark("a", JobState.PRINTED)


def test_an_unknown_job_is_told(ledger: SqliteLedger) -> None:
    assert ledger.job("nobody's") is None
    with pytest.raises(LookupError):
        ledger.mark("nobody's", JobState.SENDING)
