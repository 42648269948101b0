"""How much the exchange with the hub adds to a till's memory: a drain, a first load, a comparison."""

import json
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.benchmarks.drain import a_fact
from tests.benchmarks.loading import items_to_load
from tests.benchmarks.loading_hub import loading_hub
from tests.benchmarks.measure import LEAST_ROUNDS, Effort, Result
from till_app.services.ports import TillIdentity
from till_app.store.ledger import SqliteLedger

MANY, FEW, HANDFUL = 10_000, 2_000, 20
MOST_MB = 100.0


def sync_memory(effort: Effort) -> Result:
    items, sales = items_to_load(effort), effort.pick(MANY, FEW, HANDFUL)
    samples, each = [], []
    for _ in range(LEAST_ROUNDS):
        with (
            tempfile.TemporaryDirectory() as name,
            loading_hub(Path(name), items, has_snapshot=True) as hub,
        ):
            till = Path(name) / "till"
            till.mkdir()
            _queue(till / "ledger.sqlite", hub.token.partition(".")[0], sales)
            command = [sys.executable, "-m", "tests.benchmarks.sync_memory_process"]
            done = subprocess.run(
                [*command, hub.url, hub.token, str(till)], check=True, capture_output=True, text=True
            )
            figures: dict[str, float] = json.loads(done.stdout)
            each.append(figures)
            samples.append(max(figures["exchange"], figures["check"]))
    value = statistics.median(samples)
    exchange, check = (statistics.median(one[name] for one in each) for name in ("exchange", "check"))
    return Result(
        value=value,
        limit=MOST_MB,
        ratio=value / MOST_MB,
        goal=1.0,
        unit="MB",
        p50=value,
        p99=max(samples),
        n=len(samples),
        note=f"most resident memory of a till over its {each[0]['idle']:.0f} MB before the exchange:"
        f" {exchange:.0f} MB while {sales:,} sales are sent and {items:,} items loaded beside it,"
        f" {check:.0f} MB while all are compared; limit: 100 MB",
    )


def _queue(path: Path, till_id: str, sales: int) -> None:
    with closing(SqliteLedger(path)) as ledger:
        ledger.set_identity(TillIdentity(till_id, "1", "Till 1"))
        with ledger.write() as write:
            for counter in range(1, sales + 1):
                write.record(a_fact("1", 1, counter))
            write.commit()
