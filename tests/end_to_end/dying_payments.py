"""Pays by card on copies of a prepared till and dies by SIGKILL at another step each time.

    python -m tests.end_to_end.dying_payments PREPARED_FOLDER COPIES_FOLDER

A step is a statement of any SQLite connection, or a moment at the terminal: before it is called, when its
display changes, and before its answer is heard. For each plan, step after step, until it ends by itself.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from hardware.terminals.terminal import PaymentRequest, PaymentResult, Progress
from tests.services.card_counter import CardCounter, open_card_counter

TERMINAL_BOOK = "terminal.json"
MOST_STEPS = 300


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
    def __init__(self, step: int) -> None:
        self._left = step
        self._is_armed = False
        self._lock = threading.Lock()
        event.listen(Pool, "connect", self._on_connect)

    def arm(self) -> None:
        self._is_armed = True

    def step(self) -> None:
        with self._lock:
            if self._is_armed:
                self._left -= 1
                if self._left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

    def _on_connect(self, connection: Any, _record: object) -> None:
        connection.set_trace_callback(lambda _statement: self.step())


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
            self._tripwire.step()

        self._tripwire.step()
        result = call(watched)
        self._tripwire.step()
        return result


def pay_and_die(folder: Path, plan: Plan, step: int) -> None:
    tripwire = Tripwire(step)
    terminal = WatchedTerminal(plan.behaviour, folder / TERMINAL_BOOK, tripwire)
    with open_card_counter(folder, terminal) as till:
        tripwire.arm()
        plan.act(till)


def main(prepared: Path, copies: Path) -> None:
    """Each step in a process of its own: forked, so that the libraries are imported once."""
    for name, plan in PLANS.items():
        for step in range(1, MOST_STEPS):
            folder = copies / f"{name}-{step}"
            shutil.copytree(prepared, folder)
            child = os.fork()
            if child == 0:
                pay_and_die(folder, plan, step)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            code = os.waitstatus_to_exitcode(status)
            if code == 0:
                break
            if code != -signal.SIGKILL:
                sys.exit(f"{name}, step {step} did not die as meant: {code}")
        else:
            sys.exit(f"{name} has more than {MOST_STEPS} steps")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
