"""Two tills and one printer on the network: it serves one client at a time, and neither keeps it."""

from pathlib import Path

from hardware.printers.receipt_printer import Patience
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from tests.devices.print_room import print_room
from till_app.services.ports import JobState

RECEIPTS = 15
PATIENCE = Patience(status_s=2.0, shortest_write_s=2.0, shortest_print_s=5.0, print_line_s=0)


def test_receipts_of_two_tills_come_out_of_one_printer_whole_and_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        SimulatedPrinter() as printer,
        print_room(tmp_path / "a", printer.address, patience=PATIENCE) as first,
        print_room(tmp_path / "b", printer.address, patience=PATIENCE) as second,
    ):
        for number in range(RECEIPTS):
            first.add(f"a-{number}")
            second.add(f"b-{number}")
        papers = [to_text(job) for job in printer.wait_for_jobs(2 * RECEIPTS, timeout_s=20.0)]
        for room in (first, second):
            room.statuses.wait(lambda status: not status.waiting_jobs)
            assert [job.state for job in room.ledger.open_jobs()] == []
        assert second.state("b-0") is JobState.PRINTED
    for till in "ab":
        for number in range(RECEIPTS):
            assert sum(f"Receipt {till}-{number}\n" in paper for paper in papers) == 1
    assert all(paper.count("Receipt ") == 1 for paper in papers)
