"""A printer that dies in job after job: it makes a question of two receipts, and the rest waits for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from tests.devices.print_room import HandClock, PrintRoom, a_document_job, print_room
from till_app.devices.print_pause import FIRST_TRIAL_S
from till_app.devices.printer_worker import FIRST_RETRY_S
from till_app.services.ports import JobState
from till_app.services.status import PrinterState, PrinterStatus

IN_THE_JOB = 9 + 20
"""Bytes of a connection: the status questions, and some of the receipt."""
RECEIPTS = [f"{number:02}" for number in range(50)]


@dataclass
class Dying:
    printer: SimulatedPrinter
    room: PrintRoom
    clock: HandClock

    def states(self, state: JobState) -> int:
        return [self.room.state(job_id) for job_id in RECEIPTS].count(state)

    def waiting(self, count: int) -> PrinterStatus:
        at_rest = (PrinterState.WAITING, PrinterState.UNCONFIRMED)
        return self.room.statuses.wait(
            lambda status: status.waiting_jobs == count and status.state in at_rest
        )

    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds
        self.room.printing.wake()

    def is_stopped(self) -> None:
        """After two."""
        self.waiting(49)
        self.time_passes(FIRST_RETRY_S)
        self.waiting(48)


@pytest.fixture
def dying(tmp_path: Path) -> Iterator[Dying]:
    clock = HandClock()
    with (
        SimulatedPrinter(die_after=IN_THE_JOB) as printer,
        print_room(tmp_path, printer.address, monotonic=clock, starts=False) as room,
    ):
        with room.ledger.write() as write:
            for job_id in RECEIPTS:
                write.add_print_job(a_document_job(job_id))
            write.commit()
        room.printing.start()
        yield Dying(printer, room, clock)


def test_after_one_receipt_that_broke_off_the_printer_rests(dying: Dying) -> None:
    status = dying.waiting(49)
    assert (status.unconfirmed_jobs, status.unconfirmed_job) == (1, "00")
    assert dying.states(JobState.UNCONFIRMED) == 1


def test_a_new_sale_ends_the_rest_at_once(dying: Dying) -> None:
    dying.waiting(49)
    dying.printer.die_after = None
    dying.room.add("new")
    dying.room.statuses.wait(lambda status: not status.waiting_jobs)
    assert dying.states(JobState.PRINTED) == 49
    assert dying.room.state("00") is JobState.UNCONFIRMED


def test_after_two_in_a_row_the_rest_waits_and_says_why_whatever_is_sold(dying: Dying) -> None:
    dying.is_stopped()
    dying.room.add("new")
    status = dying.waiting(49)
    job = dying.room.ledger.job("02")
    assert job is not None
    assert (job.state, status.state) == (JobState.WAITING, PrinterState.WAITING)
    assert (status.reason, job.reason) == ("closed", "closed")
    assert dying.states(JobState.UNCONFIRMED) == 2


def test_a_printer_that_was_away_and_is_well_again_prints_the_rest_by_itself(dying: Dying) -> None:
    dying.is_stopped()
    dying.printer.die_after = None
    dying.printer.mode = PrinterMode.OFFLINE
    dying.time_passes(FIRST_RETRY_S)
    dying.room.statuses.wait(lambda status: status.reason == "offline")
    dying.printer.mode = PrinterMode.OK
    dying.time_passes(20)
    dying.room.statuses.wait(lambda status: not status.waiting_jobs)
    assert (dying.states(JobState.PRINTED), dying.states(JobState.UNCONFIRMED)) == (48, 2)


def test_a_person_who_answers_lets_one_more_go_and_all_of_them_if_that_one_prints(dying: Dying) -> None:
    dying.is_stopped()
    dying.room.printing.resolve("00", printed=True)
    dying.waiting(47)
    assert [dying.room.state(job_id) for job_id in ("00", "01", "02")] == [
        JobState.PRINTED,
        JobState.UNCONFIRMED,
        JobState.UNCONFIRMED,
    ]
    dying.printer.die_after = None
    dying.room.printing.resolve("01", printed=False)
    dying.room.statuses.wait(lambda status: not status.waiting_jobs)
    assert dying.room.state("01") is JobState.PRINTED
    assert (dying.states(JobState.PRINTED), dying.states(JobState.UNCONFIRMED)) == (49, 1)


def test_a_printer_that_says_it_is_well_all_the_time_is_tried_again_less_and_less_often(dying: Dying) -> None:
    dying.is_stopped()
    dying.time_passes(FIRST_TRIAL_S)
    dying.waiting(47)
    dying.time_passes(FIRST_TRIAL_S)
    dying.room.add("new")
    dying.waiting(48)
    assert dying.states(JobState.UNCONFIRMED) == 3
    dying.printer.die_after = None
    dying.time_passes(FIRST_TRIAL_S)
    dying.room.statuses.wait(lambda status: not status.waiting_jobs)
    assert (dying.states(JobState.PRINTED), dying.states(JobState.UNCONFIRMED)) == (47, 3)
