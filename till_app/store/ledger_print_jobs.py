"""The print queue: documents as rows whose state says what is known of the paper."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, text, update

from till_app.services.ports import JobState, PrintJob
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess

_NEXT_STATES = {
    JobState.QUEUED: frozenset({JobState.SENDING, JobState.WAITING, JobState.CANCELLED}),
    JobState.WAITING: frozenset({JobState.SENDING, JobState.WAITING, JobState.CANCELLED}),
    JobState.SENDING: frozenset(
        {JobState.PRINTED, JobState.UNCONFIRMED, JobState.WAITING, JobState.CANCELLED}
    ),
    JobState.UNCONFIRMED: frozenset({JobState.PRINTED, JobState.QUEUED, JobState.CANCELLED}),
    JobState.PRINTED: frozenset[JobState](),
    JobState.CANCELLED: frozenset[JobState](),
}
"""From `unconfirmed` only a person leads on: nothing is printed twice by itself."""

RESTART = "restart"

_unfinished = select(t.print_job).where(text(f"NOT ({t.FINISHED_JOB})")).order_by(t.print_job.c.number)
_OPEN_JOBS = _unfinished
_NEXT_JOB = _unfinished.where(t.print_job.c.state.in_((JobState.QUEUED, JobState.WAITING))).limit(1)
_JOB = select(t.print_job).where(t.print_job.c.job_id == bindparam("of_job"))
_MARK = update(t.print_job).where(t.print_job.c.job_id == bindparam("of_job"))
_SETTLE = {
    died_in: update(t.print_job)
    .where(text(f"NOT ({t.FINISHED_JOB})"), t.print_job.c.state == died_in)
    .values(state=becomes, reason=RESTART)
    for died_in, becomes in (
        (JobState.SENDING, JobState.UNCONFIRMED),
        (JobState.QUEUED, JobState.WAITING),
    )
}


class WrongJobState(Exception):
    """A print job cannot become that from what it is."""


class LedgerPrintJobs(LedgerAccess):
    """Implements PrintJobs."""

    def next_job(self) -> PrintJob | None:
        with self._reading() as connection:
            row = connection.execute(_NEXT_JOB).one_or_none()
        return rows.job_from(row) if row is not None else None

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        """Raises WrongJobState, and LookupError when there is no such job."""
        with self._changing() as connection:
            row = connection.execute(_JOB, {"of_job": job_id}).one_or_none()
            if row is None:
                raise LookupError(f"there is no print job {job_id}")
            present = JobState(row.state)
            if state not in _NEXT_STATES[present]:
                raise WrongJobState(f"print job {job_id} is {present} and cannot become {state}")
            connection.execute(_MARK, {"of_job": job_id, "state": state, "reason": reason})

    def settle_after_start(self) -> Sequence[PrintJob]:
        with self._changing() as connection:
            for statement in _SETTLE.values():
                connection.execute(statement)
        return self.open_jobs()

    def open_jobs(self) -> Sequence[PrintJob]:
        with self._reading() as connection:
            return [rows.job_from(row) for row in connection.execute(_OPEN_JOBS).all()]

    def job(self, job_id: str) -> PrintJob | None:
        with self._reading() as connection:
            row = connection.execute(_JOB, {"of_job": job_id}).one_or_none()
        return rows.job_from(row) if row is not None else None
