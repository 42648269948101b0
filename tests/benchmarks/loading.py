"""A first load beside the bare work in it: by snapshot, by pages, its memory, and sales made meanwhile."""

import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

from tests.benchmarks.loading_hub import LoadingHub, bytecode_kept, loading_hub
from tests.benchmarks.measure import (
    LEAST_ROUNDS,
    Effort,
    Result,
    compare,
    compare_rates,
    percentile,
    timed_ms,
)
from tests.services.counter import ShopCounter, open_counter
from till_app.services.status import LoadProgress
from till_app.store.catalogue import SqliteCatalogue
from till_app.sync.first_load import FirstLoad, Loaded

MILLION, MANY, FEW, HANDFUL = 1_000_000, 100_000, 25_000, 60
_LOOK_S = 0.002
_MOST_MB = 100.0


def items_to_load(effort: Effort) -> int:
    return MILLION if effort is Effort.HUGE else effort.pick(MANY, FEW, HANDFUL)


def till_load(hub: LoadingHub, folder: Path) -> FirstLoad:
    folder.mkdir()
    return FirstLoad(hub.url, hub.token, folder / "catalogue.sqlite")


def until_loaded(load: FirstLoad) -> Path:
    while isinstance(state := load.poll(), LoadProgress):
        threading.Event().wait(_LOOK_S)
    assert isinstance(state, Loaded), state
    return state.path


def snapshot_load(effort: Effort) -> Result:
    items = items_to_load(effort)
    with (
        tempfile.TemporaryDirectory() as name,
        bytecode_kept(Path(name)),
        loading_hub(Path(name), items, has_snapshot=True) as hub,
    ):
        folder = Path(name)
        attempts = itertools.count(1)

        def ours() -> float:
            target = folder / f"till-{next(attempts)}"
            load = till_load(hub, target)
            with closing(SqliteCatalogue(target / "catalogue.sqlite")) as catalogue:

                def work() -> None:
                    load.start()
                    catalogue.swap_in(until_loaded(load), is_checked=True)

                cost_ms = timed_ms(work)
                assert catalogue.item_count() == items
                load.clear()
            return cost_ms

        def limit() -> float:
            url, file = f"{hub.url}/v1/snapshot/{hub.sha256}", folder / f"bare-{next(attempts)}"
            command = [sys.executable, "-m", "tests.benchmarks.bare_download", url, hub.token, str(file)]
            cost_ms = timed_ms(lambda: subprocess.run(command, check=True))
            file.unlink()
            return cost_ms

        return compare(
            ours,
            limit,
            rounds=effort.rounds,
            per_round=1,
            goal=2.0,
            unit="ms",
            note=f"{items:,} items, checked and swapped in; limit: the same bytes fetched, unpacked, written"
            " and synced by a process that is started for it, too",
        )


def paged_load(effort: Effort) -> Result:
    items = items_to_load(effort)
    with (
        tempfile.TemporaryDirectory() as name,
        bytecode_kept(Path(name)),
        loading_hub(Path(name), items, has_snapshot=False) as hub,
    ):
        folder = Path(name)
        attempts = itertools.count(1)
        # The first one waits for a snapshot; then the hub knows that it has none.
        load = till_load(hub, folder / "first")
        load.start()
        until_loaded(load)

        def ours() -> float:
            load = till_load(hub, folder / f"till-{next(attempts)}")

            def work() -> None:
                load.start()
                until_loaded(load)

            cost_ms = timed_ms(work)
            load.clear()
            return items / cost_ms * 1000

        def limit() -> float:
            path = folder / f"bare-{next(attempts)}.sqlite"
            command = [sys.executable, "-m", "tests.benchmarks.bare_rows", str(items), str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            path.unlink()
            return items / float(done.stdout) * 1000

        return compare_rates(
            ours,
            limit,
            rounds=LEAST_ROUNDS,
            goal=1 / 0.6,
            unit="rows/s",
            note=f"{items:,} items by pages over HTTP into a ready file; limit: executemany of the"
            " same rows in bare SQLite at the same priority, same indexes and full text",
        )


def load_memory(effort: Effort) -> Result:
    """Of the process, by pages, which takes more than a snapshot does."""
    items = items_to_load(effort)
    samples = []
    with (
        tempfile.TemporaryDirectory() as name,
        loading_hub(Path(name), items, has_snapshot=False) as hub,
    ):
        idle_mb = _idle_mb()
        for attempt in range(LEAST_ROUNDS):
            load = till_load(hub, Path(name) / f"till-{attempt}")
            load.start()
            peak_mb = 0.0
            while isinstance(load.poll(), LoadProgress):
                peak_mb = max(peak_mb, _peak_mb(load))
                threading.Event().wait(_LOOK_S)
            assert isinstance(load.poll(), Loaded)
            load.clear()
            samples.append(max(peak_mb - idle_mb, 0.1))
    value = statistics.median(samples)
    return Result(
        value=value,
        limit=_MOST_MB,
        ratio=value / _MOST_MB,
        goal=1.0,
        unit="MB",
        p50=value,
        p99=max(samples),
        n=len(samples),
        note=f"most resident memory of the process that loads {items:,} items by pages, over its"
        f" {idle_mb:.0f} MB when all is imported and nothing done; limit: 100 MB",
    )


def sale_while_loading(effort: Effort) -> Result:
    items = items_to_load(effort)
    sales = effort.pick(200, 60, 3)
    rounds = effort.rounds
    idle_p99s, loading_p99s, all_loading = [], [], []
    with (
        tempfile.TemporaryDirectory() as name,
        loading_hub(Path(name), items, has_snapshot=False, is_elsewhere=True) as hub,
        open_counter(Path(name), combine_lines=False) as counter,
    ):
        counter.begin_day()
        _sell(counter)
        for attempt in range(rounds):
            load = till_load(hub, Path(name) / f"till-{attempt}")
            idle = [_sell(counter) for _ in range(sales)]
            load.start()
            loading: list[float] = []
            while len(loading) < sales:
                if not isinstance(load.poll(), LoadProgress):
                    load.clear()
                    load.start()
                loading.append(_sell(counter))
            load.clear()
            idle_p99s.append(percentile(idle, 99))
            loading_p99s.append(percentile(loading, 99))
            all_loading.extend(loading)
    value, limit = statistics.median(loading_p99s), statistics.median(idle_p99s)
    return Result(
        value=value,
        limit=limit,
        ratio=value / limit,
        goal=1.25,
        unit="ms",
        p50=percentile(all_loading, 50),
        p99=percentile(all_loading, 99),
        n=len(all_loading),
        note=f"99th percentile of committing a sale while {items:,} items are loaded; limit: while none are",
    )


def _sell(counter: ShopCounter) -> float:
    for _ in range(4):
        counter.services.selling.scan("mints-old")
        counter.services.selling.scan("milk")
    counter.services.checkout.pay_cash(10_000)
    return timed_ms(counter.services.checkout.complete)


def _idle_mb() -> float:
    program = (
        "import till_app.first_load.work, till_app.first_load.pages\nprint(open('/proc/self/status').read())"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return _high_water_mb(done.stdout)


def _peak_mb(load: FirstLoad) -> float:
    process = load._process
    if process is None:
        return 0.0
    try:
        return _high_water_mb(Path(f"/proc/{process.pid}/status").read_text())
    except OSError:
        return 0.0


def _high_water_mb(status: str) -> float:
    found = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0].split()[1]) / 1024 if found else 0.0
