"""`python -m tests.benchmarks [NAME …] [--short] [--json FILE]`: ratios against limits of the same run."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.catalogue import look_up, search
from tests.benchmarks.measure import Effort, Result
from tests.benchmarks.pull import pull_rate
from tests.benchmarks.sale import commit_of_a_sale
from tests.benchmarks.screen import scan_to_painted_line
from tests.benchmarks.start import cold_start

BENCHMARKS: dict[str, Callable[[Effort], Result]] = {
    "scan_to_painted_line": scan_to_painted_line,
    "commit_of_a_sale": commit_of_a_sale,
    "cold_start": cold_start,
    "pull_rate": pull_rate,
    "look_up": look_up,
    "search": search,
}


def main(arguments: Sequence[str] | None = None, effort: Effort | None = None) -> int:
    """0 when every ratio is within its goal, 1 otherwise. `effort` overrules `--short`."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--short", action="store_true", help="fewer samples, still three rounds")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    effort = effort or (Effort.SHORT if options.short else Effort.FULL)
    print(f"load {load()}")
    print(
        f"{'':22}{'value':>11}{'limit':>11} {'unit':<7}{'ratio':>7}{'goal':>7}{'p50':>10}{'p99':>10}{'n':>7}"
    )
    results = {}
    for name in options.names or BENCHMARKS:
        result = BENCHMARKS[name](effort)
        results[name] = asdict(result)
        verdict = "" if result.is_good else "  over its goal"
        print(
            f"{name:22}{result.value:11.3f}{result.limit:11.3f} {result.unit:<7}{result.ratio:7.2f}"
            f"{result.goal:7.1f}{result.p50:10.3f}{result.p99:10.3f}{result.n:7}{verdict}",
            flush=True,
        )
        print(f"{'':22}{result.note}")
    print(f"load {load()}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if all(entry["ratio"] <= entry["goal"] for entry in results.values()) else 1


def load() -> str:
    """Of the last minute; a busy computer widens every figure, ratios less than others."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    sys.exit(main())
