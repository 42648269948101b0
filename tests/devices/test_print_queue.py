"""The print queue over simulated printers that fail in every way: nothing lost, nothing printed twice."""

import threading
from pathlib import Path

import pytest

from hardware.document import ReceiptDocument, TextLine
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.printers.status import ASK_WHEN_DONE
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from tests.conftest import ExpectedLogs
from tests.devices.print_room import HandClock, PrintRoom, a_document_job, print_room
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.device_status import DeviceState
from till_app.services.ports import JobKind, JobState, LedgerUnavailable, PrintJob
from till_app.services.status import PrinterState, PrinterStatus
from till_app.store.ledger import SqliteLedger

STATUS_QUESTIONS_BYTES = 9
QUEUED, SENDING, WAITING = JobState.QUEUED, JobState.SENDING, JobState.WAITING
PRINTED, UNCONFIRMED = JobState.PRINTED, JobState.UNCONFIRMED


def copies(printer: SimulatedPrinter, job_id: str) -> int:
    return sum(f"Receipt {job_id}\n" in to_text(job) for job in printer.jobs)


def ready(room: PrintRoom) -> None:
    room.statuses.wait(lambda status: status.state is PrinterState.READY and not status.waiting_jobs)


def test_jobs_are_printed_once_in_the_order_they_came(tmp_path: Path) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address) as room:
        room.add("a", "b", "c")
        texts = [to_text(job) for job in printer.wait_for_jobs(3)]
        assert ["Receipt a" in texts[0], "Receipt b" in texts[1], "Receipt c" in texts[2]] == [True] * 3
        ready(room)
        assert [room.state(job_id) for job_id in "abc"] == [JobState.PRINTED] * 3


def test_what_waits_for_paper_is_printed_by_itself_once_there_is_some(tmp_path: Path) -> None:
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as printer, print_room(tmp_path, printer.address) as room:
        room.add("a", "b")
        status = room.statuses.wait(lambda status: status.waiting_jobs == 2 and bool(status.reason))
        assert (status.state, status.reason) == (PrinterState.WAITING, "paper_out")
        printer.mode = PrinterMode.OK
        ready(room)
        assert [copies(printer, job_id) for job_id in "ab"] == [1, 1]


SHORT = ReceiptDocument((TextLine("a"),))
SHORT_BYTES = len(encode(SHORT, PrinterProfile())) + len(ASK_WHEN_DONE)


@pytest.mark.parametrize("job_bytes", range(SHORT_BYTES + 2))
def test_a_printer_that_dies_after_any_byte_never_gets_the_receipt_again_by_itself(
    tmp_path: Path, job_bytes: int
) -> None:
    """A person is asked; when the printer lives again, only what came later is printed on it."""
    with print_room(tmp_path, starts=False) as room:
        with SimulatedPrinter(die_after=STATUS_QUESTIONS_BYTES + job_bytes) as dying:
            with room.ledger.write() as write:
                write.add_print_job(a_document_job("a", document=SHORT))
                write.commit()
            room.printing.use(DeviceSettings(printer=PrinterSettings(dying.address)))
            room.printing.start()
            room.statuses.wait_for_any(lambda _status: room.state("a") not in (QUEUED, SENDING))
            state, port, printed = room.state("a"), dying.port, len(dying.jobs)
            room.printing.stop()
        with SimulatedPrinter(port=port) as alive:
            room.printing.use(DeviceSettings(printer=PrinterSettings(alive.address)))
            room.printing.start()
            room.add("b")
            room.statuses.wait(lambda _status: room.state("b") is PRINTED)
            again = len(alive.jobs) - 1
    assert printed + again <= 1
    assert state is (UNCONFIRMED if 0 < job_bytes < SHORT_BYTES else state)
    assert (state, again) in ((WAITING, 1), (UNCONFIRMED, 0), (PRINTED, 0))


def test_paper_that_ends_in_the_receipt_is_asked_about_and_the_next_one_waits(tmp_path: Path) -> None:
    with SimulatedPrinter(paper_lasts_bytes=20) as printer, print_room(tmp_path, printer.address) as room:
        room.add("a", "b")
        status = room.statuses.wait(lambda status: status.unconfirmed_jobs == 1 and bool(status.reason))
        assert status.unconfirmed_title == "Receipt a"
        assert room.state("a") is JobState.UNCONFIRMED
        printer.mode = PrinterMode.OK
        room.printing.wake()
        room.statuses.wait(lambda status: status.state is PrinterState.UNCONFIRMED)
        assert (copies(printer, "b"), room.state("b")) == (1, JobState.PRINTED)
        room.printing.resolve("a", printed=True)
        ready(room)
        assert copies(printer, "a") == 1  # the printer finished it on the new roll


def test_a_person_says_that_it_printed(tmp_path: Path) -> None:
    with SimulatedPrinter(PrinterMode.NO_STATUS) as printer, print_room(tmp_path, printer.address) as room:
        room.add("a")
        room.statuses.wait(lambda status: status.unconfirmed_job == "a" and not status.waiting_jobs)
        room.printing.resolve("a", printed=True)
        room.statuses.wait(lambda status: not status.unconfirmed_jobs)
        assert room.state("a") is JobState.PRINTED
        assert len(printer.wait_for_jobs(1)) == 1


def test_a_receipt_is_given_up_while_it_waits_and_not_once_it_is_decided(tmp_path: Path) -> None:
    with SimulatedPrinter(PrinterMode.COVER_OPEN) as printer, print_room(tmp_path, printer.address) as room:
        room.add("a")
        room.statuses.wait(lambda status: status.waiting_jobs == 1 and status.reason == "cover_open")
        room.printing.skip("a")
        room.statuses.wait(lambda status: not status.waiting_jobs)
        room.printing.resolve("a", printed=False)
        assert room.state("a") is JobState.CANCELLED
        printer.mode = PrinterMode.OK
        room.add("b")
        printer.wait_for_jobs(1)
        assert copies(printer, "a") == 0


def test_what_was_being_sent_when_the_till_died_is_asked_about(tmp_path: Path) -> None:
    with print_room(tmp_path, "tcp://127.0.0.1:9", starts=False) as room:
        room.queue("dying", "old")
        room.ledger.mark("dying", JobState.SENDING)
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address, starts=False) as room:
        room.ledger.settle_after_start("2026-11-25T00:00:00.000000Z")
        room.printing.start()
        status = room.statuses.wait(lambda status: status.state is PrinterState.UNCONFIRMED)
        assert (status.unconfirmed_job, status.held_jobs) == ("dying", 1)
        assert printer.jobs == []
        room.printing.resolve("dying", printed=True)
        status = room.statuses.wait(lambda status: not status.unconfirmed_jobs)
        assert (status.state, status.reason) == (PrinterState.WAITING, "restart")
        room.printing.print_held()
        ready(room)
        assert (copies(printer, "dying"), copies(printer, "old")) == (0, 1)


def test_what_is_held_since_the_restart_can_be_given_up(tmp_path: Path) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address, starts=False) as room:
        room.queue("a", "b")
        room.ledger.settle_after_start("2026-11-25T00:00:00.000000Z")
        room.printing.start()
        room.statuses.wait(lambda status: status.held_jobs == 2)
        room.printing.print_held(["b"])
        room.statuses.wait(lambda status: status.held_jobs == 1 and status.reason == "restart")
        room.printing.skip_held()
        ready(room)
        assert [room.state("a"), room.state("b")] == [JobState.CANCELLED, JobState.PRINTED]
        assert len(printer.jobs) == 1


def test_a_document_that_cannot_be_read_is_cancelled_and_said(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address) as room:
        with room.ledger.write() as write:
            write.add_print_job(PrintJob("bad", JobKind.RECEIPT, "Receipt bad", b"{", "2026-11-24T16:20:00Z"))
            write.commit()
        room.add("good")
        status = room.statuses.wait_for_any(lambda status: bool(status.unreadable))
        assert status.unreadable == "Receipt bad"
        printer.wait_for_jobs(1)
        job = room.ledger.job("bad")
        assert job is not None
        assert (job.state, job.reason) == (JobState.CANCELLED, "document_invalid")
    expected_logs.expect("the document of Receipt bad cannot be read")


def test_three_hundred_jobs_behind_a_printer_without_paper_cost_a_retry_one_question(tmp_path: Path) -> None:
    ids = [f"{number:03}" for number in range(300)]
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as printer, print_room(tmp_path, printer.address) as room:
        with room.ledger.write() as write:
            for job_id in ids:
                write.add_print_job(a_document_job(job_id))
            write.commit()
        room.printing.wake()
        status = room.statuses.wait(lambda status: status.waiting_jobs == 300 and bool(status.reason))
        assert status.state is PrinterState.WAITING
        printer.mode = PrinterMode.OK
        room.printing.wake()
        jobs = printer.wait_for_jobs(300, timeout_s=30)
        ready(room)
    assert [f"Receipt {job_id}\n" in to_text(job) for job_id, job in zip(ids, jobs, strict=True)] == [
        True
    ] * 300


def test_two_hundred_receipts_on_a_printer_that_fails_again_and_again_are_each_on_paper_once_or_asked_about(
    tmp_path: Path,
) -> None:
    ids = [f"{number:03}" for number in range(200)]
    faults = (PrinterMode.PAPER_OUT, PrinterMode.COVER_OPEN, PrinterMode.OFFLINE)

    def is_settled(status: PrinterStatus) -> bool:
        """With a person who does something whenever the printer has stopped."""
        if status.waiting_jobs and status.reason:
            room.printing.print_held()
        return status.state in (PrinterState.READY, PrinterState.UNCONFIRMED) and not status.waiting_jobs

    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address) as room:
        for number, job_id in enumerate(ids):
            if number % 20 == 5:
                printer.mode = faults[number // 20 % 3]
            elif number % 20 == 10:
                printer.mode = PrinterMode.OK
            elif number % 20 == 15:
                printer.die_after = STATUS_QUESTIONS_BYTES + number % 50
            elif number % 20 == 17:
                printer.die_after = None
            room.add(job_id)
        room.statuses.wait(is_settled)
        states = [room.state(job_id) for job_id in ids]
        on_paper = [copies(printer, job_id) for job_id in ids]
    assert set(states) <= {PRINTED, UNCONFIRMED}
    assert max(on_paper) == 1
    assert [count for count, state in zip(on_paper, states, strict=True) if state is PRINTED] == [
        1
    ] * states.count(PRINTED)


# -------------------------------------------------------------------------------- a till's printers


def test_a_till_without_a_printer_settles_its_receipts_as_they_come(tmp_path: Path) -> None:
    with print_room(tmp_path) as room:
        room.add("a")
        job = room.ledger.job("a")
        assert job is not None
        assert (job.state, job.reason) == (JobState.CANCELLED, "no_printer")
        assert {health.state for health in room.printing.health()} == {DeviceState.NOT_SET_UP}
        assert room.statuses.all == []


def test_what_waited_when_the_last_printer_was_taken_away_is_said(tmp_path: Path) -> None:
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as printer, print_room(tmp_path, printer.address) as room:
        room.add("a", "b")
        room.statuses.wait(lambda status: status.reason == "paper_out" and status.waiting_jobs == 2)
        room.printing.use(DeviceSettings())
        assert (room.state("a"), room.state("b")) == (JobState.CANCELLED, JobState.CANCELLED)
        status = room.statuses.wait(lambda status: status.given_up == 2)
        assert status.state is PrinterState.NOT_SET_UP


def test_a_connection_without_answers_is_why_nobody_knows(tmp_path: Path) -> None:
    with print_room(tmp_path, f"file://{tmp_path / 'paper'}") as room:
        room.add("a")
        status = room.statuses.wait(lambda status: status.unconfirmed_job == "a")
        assert (status.state, status.reason) == (PrinterState.UNCONFIRMED, "no_way_back")


def test_labels_go_to_their_own_printer_and_without_one_to_the_receipt_printer(tmp_path: Path) -> None:
    with SimulatedPrinter() as printer, SimulatedPrinter() as labels:
        with print_room(tmp_path, printer.address, labels=labels.address) as room:
            room.add("l1", kind=JobKind.LABEL, printer="label_printer")
            labels.wait_for_jobs(1)
        with print_room(tmp_path, printer.address) as room:
            room.add("l2", kind=JobKind.LABEL, printer="label_printer")
            printer.wait_for_jobs(1)


def test_a_printer_that_is_set_up_twice_is_served_by_one_thread(tmp_path: Path) -> None:
    with (
        SimulatedPrinter() as printer,
        print_room(tmp_path, printer.address, printer.address, printer.address) as room,
    ):
        assert [health.device for health in room.printing.health() if health.state.value != "not_set_up"] == [
            "receipt_printer",
            "drawer",
        ]
        room.add("a")
        room.add("l", kind=JobKind.LABEL, printer="label_printer")
        printer.wait_for_jobs(2)


def test_a_printer_whose_profile_cannot_be_is_told_and_holds_nothing_else_up(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    with SimulatedPrinter() as labels, print_room(tmp_path, "tcp://", labels=labels.address) as room:
        health = {health.device: health for health in room.printing.health()}
        assert health["receipt_printer"].error == "address_invalid"
        room.add("l", kind=JobKind.LABEL, printer="label_printer")
        labels.wait_for_jobs(1)
    expected_logs.expect("the receipt_printer cannot be used")


def test_settings_that_change_take_the_queue_along(tmp_path: Path) -> None:
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as old, SimulatedPrinter() as new:
        with print_room(tmp_path, old.address) as room:
            room.add("a")
            room.statuses.wait(lambda status: status.reason == "paper_out" and status.waiting_jobs == 1)
            room.printing.use(DeviceSettings(printer=PrinterSettings(new.address)))
            new.wait_for_jobs(1)
            ready(room)
        assert old.jobs == []


def test_what_is_left_in_the_queue_of_a_printer_that_was_taken_away_is_still_seen_and_printed(
    tmp_path: Path,
) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address, starts=False) as room:
        room.queue("a", "b", printer="fallback_printer")
        room.ledger.mark("a", JobState.SENDING)
        room.ledger.mark("a", JobState.UNCONFIRMED, "closed")
        room.printing.start()
        status = room.statuses.wait(lambda status: status.unconfirmed_job == "a" and not status.waiting_jobs)
        assert status.state is PrinterState.UNCONFIRMED
        assert (copies(printer, "a"), copies(printer, "b")) == (0, 1)


def test_a_document_that_breaks_the_program_does_not_stop_those_behind_it(
    tmp_path: Path, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> bytes:
        raise RuntimeError("a bug of the encoder")

    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address, starts=False) as room:
        with monkeypatch.context() as patched:
            patched.setattr("hardware.printers.receipt_printer.encode", broken)
            room.queue("a")
            room.printing.start()
            status = room.statuses.wait_for_any(lambda status: bool(status.unreadable))
            assert status.unreadable == "Receipt a"
        room.add("b")
        printer.wait_for_jobs(1)
        assert room.state("a") is JobState.CANCELLED
    expected_logs.expect("Receipt a could not be printed")


def test_a_full_disk_after_the_last_byte_prints_nothing_again_and_is_made_good_later(
    tmp_path: Path, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_again = threading.Event()
    mark = SqliteLedger.mark

    def marks_while_there_is_room(
        ledger: SqliteLedger, job_id: str, state: JobState, reason: str = "", *, by_printer: str = ""
    ) -> None:
        if state is PRINTED and not room_again.is_set():
            room_again.set()
            raise LedgerUnavailable("disk_full")
        mark(ledger, job_id, state, reason, by_printer=by_printer)

    monkeypatch.setattr(SqliteLedger, "mark", marks_while_there_is_room)
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address) as room:
        room.add("a")
        assert room_again.wait(5)
        room.add("b")
        printer.wait_for_jobs(2)
        ready(room)
        assert [room.state("a"), room.state("b")] == [PRINTED, PRINTED]
        assert [copies(printer, "a"), copies(printer, "b")] == [1, 1]
    expected_logs.expect("the ledger cannot be written, it is tried again")


# ------------------------------------------------------------------------------------ how it is


def test_an_idle_printer_is_asked_how_it_is(tmp_path: Path) -> None:
    with SimulatedPrinter(PrinterMode.COVER_OPEN) as printer, print_room(tmp_path, printer.address) as room:
        health = room.healths.wait_for_any(lambda health: health.state is DeviceState.NEEDS_SOMEBODY)
        assert (health.device, health.error, health.facts["cover"]) == (
            "receipt_printer",
            "cover_open",
            "open",
        )
        status = room.statuses.wait(lambda status: status.reason == "cover_open")
        assert status.waiting_jobs == 0


def test_the_roll_near_its_end_is_told_and_receipts_of_a_roll_are_counted_over_restarts(
    tmp_path: Path,
) -> None:
    with SimulatedPrinter(PrinterMode.NEAR_END) as printer:
        with print_room(tmp_path, printer.address) as room:
            room.add("a", "b")
            room.statuses.wait(lambda status: status.is_paper_near_end and not status.waiting_jobs)
            room.healths.wait(lambda health: health.facts.get("receipts_since_roll") == "2")
        with print_room(tmp_path, printer.address) as room:
            room.add("c")
            health = room.healths.wait(lambda health: health.facts.get("receipts_since_roll") == "3")
            assert health.facts["paper"] == "near_end"
            printer.mode = PrinterMode.OK
            room.add("d")
            health = room.healths.wait(lambda health: health.facts.get("receipts_since_roll") == "0")
            assert health.facts["paper"] == "ok"
            room.statuses.wait(lambda status: not status.is_paper_near_end)


def test_nobody_home_is_unreachable(tmp_path: Path) -> None:
    printer = SimulatedPrinter()
    printer.close()
    with print_room(tmp_path, printer.address) as room:
        health = room.healths.wait_for_any(lambda health: health.state is DeviceState.UNREACHABLE)
        assert health.error == "refused"
        room.add("a")
        room.statuses.wait(lambda status: status.waiting_jobs == 1 and status.reason == "refused")


def test_what_is_behind_the_printer_gets_its_bytes_between_two_jobs(tmp_path: Path) -> None:
    with SimulatedPrinter() as printer, print_room(tmp_path, printer.address) as room:
        room.healths.wait_for_any(lambda health: health.state is DeviceState.READY)
        room.printing.send_raw(b"\x1b=\x02Hello\x1b=\x01")
        room.add("a")
        printer.wait_for_jobs(1)
        assert copies(printer, "a") == 1


def test_a_printer_in_trouble_is_looked_at_at_once_when_somebody_did_something(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as printer,
        print_room(tmp_path, printer.address, monotonic=HandClock()) as room,
    ):
        room.statuses.wait(lambda status: status.reason == "paper_out")
        printer.mode = PrinterMode.OK
        room.printing.look()
        room.statuses.wait(lambda status: status.state is PrinterState.READY)
