"""`kill -9` of a till with two printers and a drawer at any moment of a sale, then a restart: nothing is
printed twice, and no drawer opens for a sale of before.

`python -m tests.end_to_end` kills more often.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.simulated.printer_engine import PrinterMode
from tests.device_chaos.peers import NetworkPrinter
from tests.device_chaos.proof import receipts_on
from tests.device_chaos.rush import impatient_workers
from tests.end_to_end.dying_counter import WatchedCounter, counter_settings
from tests.services.counter import StandingClock, open_counter
from till_app.services.ports import JobState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")

KILLS = 12
"""Of each plan."""
SEED = 20261124


@dataclass(frozen=True)
class Plan:
    before: Callable[[NetworkPrinter], None]
    """What is the matter with the receipt printer while the first till runs."""
    between: Callable[[NetworkPrinter], None] = lambda printer: printer.revive()
    drawer_answers: bool = True


PLANS = {
    "all well": Plan(lambda _printer: None),
    "paper out": Plan(
        lambda printer: printer.switch(PrinterMode.PAPER_OUT),
        lambda printer: printer.switch(PrinterMode.OK),
    ),
    "dies in the job": Plan(lambda printer: printer.die_after(300), lambda printer: printer.die_after(None)),
    "switched off": Plan(lambda printer: printer.kill(), drawer_answers=False),
}


@dataclass
class Death:
    folder: Path
    printer: NetworkPrinter
    fallback: NetworkPrinter

    @property
    def papers(self) -> list[str]:
        return [*self.printer.papers, *self.fallback.papers]

    @property
    def pulses(self) -> int:
        return len(self.printer.pulses_at) + len(self.fallback.pulses_at)


class Killer:
    """The process whose children sell and die: one for all, as its imports cost more than a death."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def kill(self, prepared: Path, deaths: list[Death], plan: Plan, seed: int) -> int:
        """How many were killed: now and then one ends before its moment has come."""
        order = {
            "prepared": str(prepared),
            "seed": seed,
            "drawer_answers": plan.drawer_answers,
            "deaths": [
                {
                    "folder": str(death.folder),
                    "printer": death.printer.address,
                    "fallback": death.fallback.address,
                }
                for death in deaths
            ],
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "one did not die as meant"
        return int(answer)


@contextmanager
def open_killer() -> Iterator[Killer]:
    command = [sys.executable, "-m", "tests.end_to_end.dying_counter"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Killer(process)


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with open_killer() as opened:
        yield opened


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", PLANS)
def test_killed_at_any_moment_nothing_prints_twice_and_no_drawer_opens_for_a_sale_of_before(
    killer: Killer, tmp_path: Path, name: str
) -> None:
    kill_and_judge(killer, tmp_path, PLANS[name], KILLS, SEED)


def kill_and_judge(killer: Killer, base: Path, plan: Plan, kills: int, seed: int) -> Counter[str]:
    """What became of each sale that was cut off, and of the one that was not."""
    prepared = base / "prepared"
    prepared.mkdir(parents=True)
    with open_counter(prepared, StandingClock()) as counter:
        counter.begin_day()
    outcomes: Counter[str] = Counter()
    with ExitStack() as stack, impatient_workers():
        deaths = [Death(base / str(number), _printer(stack), _printer(stack)) for number in range(kills + 1)]
        for death in deaths:
            plan.before(death.printer)
        assert killer.kill(prepared, deaths, plan, seed) > kills * 0.8
        for death in deaths:
            plan.between(death.printer)
            outcomes[_judge(death)] += 1
    assert outcomes["absent"] > 0, outcomes
    assert outcomes["printed"] > 0, outcomes
    assert outcomes.total() == kills + 1
    return outcomes


def _printer(stack: ExitStack) -> NetworkPrinter:
    printer = NetworkPrinter(resumes=True)
    stack.callback(printer.kill)
    return printer


def _judge(death: Death) -> str:
    """What the restart made of it; then the basket, or another one, is sold as ever."""
    pulses_before = death.pulses
    settings = counter_settings(death.printer.address, death.fallback.address)
    again = WatchedCounter(death.folder, settings)
    try:
        again.settle(kicks=0)
        old = [sale.receipt_number for sale in again.till.ledger.latest_sales(9)]
        assert death.pulses == pulses_before, "a drawer opened for a sale of before the restart"
        unconfirmed = [job for job in again.till.ledger.open_jobs() if job.state is JobState.UNCONFIRMED]
        on_paper = receipts_on(death.papers)
        assert max(on_paper.values(), default=0) <= 1
        assert set(on_paper) <= set(old)
        assert on_paper or unconfirmed or not old, "a receipt is lost"
        again.sign_on()
        new = again.sell()
        again.settle(kicks=1)
        assert death.pulses == pulses_before + 1
        assert receipts_on(death.papers) == on_paper + Counter([new])
        if not old:
            return "absent"
        return "asked about" if unconfirmed else "printed"
    finally:
        again.till.close()
