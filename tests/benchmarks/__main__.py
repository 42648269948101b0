"""`python -m tests.benchmarks [NAME …] [--short|--huge|--list]`: ratios to limits of the same run."""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.catalogue import look_up, search
from tests.benchmarks.device_chaos import sale_under_device_chaos, scan_under_device_chaos
from tests.benchmarks.devices import scanner_frame_to_signal, tender_to_drawer_pulse, tender_to_printed_byte
from tests.benchmarks.drain import drain
from tests.benchmarks.live import hub_to_till, sale_to_hub
from tests.benchmarks.loading import load_memory, paged_load, sale_while_loading, snapshot_load
from tests.benchmarks.measure import Effort, Result
from tests.benchmarks.pull import pull_rate
from tests.benchmarks.sale import commit_of_a_sale
from tests.benchmarks.screen import scan_to_painted_line
from tests.benchmarks.screen_loading import scan_while_loading
from tests.benchmarks.start import cold_start
from tests.benchmarks.sweeping import clean_sweep
from tests.benchmarks.sync_memory import sync_memory
from tests.benchmarks.updating import sale_while_updating, sale_while_updating_postgresql

BENCHMARKS: dict[str, Callable[[Effort], Result]] = {
    "scan_to_painted_line": scan_to_painted_line,
    "commit_of_a_sale": commit_of_a_sale,
    "cold_start": cold_start,
    "pull_rate": pull_rate,
    "look_up": look_up,
    "search": search,
    "hub_to_till": hub_to_till,
    "sale_to_hub": sale_to_hub,
    "drain": drain,
    "snapshot_load": snapshot_load,
    "paged_load": paged_load,
    "load_memory": load_memory,
    "sync_memory": sync_memory,
    "scan_while_loading": scan_while_loading,
    "sale_while_loading": sale_while_loading,
    "clean_sweep": clean_sweep,
    "sale_while_updating": sale_while_updating,
    "sale_while_updating_postgresql": sale_while_updating_postgresql,
    "scanner_frame_to_signal": scanner_frame_to_signal,
    "tender_to_printed_byte": tender_to_printed_byte,
    "tender_to_drawer_pulse": tender_to_drawer_pulse,
    "scan_under_device_chaos": scan_under_device_chaos,
    "sale_under_device_chaos": sale_under_device_chaos,
}

_NAME = 32
"""Columns for a name."""
_HEADINGS = "      value      limit unit         ratio      goal       p50       p99     n"


def main(arguments: Sequence[str] | None = None, effort: Effort | None = None) -> int:
    """0 when every ratio is within its goal, 1 otherwise. `effort` overrules `--short`."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument("--short", action="store_true", help="fewer samples, still three rounds")
    how_much.add_argument("--huge", action="store_true", help="a million items where loading is measured")
    how_much.add_argument("--list", action="store_true", help="the names, and nothing is measured")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(BENCHMARKS))
        return 0
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    chosen = Effort.SHORT if options.short else Effort.HUGE if options.huge else Effort.FULL
    results = _measured(options.names or list(BENCHMARKS), effort or chosen)
    if options.json:
        written = {name: asdict(result) for name, result in results.items() if result is not None}
        options.json.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return 0 if all(result is not None and result.is_good for result in results.values()) else 1


def _measured(names: Sequence[str], effort: Effort) -> dict[str, Result | None]:
    """None for one that failed: the others are measured all the same."""
    print(" " * _NAME + _HEADINGS)
    results: dict[str, Result | None] = {}
    for name in names:
        results[name] = None
        try:
            result = results[name] = BENCHMARKS[name](effort)
        except Exception:
            print(f"{name:{_NAME}} failed", flush=True)
            traceback.print_exc()
            continue
        verdict = "" if result.is_good else "  over its goal"
        print(
            f"{name:{_NAME}}{result.value:11.3f}{result.limit:11.3f} {result.unit:<8}{result.ratio:10.3g}"
            f"{result.goal:10.3g}{result.p50:10.3f}{result.p99:10.3f}{result.n:6}{verdict}"
        )
        print(f"{'':{_NAME}}{result.note}; load {load()}", flush=True)
    return results


def load() -> str:
    """Of the last minute; a busy computer widens every figure, ratios less than others."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    sys.exit(main())
