"""Checks the whole checkout: style, import rules, types, all tests.

Every step runs, whatever failed before it, so that one run shows every fault.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import bootstrap_env
import system_libraries
from plain_errors import run_command

# The code of the two commands and their helpers is checked like the rest.
CHECKED = ["till_app", "hardware", "tests", "packaging"]
LEFT_OUT_BY_FAST = ["tests/end_to_end", "tests/benchmarks"]

_CLOSING_LINE = re.compile(
    r"\d+ (?:passed|failed|errors?|deselected|skipped|warnings?)\b.* in \d|no tests ran in"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Outcome:
    step: str
    duration_s: float
    passed: bool
    closing_line: str = ""
    """The tests' own summary."""


def main() -> int:
    options = _parse_arguments()
    started = time.monotonic()
    python = bootstrap_env.prepare_environment()
    system_libraries.require_qt(python, ["offscreen"])
    os.chdir(bootstrap_env.CHECKOUT)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    outcomes = [Outcome("environment", time.monotonic() - started, passed=True)]
    outcomes += _run_static_checks(python)
    left_out = LEFT_OUT_BY_FAST if options.fast else []
    outcomes.append(_run_tests(python, left_out))
    _print_table(outcomes, left_out, time.monotonic() - started)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check style, import rules and types, and run all tests.")
    parser.add_argument(
        "--fast", action="store_true", help=f"leave out {' and '.join(LEFT_OUT_BY_FAST)}, and say so"
    )
    return parser.parse_args()


def _run_static_checks(python: Path) -> list[Outcome]:
    """Two at a time: types take about as long as all the others together."""
    lint_imports = "from importlinter.cli import lint_imports_command as run; run(['--no-logo'])"
    steps = {
        "types": [str(python), "-m", "mypy", "--strict", *CHECKED],
        "format": [str(python), "-m", "ruff", "format", "--check", *CHECKED],
        "lint": [str(python), "-m", "ruff", "check", *CHECKED],
        "import rules": [str(python), "-c", lint_imports],
    }
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(_run_quietly, steps.keys(), steps.values()))


def _run_quietly(step: str, command: Sequence[str]) -> Outcome:
    """Shows what the step said only if it failed."""
    started = time.monotonic()
    finished = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    outcome = Outcome(step, time.monotonic() - started, finished.returncode == 0)
    report = f"{step}: {_verdict(outcome)} ({outcome.duration_s:.1f} s)"
    # One write, for two steps run side by side.
    print(report if outcome.passed else f"{report}\n{finished.stdout.rstrip()}\n", flush=True)
    return outcome


def _run_tests(python: Path, left_out: Iterable[str]) -> Outcome:
    """In parallel over all cores, shown as they run."""
    started = time.monotonic()
    workers = max(2, os.cpu_count() or 1)
    command = [str(python), "-m", "pytest", "-q", "-n", str(workers), "--dist", "worksteal"]
    command += [f"--ignore={folder}" for folder in left_out]
    if sys.stdout.isatty():
        command.append("--color=yes")
    print("tests:", flush=True)
    closing_line = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
    ) as tests:
        assert tests.stdout is not None
        for line in tests.stdout:
            print(line, end="", flush=True)
            plain = _COLOUR.sub("", line).strip("= \n")
            if _CLOSING_LINE.search(plain):
                closing_line = plain
    return Outcome("tests", time.monotonic() - started, tests.returncode == 0, closing_line)


def _print_table(outcomes: Sequence[Outcome], left_out: Sequence[str], total_s: float) -> None:
    print(f"\n{'step':<14}{'seconds':>9}  result")
    for outcome in outcomes:
        print(f"{outcome.step:<14}{outcome.duration_s:>9.1f}  {_verdict(outcome)}")
    print(f"{'all':<14}{total_s:>9.1f}  {'ok' if all(o.passed for o in outcomes) else 'FAILED'}")
    if left_out:
        print(f"Left out because of --fast: {', '.join(left_out)}. Run it whole before you hand over.")
    print(outcomes[-1].closing_line or "The tests ended without a summary.")


def _verdict(outcome: Outcome) -> str:
    return "ok" if outcome.passed else "FAILED"


if __name__ == "__main__":
    run_command(main)
