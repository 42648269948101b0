"""Sales on a real till with a real printer worker, against a simulated printer that fails in every way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.printers.receipt_printer import Patience
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from tests.devices.print_room import Heard
from tests.services.counter import ShopCounter, open_counter
from till_app.devices.printers import PrintingFiles
from till_app.devices.printing import TillPrinting
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.ports import JobState
from till_app.services.status import PrinterState, PrinterStatus

MILK = "5000128104517"
PATIENCE = Patience(status_s=0.3, shortest_write_s=0.5, shortest_print_s=0.5, print_line_s=0.0)


@contextmanager
def worker_for(
    counter: ShopCounter, printer: SimulatedPrinter
) -> Iterator[tuple[TillPrinting, Heard[PrinterStatus]]]:
    heard: Heard[PrinterStatus] = Heard()
    printing = TillPrinting(
        DeviceSettings(printer=PrinterSettings(printer.address)),
        counter.ledger,
        on_status=heard,
        on_health=lambda _health: None,
        on_drawer=lambda _event: None,
        files=PrintingFiles(patience=PATIENCE),
    )
    printing.start()
    try:
        yield printing, heard
    finally:
        printing.stop()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ShopCounter]:
    with open_counter(tmp_path) as opened:
        opened.begin_day()
        yield opened


def test_the_receipt_of_each_sale_is_printed_once_in_order(counter: ShopCounter) -> None:
    with SimulatedPrinter() as printer, worker_for(counter, printer) as (worker, _heard):
        numbers = [counter.sell(MILK) for _ in range(3)]
        worker.wake()
        jobs = printer.wait_for_jobs(3)
        assert [f"*RN{number}*" in to_text(job) for number, job in zip(numbers, jobs, strict=True)] == [
            True
        ] * 3
    assert counter.ledger.open_jobs() == []


def test_a_sale_goes_on_while_paper_is_out_and_prints_when_there_is_some(counter: ShopCounter) -> None:
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as printer, worker_for(counter, printer) as (worker, heard):
        first, second = counter.sell(MILK), counter.sell(MILK)
        worker.wake()
        status = heard.wait(lambda status: status.waiting_jobs == 2 and bool(status.reason))
        assert (status.state, status.reason) == (PrinterState.WAITING, "paper_out")
        printer.mode = PrinterMode.OK
        worker.wake()
        jobs = printer.wait_for_jobs(2)
        assert [number in to_text(job) for number, job in zip((first, second), jobs, strict=True)] == [
            True,
            True,
        ]
        heard.wait(lambda status: status.state is PrinterState.READY and not status.waiting_jobs)


@pytest.mark.parametrize("mode", [PrinterMode.COVER_OPEN, PrinterMode.OFFLINE, PrinterMode.STALL])
def test_a_printer_that_cannot_print_keeps_the_receipt_waiting(
    counter: ShopCounter, mode: PrinterMode
) -> None:
    with SimulatedPrinter(mode) as printer, worker_for(counter, printer) as (worker, heard):
        counter.sell(MILK)
        worker.wake()
        heard.wait(
            lambda status: (
                status.state is PrinterState.UNCONFIRMED
                or (status.state is PrinterState.WAITING and status.waiting_jobs == 1)
            )
        )
        assert printer.jobs == []
        assert counter.ledger.sale_by_receipt("2-000001") is not None


def test_no_printer_at_the_address_keeps_the_receipt_waiting(counter: ShopCounter) -> None:
    printer = SimulatedPrinter()
    printer.close()
    with worker_for(counter, printer) as (worker, heard):
        counter.sell(MILK)
        worker.wake()
        status = heard.wait(lambda status: status.state is PrinterState.WAITING)
        assert status.reason == "refused"


def test_a_receipt_that_may_have_printed_is_asked_about_and_never_repeated_alone(
    counter: ShopCounter,
) -> None:
    with SimulatedPrinter(die_after=60) as printer, worker_for(counter, printer) as (worker, heard):
        counter.sell(MILK)
        worker.wake()
        status = heard.wait(lambda status: status.state is PrinterState.UNCONFIRMED)
        assert status.unconfirmed_title == "Receipt 2-000001"
        (job,) = counter.ledger.open_jobs()
        assert job.state is JobState.UNCONFIRMED
        assert printer.jobs == []
        assert status.unconfirmed_job is not None
        worker.resolve(status.unconfirmed_job, printed=True)
        heard.wait(lambda status: status.state is PrinterState.READY and not status.waiting_jobs)
    assert counter.ledger.open_jobs() == []


def test_a_receipt_that_did_not_print_is_sent_again_when_a_person_says_so(counter: ShopCounter) -> None:
    with SimulatedPrinter(PrinterMode.NO_STATUS) as printer, worker_for(counter, printer) as (worker, heard):
        counter.sell(MILK)
        worker.wake()
        status = heard.wait(lambda status: status.state is PrinterState.UNCONFIRMED)
        assert status.unconfirmed_job is not None
        printer.mode = PrinterMode.OK
        worker.resolve(status.unconfirmed_job, printed=False)
        assert len(printer.wait_for_jobs(2)) == 2
        heard.wait(lambda status: status.state is PrinterState.READY and not status.waiting_jobs)


def test_what_was_being_sent_when_the_till_died_is_asked_about(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.sell(MILK)
        (job,) = counter.ledger.open_jobs()
        counter.ledger.mark(job.job_id, JobState.SENDING)
    with open_counter(tmp_path) as counter, SimulatedPrinter() as printer:
        counter.ledger.settle_after_start(job.created_at)
        with worker_for(counter, printer) as (_worker, heard):
            status = heard.wait(lambda status: status.state is PrinterState.UNCONFIRMED)
            assert status.unconfirmed_title == "Receipt 2-000001"
            assert printer.jobs == []


def test_the_drawer_opens_before_the_receipt_prints(counter: ShopCounter) -> None:
    with SimulatedPrinter() as printer, worker_for(counter, printer) as (worker, _heard):
        counter.sell(MILK)
        worker.open(counter.devices.openings[-1])
        worker.wake()
        assert printer.wait_for_drawer(1) == [2]
        printer.wait_for_jobs(1)
