"""The print queue: documents as rows whose state says what is known of the paper."""

import threading
from collections.abc import Container, Sequence

from sqlalchemy import bindparam, func, select, text, update

from till_app.services.ports import (
    ALL_JOBS,
    HELD_SINCE_RESTART,
    TOLD_BY_OPERATOR,
    JobState,
    JobSummary,
    PrintJob,
)
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.database import Database
from till_app.store.ledger_access import LedgerAccess

_NEXT_STATES = {
    JobState.QUEUED: frozenset({JobState.SENDING, JobState.WAITING, JobState.CANCELLED}),
    JobState.WAITING: frozenset({JobState.SENDING, JobState.WAITING, JobState.CANCELLED}),
    JobState.SENDING: frozenset({JobState.PRINTED, JobState.UNCONFIRMED, JobState.WAITING}),
    JobState.UNCONFIRMED: frozenset({JobState.PRINTED, JobState.QUEUED, JobState.CANCELLED}),
    JobState.PRINTED: frozenset[JobState](),
    JobState.CANCELLED: frozenset[JobState](),
}
"""From `unconfirmed` only a person leads on: nothing is printed twice by itself."""

_unfinished = text(f"NOT ({t.FINISHED_JOB})")
_is_held = (t.print_job.c.state == JobState.WAITING) & (t.print_job.c.reason == HELD_SINCE_RESTART)
_may_print = t.print_job.c.state.in_((JobState.QUEUED, JobState.WAITING)) & ~_is_held
_OPEN_JOBS = select(t.print_job).where(_unfinished).order_by(t.print_job.c.number).limit(bindparam("most"))
_NEXT_JOB = (
    select(t.print_job)
    .where(_unfinished, t.print_job.c.printer == bindparam("of_printer"), _may_print)
    .order_by(t.print_job.c.number)
    .limit(1)
)
_JOB = select(t.print_job).where(t.print_job.c.job_id == bindparam("of_job"))
_MARK = update(t.print_job).where(t.print_job.c.job_id == bindparam("of_job"))
_HAND_OVER = _MARK.where(_may_print)
_COUNTS = (
    select(
        t.print_job.c.printer,
        t.print_job.c.state,
        _is_held.label("is_held"),
        func.count().label("jobs"),
        func.min(t.print_job.c.number).label("first_number"),
    )
    .where(_unfinished)
    .group_by(t.print_job.c.printer, t.print_job.c.state, "is_held")
)
_TITLE = select(t.print_job.c.job_id, t.print_job.c.title, t.print_job.c.reason).where(
    t.print_job.c.number == bindparam("of_number")
)
_RELEASE = update(t.print_job).where(_unfinished, _is_held)
_SETTLE_SENDING = (
    update(t.print_job)
    .where(_unfinished, t.print_job.c.state == JobState.SENDING)
    .values(state=JobState.UNCONFIRMED, reason=HELD_SINCE_RESTART)
)
_SETTLE_OLD = (
    update(t.print_job)
    .where(
        _unfinished,
        t.print_job.c.state.in_((JobState.QUEUED, JobState.WAITING)),
        t.print_job.c.created_at < bindparam("before"),
    )
    .values(state=JobState.WAITING, reason=HELD_SINCE_RESTART)
)


class WrongJobState(ValueError):
    """A print job cannot become that from what it is."""


class LedgerPrintJobs(LedgerAccess):
    """Implements PrintJobs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._settling = threading.Lock()
        self._unsettled_before: str | None = None
        """As for `settle_after_start`, which the disk did not take yet."""

    def next_job(self, printer: str) -> PrintJob | None:
        self._settle()
        with self._reading() as connection:
            row = connection.execute(_NEXT_JOB, {"of_printer": printer}).one_or_none()
        return rows.job_from(row) if row is not None else None

    def mark(self, job_id: str, state: JobState, reason: str = "", *, by_printer: str = "") -> None:
        """Raises WrongJobState, and LookupError when there is no such job."""
        with self._changing() as connection:
            row = connection.execute(_JOB, {"of_job": job_id}).one_or_none()
            if row is None:
                raise LookupError(f"there is no print job {job_id}")
            if by_printer and row.printer != by_printer:
                raise WrongJobState(f"print job {job_id} is the {row.printer}'s now")
            present = JobState(row.state)
            if state not in _NEXT_STATES[present]:
                raise WrongJobState(f"print job {job_id} is {present} and cannot become {state}")
            connection.execute(_MARK, {"of_job": job_id, "state": state, "reason": reason})

    def hand_over(self, job_id: str, to_printer: str, reason: str) -> bool:
        with self._changing() as connection:
            values = {"of_job": job_id, "printer": to_printer, "state": JobState.QUEUED, "reason": reason}
            return connection.execute(_HAND_OVER, values).rowcount == 1

    def settle_after_start(self, before: str) -> None:
        self._unsettled_before = before
        self._settle()

    def _settle(self) -> None:
        """Once. Raises LedgerUnavailable: nothing is printed until it is done."""
        with self._settling:
            if self._unsettled_before is not None:
                with self._changing() as connection:
                    connection.execute(_SETTLE_SENDING)
                    connection.execute(_SETTLE_OLD, {"before": self._unsettled_before})
                self._unsettled_before = None

    def release_held(self, job_ids: Sequence[str] | None = None) -> None:
        with self._changing() as connection:
            chosen = _RELEASE if job_ids is None else _RELEASE.where(t.print_job.c.job_id.in_(job_ids))
            connection.execute(chosen.values(state=JobState.QUEUED, reason=TOLD_BY_OPERATOR))

    def skip_held(self, reason: str) -> None:
        with self._changing() as connection:
            connection.execute(_RELEASE.values(state=JobState.CANCELLED, reason=reason))

    def open_jobs(self, most: int = ALL_JOBS) -> Sequence[PrintJob]:
        with self._reading() as connection:
            return [rows.job_from(row) for row in connection.execute(_OPEN_JOBS, {"most": most}).all()]

    def summary(self, printers: Container[str]) -> JobSummary:
        waiting = held = unconfirmed = 0
        first_unconfirmed: int | None = None
        job_id, title, reason = None, "", ""
        with self._reading() as connection:
            for row in connection.execute(_COUNTS).all():
                if row.printer not in printers:
                    continue
                if row.is_held:
                    held += row.jobs
                elif row.state in (JobState.QUEUED, JobState.WAITING):
                    waiting += row.jobs
                elif row.state == JobState.UNCONFIRMED:
                    unconfirmed += row.jobs
                    first_unconfirmed = min(first_unconfirmed or row.first_number, row.first_number)
            if first_unconfirmed is not None:
                job_id, title, reason = connection.execute(_TITLE, {"of_number": first_unconfirmed}).one()
        return JobSummary(waiting, held, unconfirmed, job_id, title, reason)

    def job(self, job_id: str) -> PrintJob | None:
        with self._reading() as connection:
            row = connection.execute(_JOB, {"of_job": job_id}).one_or_none()
        return rows.job_from(row) if row is not None else None
