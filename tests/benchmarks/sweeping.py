"""What a comparison of the whole catalogue with the hub's moves over the wire when nothing differs."""

import statistics
import tempfile
import threading
from contextlib import ExitStack, closing
from pathlib import Path

from tests.benchmarks.loading import items_to_load, until_loaded
from tests.benchmarks.loading_hub import loading_hub
from tests.benchmarks.measure import LEAST_ROUNDS, Effort, Result
from tests.sync.counting_relay import CountingRelay
from till_app.services.clock import SystemClock
from till_app.services.errors import HubUnreachable
from till_app.services.status import CheckReport
from till_app.store.catalogue import SqliteCatalogue
from till_app.sync.first_load import FirstLoad
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.sweep import Sweep

GOAL = 0.01
_ASK_AGAIN_S = 0.2


def clean_sweep(effort: Effort) -> Result:
    items = items_to_load(effort)
    samples = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hub = stack.enter_context(loading_hub(folder, items, has_snapshot=True))
        relay = stack.enter_context(CountingRelay(hub.url))
        till = folder / "till"
        till.mkdir()
        load = FirstLoad(relay.url, hub.token, till / "catalogue.sqlite")
        load.start()
        catalogue = stack.enter_context(closing(SqliteCatalogue(till / "catalogue.sqlite")))
        catalogue.swap_in(until_loaded(load), is_checked=True)
        load.clear()
        whole_kb = relay.bytes_passed / 1_000
        api = stack.enter_context(closing(HttpHubApi(relay.url, hub.token)))
        for _ in range(LEAST_ROUNDS):
            before = relay.bytes_passed
            report = _compared(api, catalogue)
            assert (report.compared, report.different, report.error_code) == (items, 0, "")
            samples.append((relay.bytes_passed - before) / 1_000)
    value = statistics.median(samples)
    return Result(
        value=value,
        limit=whole_kb,
        ratio=value / whole_kb,
        goal=GOAL,
        unit="kB",
        p50=value,
        p99=max(samples),
        n=len(samples),
        note=f"both ways, comparing {items:,} items of which none differs; limit: their compressed snapshot",
    )


def _compared(hub: HttpHubApi, catalogue: SqliteCatalogue) -> CheckReport:
    """A hub that has no sums yet is asked again, as the till does."""
    sweep = Sweep(hub, catalogue, SystemClock())
    sweep.begin()
    report = None
    while report is None:
        try:
            _, report = sweep.step()
        except HubUnreachable as error:
            threading.Event().wait(error.retry_after_s or _ASK_AGAIN_S)
            sweep.begin()
    return report
