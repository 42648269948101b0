"""How a benchmark is measured: our cost beside a limit in the same run, interleaved, in rounds."""

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import Enum

Sample = Callable[[], float]
"""Does the thing once and returns its cost in the benchmark's unit."""

LEAST_ROUNDS = 3


class Effort(Enum):
    """How much is measured."""

    HUGE = "huge"
    """As FULL, and with a million items where loading them is measured."""
    FULL = "full"
    SHORT = "short"
    """All benchmarks in less than a minute, on a computer that does nothing else."""
    TINY = "tiny"
    """Shows that the benchmark runs; its figures say nothing."""

    def pick(self, full: int, short: int, tiny: int) -> int:
        return {Effort.HUGE: full, Effort.FULL: full, Effort.SHORT: short, Effort.TINY: tiny}[self]

    @property
    def rounds(self) -> int:
        return self.pick(5, LEAST_ROUNDS, LEAST_ROUNDS)


@dataclass(frozen=True, slots=True)
class Result:
    """`ratio` is our cost over the limit's, so smaller is better; `goal` is its upper bound."""

    value: float
    limit: float
    ratio: float
    goal: float
    unit: str
    p50: float
    p99: float
    n: int
    note: str

    @property
    def is_good(self) -> bool:
        return self.ratio <= self.goal

    def with_goal(self, goal: float, note: str) -> "Result":
        return replace(self, goal=goal, note=note)


def timed_ms(work: Callable[[], object]) -> float:
    began = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began) / 1e6


def compare(
    ours: Sample,
    limit: Sample,
    *,
    rounds: int,
    per_round: int,
    goal: float,
    unit: str,
    note: str,
) -> Result:
    """Costs of both, taken in turns; value and limit are medians over the rounds of each round's median."""
    measured = _measure(ours, limit, rounds, per_round)
    return measured.result(measured.value / measured.limit, 99, goal, unit, note)


def compare_rates(ours: Sample, limit: Sample, *, rounds: int, goal: float, unit: str, note: str) -> Result:
    """As `compare`, for samples that are rates: the ratio is inverted, and `p99` is met by 99 % of ours."""
    measured = _measure(ours, limit, rounds, per_round=1)
    return measured.result(measured.limit / measured.value, 1, goal, unit, note)


def compare_tails(
    idle: Sample,
    busy: Sample,
    *,
    around: Callable[[], AbstractContextManager[object]],
    rounds: int,
    per_round: int,
    goal: float,
    unit: str,
    note: str,
) -> Result:
    """The slow end of the same thing while something goes on (`around`) and while nothing does, in turns.

    Value and limit are medians over the rounds of each round's 99th percentile; p50 and p99 are of all busy
    samples together.
    """
    if rounds < LEAST_ROUNDS:
        raise ValueError("fewer than three rounds prove nothing")
    idle()
    idle_tails: list[float] = []
    busy_tails: list[float] = []
    all_busy: list[float] = []
    for _ in range(rounds):
        idle_tails.append(percentile([idle() for _ in range(per_round)], 99))
        with around():
            costs = [busy() for _ in range(per_round)]
        busy_tails.append(percentile(costs, 99))
        all_busy.extend(costs)
    measured = _Measured(statistics.median(busy_tails), statistics.median(idle_tails), all_busy)
    return measured.result(measured.value / measured.limit, 99, goal, unit, note)


@dataclass(frozen=True, slots=True)
class _Measured:
    value: float
    limit: float
    ours: Sequence[float]

    def result(self, ratio: float, worst_percent: float, goal: float, unit: str, note: str) -> Result:
        return Result(
            value=self.value,
            limit=self.limit,
            ratio=ratio,
            goal=goal,
            unit=unit,
            p50=percentile(self.ours, 50),
            p99=percentile(self.ours, worst_percent),
            n=len(self.ours),
            note=note,
        )


def _measure(ours: Sample, limit: Sample, rounds: int, per_round: int) -> _Measured:
    if rounds < LEAST_ROUNDS:
        raise ValueError("fewer than three rounds prove nothing")
    ours(), limit()  # what only the first one costs is not counted
    our_medians: list[float] = []
    limit_medians: list[float] = []
    all_ours: list[float] = []
    for _ in range(rounds):
        pairs = [(limit(), ours()) for _ in range(per_round)]
        limit_medians.append(statistics.median(theirs for theirs, _ in pairs))
        our_medians.append(statistics.median(our for _, our in pairs))
        all_ours.extend(our for _, our in pairs)
    return _Measured(statistics.median(our_medians), statistics.median(limit_medians), all_ours)


def percentile(samples: Sequence[float], percent: float) -> float:
    """Nearest rank."""
    ordered = sorted(samples)
    rank = max(0, -(-len(ordered) * percent // 100) - 1)
    return ordered[int(rank)]
