"""The measuring is right whatever the times are, and every benchmark runs; no time is judged here."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.benchmarks import __main__ as runner
from tests.benchmarks.__main__ import BENCHMARKS, main
from tests.benchmarks.measure import Effort, Result, compare, compare_rates, compare_tails, percentile

KEYS = ["value", "limit", "ratio", "goal", "unit", "p50", "p99", "n", "note"]


def taking(*costs: float) -> Callable[[], float]:
    """A sample with these costs, over and over."""
    return itertools.cycle(costs).__next__


def compared(ours: Callable[[], float], limit: Callable[[], float], rounds: int = 3) -> Result:
    return compare(ours, limit, rounds=rounds, per_round=5, goal=2.0, unit="ms", note="")


def test_the_ratio_is_our_cost_over_the_limits() -> None:
    result = compared(taking(30.0), taking(20.0))
    assert (result.value, result.limit, result.ratio) == (30.0, 20.0, 1.5)
    assert result.is_good


def test_a_ratio_above_its_goal_is_not_good() -> None:
    assert not compared(taking(50.0), taking(20.0)).is_good


def test_a_rate_is_inverted_so_that_smaller_is_better() -> None:
    result = compare_rates(taking(500.0), taking(2_000.0), rounds=3, goal=5.0, unit="rows/s", note="")
    assert (result.value, result.limit, result.ratio) == (500.0, 2_000.0, 4.0)
    assert result.is_good


def test_the_p99_of_rates_is_the_slow_end() -> None:
    rates = taking(0.0, 900.0, 100.0, 500.0)
    result = compare_rates(rates, taking(1_000.0), rounds=3, goal=5.0, unit="rows/s", note="")
    assert (result.p50, result.p99) == (500.0, 100.0)


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_fewer_than_three_rounds_are_refused(rounds: int) -> None:
    with pytest.raises(ValueError, match="three rounds"):
        compared(taking(1.0), taking(1.0), rounds)
    with pytest.raises(ValueError, match="three rounds"):
        compare_rates(taking(1.0), taking(1.0), rounds=rounds, goal=1.0, unit="", note="")


@pytest.mark.parametrize("effort", Effort)
def test_no_effort_is_less_than_three_rounds(effort: Effort) -> None:
    assert effort.rounds >= 3


def test_the_two_are_taken_in_turns_after_one_of_each_that_does_not_count() -> None:
    order: list[str] = []

    def sample(name: str, costs: Callable[[], float]) -> float:
        order.append(name)
        return costs()

    ours, limit = taking(1_000.0, *[3.0] * 15), taking(1_000.0, *[2.0] * 15)
    result = compared(lambda: sample("ours", ours), lambda: sample("limit", limit))
    assert order == ["ours", "limit"] + ["limit", "ours"] * 15
    assert (result.value, result.limit, result.n) == (3.0, 2.0, 15)


def test_one_disturbed_round_of_three_changes_neither_value_nor_limit() -> None:
    undisturbed, disturbed = [10.0] * 5, [90.0] * 5
    ours = taking(10.0, *undisturbed, *disturbed, *undisturbed)
    limit = taking(10.0, *disturbed, *undisturbed, *undisturbed)
    result = compared(ours, limit)
    assert (result.value, result.limit, result.p50, result.p99) == (10.0, 10.0, 10.0, 90.0)


def test_a_percentile_is_the_nearest_rank() -> None:
    hundred = [float(number) for number in range(100, 0, -1)]
    assert [percentile(hundred, percent) for percent in (1, 50, 99, 100)] == [1.0, 50.0, 99.0, 100.0]
    assert percentile([7.0], 99) == 7.0


def test_tails_are_compared_in_turns_and_by_the_median_of_the_rounds() -> None:
    order: list[str] = []

    @contextmanager
    def going_on() -> Iterator[None]:
        order.append("begins")
        yield
        order.append("ends")

    idle, busy = taking(1.0, *[4.0, 10.0] * 3), taking(4.0, 12.0, 4.0, 90.0, 4.0, 12.0)
    result = compare_tails(idle, busy, around=going_on, rounds=3, per_round=2, goal=1.25, unit="ms", note="")
    assert order == ["begins", "ends"] * 3
    assert (result.value, result.limit, result.ratio, result.n) == (12.0, 10.0, 1.2, 6)
    assert (result.p50, result.p99) == (4.0, 90.0)
    with pytest.raises(ValueError, match="three rounds"):
        compare_tails(idle, busy, around=going_on, rounds=2, per_round=2, goal=1.0, unit="ms", note="")


def test_every_path_that_has_a_goal_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.split() == [
        "scan_to_painted_line",
        "commit_of_a_sale",
        "cold_start",
        "pull_rate",
        "look_up",
        "search",
        "hub_to_till",
        "sale_to_hub",
        "drain",
        "snapshot_load",
        "paged_load",
        "load_memory",
        "sync_memory",
        "scan_while_loading",
        "sale_while_loading",
        "clean_sweep",
        "sale_while_updating",
        "sale_while_updating_postgresql",
        "scanner_frame_to_signal",
        "tender_to_printed_byte",
        "tender_to_drawer_pulse",
        "scan_under_device_chaos",
        "sale_under_device_chaos",
    ]


def test_one_that_fails_is_shown_and_the_others_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(_effort: Effort) -> Result:
        raise RuntimeError("the disk is full")

    def sound(_effort: Effort) -> Result:
        return compared(taking(1.0), taking(1.0))

    monkeypatch.setattr(runner, "BENCHMARKS", {"broken": broken, "sound": sound})
    assert main(["--json", str(tmp_path / "figures.json")]) == 1
    said = capsys.readouterr()
    assert "broken" in said.out
    assert "the disk is full" in said.err
    assert list(json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))) == ["sound"]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_runs_and_writes_its_figures(
    name: str, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    code = main([name, "--json", str(file)], Effort.TINY)
    written = json.loads(file.read_text(encoding="utf-8"))
    assert list(written) == [name]
    figures = written[name]
    assert list(figures) == KEYS
    assert figures["value"] > 0
    assert figures["limit"] > 0
    assert figures["n"] >= 3
    assert code == (0 if figures["ratio"] <= figures["goal"] else 1)
    assert name in capsys.readouterr().out


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["speed"])
    assert "commit_of_a_sale" in capsys.readouterr().err
