"""Two printers: the other one takes the receipts while the first cannot print, each of them once."""

from pathlib import Path

import pytest

from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from tests.devices.print_room import PrintRoom, print_room
from till_app.services.device_status import DeviceState
from till_app.services.ports import JobKind, JobState
from till_app.services.status import PrinterState


def titles(printer: SimulatedPrinter) -> list[str]:
    return [to_text(job).splitlines()[0] for job in printer.jobs]


def both_known(room: PrintRoom) -> None:
    """Both have been asked how they are."""
    for device in ("receipt_printer", "fallback_printer"):
        room.healths.wait_for_any(
            lambda health, device=device: (  # type: ignore[misc]
                health.device == device and health.state is not DeviceState.CONNECTING
            )
        )


def test_what_the_receipt_printer_cannot_print_the_other_one_prints_at_once(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        room.add("a", "b")
        other.wait_for_jobs(2)
        status = room.statuses.wait(
            lambda status: status.printed_elsewhere == "Receipt b" and status.state is PrinterState.WAITING
        )
        assert (status.reason, status.waiting_jobs, status.has_other_printer) == ("paper_out", 0, True)
        assert (titles(main), titles(other)) == ([], ["Receipt a", "Receipt b"])


def test_later_receipts_come_back_to_the_receipt_printer_once_it_can_print(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(PrinterMode.COVER_OPEN) as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        room.add("a")
        other.wait_for_jobs(1)
        main.mode = PrinterMode.OK
        room.statuses.wait(lambda status: status.state is PrinterState.READY)
        room.add("b")
        main.wait_for_jobs(1)
        assert (titles(main), titles(other)) == (["Receipt b"], ["Receipt a"])


def test_what_may_be_on_paper_does_not_go_to_the_other_printer(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(die_after=9 + 20) as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        room.add("a")
        status = room.statuses.wait_for_any(lambda status: status.unconfirmed_jobs == 1)
        assert status.unconfirmed_job == "a"
        room.add("b")
        room.statuses.wait(lambda _status: room.state("b") in (JobState.PRINTED, JobState.UNCONFIRMED))
        assert room.state("a") is JobState.UNCONFIRMED
        assert "Receipt a" not in titles(other)


def test_with_both_out_of_paper_a_receipt_waits_and_whichever_can_first_prints_it_once(
    tmp_path: Path,
) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        other.mode = PrinterMode.PAPER_OUT
        room.add("a")
        room.statuses.wait(
            lambda _status: (
                (job := room.ledger.job("a")) is not None
                and job.reason == "paper_out"
                and job.printer == "fallback_printer"
                and job.state is JobState.WAITING
            )
        )
        main.mode = PrinterMode.OK
        main.wait_for_jobs(1)
        room.statuses.wait(lambda status: status.state is PrinterState.READY)
        other.mode = PrinterMode.OK
        room.printing.wake()
        room.add("b")
        main.wait_for_jobs(2)
        assert (titles(main), titles(other)) == (["Receipt a", "Receipt b"], [])


def test_with_the_other_printer_unplugged_the_reason_stays_that_of_the_receipt_printer(
    tmp_path: Path,
) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        other.close()
        room.add("a")
        room.healths.wait_for_any(
            lambda health: health.device == "fallback_printer" and health.error == "refused"
        )
        room.statuses.wait(lambda status: status.waiting_jobs == 1 and status.state is PrinterState.WAITING)
        room.add("b")
        room.statuses.wait(lambda status: status.waiting_jobs == 2)
        queues = [(job.job_id, job.printer) for job in room.ledger.open_jobs()]
        reasons = {status.reason for status in room.statuses.all if status.state is PrinterState.WAITING}
    assert queues == [("a", "fallback_printer"), ("b", "receipt_printer")]
    assert reasons == {"paper_out"}


def test_labels_that_wait_say_why_though_the_receipt_printer_cannot_print_either(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as main,
        SimulatedPrinter(PrinterMode.COVER_OPEN) as labels,
        print_room(tmp_path, main.address, labels=labels.address) as room,
    ):
        room.add("l", kind=JobKind.LABEL, printer="label_printer")
        room.statuses.wait(lambda status: status.waiting_jobs == 1 and status.reason == "cover_open")


def test_a_receipt_that_came_back_does_not_go_over_again_by_itself(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        room.queue("a")
        (job,) = room.ledger.open_jobs()
        assert room.printing.cannot_print("receipt_printer", job, "paper_out")
        room.ledger.hand_over("a", "receipt_printer", "came_back")
        assert not room.printing.cannot_print("receipt_printer", job, "paper_out")


def test_a_person_sends_a_waiting_receipt_to_the_other_printer(tmp_path: Path) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as main,
        SimulatedPrinter(PrinterMode.COVER_OPEN) as other,
        print_room(tmp_path, main.address, other.address) as room,
    ):
        both_known(room)
        room.add("a")
        room.statuses.wait(lambda status: status.waiting_jobs == 1 and bool(status.reason))
        other.mode = PrinterMode.OK
        room.printing.print_elsewhere("a")
        other.wait_for_jobs(1)
        assert titles(main) == []


@pytest.mark.parametrize("kind", [JobKind.LABEL])
def test_labels_stay_with_their_printer(tmp_path: Path, kind: JobKind) -> None:
    with (
        SimulatedPrinter(PrinterMode.PAPER_OUT) as labels,
        SimulatedPrinter() as main,
        SimulatedPrinter() as other,
        print_room(tmp_path, main.address, other.address, labels.address) as room,
    ):
        both_known(room)
        room.add("l", kind=kind, printer="label_printer")
        room.statuses.wait(lambda status: status.waiting_jobs == 1 and status.reason == "paper_out")
        assert (titles(main), titles(other)) == ([], [])


def test_the_other_printer_alone_prints_what_is_meant_for_the_receipt_printer(tmp_path: Path) -> None:
    with SimulatedPrinter() as other, print_room(tmp_path, "", other.address) as room:
        room.add("a")
        other.wait_for_jobs(1)
        assert room.printing.is_set_up
