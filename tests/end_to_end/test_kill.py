"""`kill -9` between any two steps from tender to print, then a restart."""

import multiprocessing
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from tests.end_to_end.killed_till import MILK, pay_and_be_killed, prepare
from tests.services.counter import ShopCounter, open_counter
from till_app.domain.ids import receipt_number
from till_app.domain.journal import GENESIS_HASH, is_intact
from till_app.services.ports import JobState

MOST_STEPS = 200

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")


@pytest.mark.timeout(600)
def test_killed_between_any_two_steps_a_sale_is_whole_or_absent_and_no_number_is_lost_or_used_twice(
    tmp_path: Path,
) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.end_to_end.killed_till"])
    outcomes: Counter[str] = Counter()
    (tmp_path / "prepared").mkdir()
    prepare(tmp_path / "prepared")
    for step in range(1, MOST_STEPS):
        folder = tmp_path / str(step)
        shutil.copytree(tmp_path / "prepared", folder)
        with SimulatedPrinter() as printer:
            process = processes.Process(target=pay_and_be_killed, args=(folder, printer.address, step))
            process.start()
            process.join(60)
            ended_by_itself = process.exitcode == 0
            process.close()
            printed = [to_text(job) for job in printer.jobs]
        with open_counter(folder) as counter:
            outcomes[_judge(counter, printed)] += 1
        if ended_by_itself:
            break
    else:
        pytest.fail(f"a sale has more than {MOST_STEPS} steps")
    assert outcomes["absent"] > 5, outcomes
    assert outcomes["present"] > 5, outcomes


def _judge(counter: ShopCounter, printed: list[str]) -> str:
    """Checks what the restart found, rings up another sale, and says what became of the one cut off."""
    ledger = counter.ledger
    ledger.settle_after_start(before="2026-11-24T14:30:00.000000Z")
    sales = sorted(sale.counter for sale in ledger.latest_sales(10))
    entries = ledger.entries_after(0, 999, 10**9)
    assert sales == list(range(1, len(sales) + 1))
    assert sum(entry.kind == "sale" for entry in entries) == len(sales)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert all(is_intact("till-uuid", entry) for entry in entries)
    assert [entry.prev_hash for entry in entries] == [GENESIS_HASH, *(entry.hash for entry in entries[:-1])]
    is_present = len(sales) == 2
    assert (ledger.saved_basket() is None) == is_present
    _judge_printing(counter, printed, is_present)
    counter.sign_on()
    if not is_present:
        tenders = counter.services.selling.tenders
        assert [line.quantity_milli for line in counter.services.selling.lines] == [2000]
        if not tenders:
            counter.services.checkout.pay_cash(400)
        completed = counter.services.checkout.complete()
        assert completed.sale.receipt_number == receipt_number("2", 2)
    assert counter.sell(MILK) == receipt_number("2", 3)
    expected_minor = 10_000 + 165 + 330 + 165
    assert counter.services.reporting.read().expected_cash_minor == expected_minor
    return "present" if is_present else "absent"


def _judge_printing(counter: ShopCounter, printed: list[str], is_present: bool) -> None:
    """Nothing printed twice; an absent sale not at all; a present one printed, or known to be unprinted."""
    copies = sum("RN2-000002" in text for text in printed)
    assert not any("RN2-000001" in text for text in printed)
    assert copies <= (1 if is_present else 0)
    if is_present and copies == 0:
        states = [job.state for job in counter.ledger.open_jobs()]
        assert states in ([JobState.WAITING], [JobState.UNCONFIRMED], [JobState.QUEUED]), states
