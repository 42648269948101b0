"""`python -m tests.device_chaos`: a till with every device sells while they are unplugged, killed, stalled; 1
and words when a fact, a paper or a drawer is not as it must be."""

import argparse
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measure import percentile
from tests.device_chaos.run import run, sell_without_devices

_KINDS_OF_COUNTER = ((True, False), (False, True), (True, True), (False, False))
"""Whether printers print what they held, and whether the display is behind the printer."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.device_chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="how many runs")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--sales", type=int, default=200, help="of each run")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    delays_ms: list[float] = []
    with tempfile.TemporaryDirectory(prefix="till-chaos-") as name:
        alone_ms = sell_without_devices(Path(name) / "alone", options.sales)
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            folder = Path(name) / str(seed)
            folder.mkdir()
            resumes, display_behind_printer = _KINDS_OF_COUNTER[seed % len(_KINDS_OF_COUNTER)]
            try:
                report = run(
                    folder,
                    seed,
                    options.sales,
                    resumes=resumes,
                    display_behind_printer=display_behind_printer,
                )
            except (AssertionError, TimeoutError) as failed:
                print(f"seed {seed}:", flush=True)
                traceback.print_exception(failed)
                return 1
            print(report.words(), flush=True)
            delays_ms += report.delays_ms
    print(
        f"a sale's steps beside those of a till without devices: {_ratio(delays_ms, alone_ms, 50)} in the"
        f" middle, {_ratio(delays_ms, alone_ms, 99)} at 99 %"
    )
    return 0


def _ratio(ours_ms: Sequence[float], limit_ms: Sequence[float], percent: float) -> str:
    ours, limit = percentile(ours_ms, percent), percentile(limit_ms, percent)
    return f"{ours:.1f} ms / {limit:.1f} ms = {ours / limit:.1f}"


if __name__ == "__main__":
    sys.exit(main())
