"""What a till finds in its print queue when it is started again, and what it then prints by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from tests.devices.print_room import Heard, a_document_job
from tests.services.counter import StandingClock
from till_app.bootstrap import Listeners, Till
from till_app.domain.times import to_text as moment_text
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.ports import JobState, TillIdentity
from till_app.services.status import PrinterStatus
from till_app.store.ledger import SqliteLedger
from till_app.till_files import TillFiles

STARTED = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def queue(files: TillFiles, **ages_s: int) -> None:
    """Jobs that were made so many seconds before the start."""
    files.folder.mkdir(parents=True)
    ledger = SqliteLedger(files.ledger)
    try:
        ledger.set_identity(TillIdentity("till-uuid", "2", "Till 2"))
        with ledger.write() as write:
            for job_id, age_s in ages_s.items():
                job = a_document_job(job_id, created_at=moment_text(STARTED - timedelta(seconds=age_s)))
                write.add_print_job(job)
            write.commit()
        ledger.mark("dying", JobState.SENDING)
    finally:
        ledger.close()


def test_only_the_receipt_whose_customer_may_still_stand_there_prints_by_itself(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    queue(files, yesterday=40_000, dying=50, just_now=30)
    heard: Heard[PrinterStatus] = Heard()
    with SimulatedPrinter() as printer:
        till = Till(
            files,
            DeviceSettings(printer=PrinterSettings(printer.address)),
            Listeners(on_printer=heard),
            clock=StandingClock(STARTED),
        )
        try:
            till.start()
            (printed,) = printer.wait_for_jobs(1)
            status = heard.wait(lambda status: status.held_jobs == 1 and not status.waiting_jobs)
            assert (status.unconfirmed_job, status.unconfirmed_jobs) == ("dying", 1)
            assert "Receipt just_now" in to_text(printed)
            till.devices.printing.print_held()
            jobs = printer.wait_for_jobs(2)
            assert "Receipt yesterday" in to_text(jobs[1])
        finally:
            till.close()
        assert len(printer.jobs) == 2
