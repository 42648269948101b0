"""Cold start: a fresh process until the till takes a scan, beside one that only paints a bare window."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.catalogue import PAGE, some_items
from tests.benchmarks.measure import Effort, Result, compare
from tests.services.counter import open_counter
from tests.ui.till_fixture import fill_shop
from till_app.till_files import Pairing, TillFiles, save_pairing

ITEMS = 2_000
NO_HUB = "http://127.0.0.1:9"
"""Nobody listens there: a till starts the same with its hub gone."""
LINE_TIMEOUT_S = 60.0


GOAL = 2.0
"""Beyond the libraries: some hundred and fifty modules of ours, two databases checked and opened, the sell
screen built and painted. None of it can wait until the till takes a scan."""


def cold_start(effort: Effort) -> Result:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        items = effort.pick(ITEMS, ITEMS, 20)
        fill_data_folder(Path(folder), items)
        return compare(
            lambda: started_ms(bytecode, "till", folder),
            lambda: started_ms(bytecode, "bare"),
            rounds=effort.rounds,
            per_round=effort.pick(5, 1, 1),
            goal=GOAL,
            unit="ms",
            note=f"process start to the painted sell screen over {items:,} items, hub gone;"
            " limit: the same libraries imported and a bare window painted",
        )


def fill_data_folder(folder: Path, items: int) -> None:
    """As a till has it in the middle of its day, signed off."""
    with open_counter(folder) as counter:
        fill_shop(counter)
        goods = some_items(items)
        for start in range(0, items, PAGE):
            counter.catalogue.apply(goods[start : start + PAGE], f"epoch:{start + PAGE}")
        counter.begin_day()
    save_pairing(TillFiles(folder).pairing, Pairing(NO_HUB, "hub", "token"))


def started_ms(bytecode: str, *arguments: str) -> float:
    """From the creation of the process to the line that it prints; its end is not counted.

    `bytecode` is where Python keeps what it compiled: a till compiles its sources at its first start only.
    """
    command = [sys.executable, "-m", "tests.benchmarks.start_process", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = bytecode
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=pipe, stdin=nothing, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        cost_ms = (time.perf_counter() - began) * 1000
        code = process.wait(LINE_TIMEOUT_S)
    if line != "ready\n" or code:
        raise RuntimeError(f"{' '.join(command)} ended with {code} and said {line!r}")
    return cost_ms
