"""Pays by card on copies of a prepared till and dies by SIGKILL at another step each time.

    python -m tests.end_to_end.dying_payments PREPARED_FOLDER COPIES_FOLDER [--every]

A step is a statement of any SQLite connection, or a moment at the terminal: before it is called, when its
display changes, and before its answer is heard. Each plan is first let live, so that its steps are known;
then it dies at one step of each kind, or at `--every` step.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from hardware.terminals.terminal import PaymentRequest, PaymentResult, Progress
from tests.services.card_counter import CardCounter, open_card_counter

TERMINAL_BOOK = "terminal.json"
AT_TERMINAL = "terminal"
STEPS = "steps.txt"
"""In the folder of a till that was let live: what each of its steps was."""


def pay_all(till: CardCounter) -> None:
    till.cards.begin_purchase(330)
    till.hear_the_end()
    if till.tenders:
        till.counter.services.checkout.complete()


def pay_part_and_take_it_back(till: CardCounter) -> None:
    paid = till.cards.begin_purchase(100)
    till.hear_the_end()
    till.cards.begin_reversal(paid.attempt_id)
    till.hear_the_end()


@dataclass(frozen=True)
class Plan:
    behaviour: Behaviour
    act: Callable[[CardCounter], None]


PLANS = {
    "approved": Plan(Behaviour.APPROVE, pay_all),
    "declined": Plan(Behaviour.DECLINE, pay_all),
    "lost": Plan(Behaviour.LOST_AFTER_APPROVAL, pay_all),
    "taken_back": Plan(Behaviour.APPROVE, pay_part_and_take_it_back),
}


class Tripwire:
    """Counts from 1 once it is armed; at `deadly` the process dies."""

    def __init__(self, deadly: int | None) -> None:
        self._deadly = deadly
        self.passed: list[str] = []
        self._is_armed = False
        self._lock = threading.Lock()
        event.listen(Pool, "connect", self._on_connect)

    def arm(self) -> None:
        self._is_armed = True

    def step(self, what: str) -> None:
        with self._lock:
            if self._is_armed:
                self.passed.append(what)
                if len(self.passed) == self._deadly:
                    os.kill(os.getpid(), signal.SIGKILL)

    def _on_connect(self, connection: Any, _record: object) -> None:
        name = id(connection)
        connection.set_trace_callback(lambda statement: self.step(f"{name} {' '.join(statement.split())}"))


class WatchedTerminal(SimulatedTerminal):
    def __init__(self, behaviour: Behaviour, memory: Path, tripwire: Tripwire) -> None:
        super().__init__(behaviour, memory=memory)
        self._tripwire = tripwire

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        return self._watched(
            lambda watched: super(WatchedTerminal, self).purchase(request, watched), progress
        )

    def reverse(self, request: PaymentRequest, of: str, progress: Progress) -> PaymentResult:
        return self._watched(
            lambda watched: super(WatchedTerminal, self).reverse(request, of, watched), progress
        )

    def _watched(self, call: Callable[[Progress], PaymentResult], progress: Progress) -> PaymentResult:
        def watched(words: str) -> None:
            progress(words)
            self._tripwire.step(AT_TERMINAL)

        self._tripwire.step(AT_TERMINAL)
        result = call(watched)
        self._tripwire.step(AT_TERMINAL)
        return result


def pay_and_die(folder: Path, plan: Plan, deadly: int | None) -> None:
    tripwire = Tripwire(deadly)
    terminal = WatchedTerminal(plan.behaviour, folder / TERMINAL_BOOK, tripwire)
    with open_card_counter(folder, terminal) as till:
        tripwire.arm()
        plan.act(till)
        (folder / STEPS).write_text("\n".join(tripwire.passed), encoding="utf-8")


def one_of_each_kind(steps: Sequence[str]) -> list[int]:
    """The first and the last step, each at the terminal, and of each transaction that writes: one amidst it,
    its end, and the next step after that. All others leave on the disk what one of these does."""
    chosen = {1, len(steps)}
    begun: dict[str, int] = {}
    for number, step in enumerate(steps, 1):
        connection, _, statement = step.partition(" ")
        if step == AT_TERMINAL:
            chosen.add(number)
        elif statement == "BEGIN IMMEDIATE":
            begun[connection] = number
        elif statement == "COMMIT" and connection in begun:
            chosen |= {(begun.pop(connection) + number) // 2, number, min(number + 1, len(steps))}
    return sorted(chosen)


def main(prepared: Path, copies: Path, *, every: bool) -> None:
    """Each step in a process of its own: forked, so that the libraries are imported once."""
    for name, plan in PLANS.items():
        alive = copies / f"{name}-alive"
        _run(prepared, alive, plan, None)
        steps = (alive / STEPS).read_text(encoding="utf-8").splitlines()
        for deadly in range(1, len(steps) + 1) if every else one_of_each_kind(steps):
            _run(prepared, copies / f"{name}-{deadly}", plan, deadly)


def _run(prepared: Path, folder: Path, plan: Plan, deadly: int | None) -> None:
    shutil.copytree(prepared, folder)
    child = os.fork()
    if child == 0:
        pay_and_die(folder, plan, deadly)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != (0 if deadly is None else -signal.SIGKILL):
        sys.exit(f"{folder.name} did not end as meant: {code}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), every="--every" in sys.argv[3:])
