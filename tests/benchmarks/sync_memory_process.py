"""`python -m tests.benchmarks.sync_memory_process URL TOKEN FOLDER`: one till's exchange with its hub and the
resident memory that it takes at most, in MB, as JSON. For Linux, which tells it and lets it be told anew."""

import json
import sys
import threading
import time
from pathlib import Path

from till_app.services.clock import SystemClock
from till_app.services.status import LinkState
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger
from till_app.sync.checking import Checking
from till_app.sync.cycle import SyncCycle
from till_app.sync.first_load import FirstLoad
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.loading import Loading
from till_app.sync.sweep import Sweep

_STATUS, _FORGET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def main(url: str, token: str, folder: Path) -> None:
    clock = SystemClock()
    ledger = SqliteLedger(folder / "ledger.sqlite")
    catalogue = SqliteCatalogue(folder / "catalogue.sqlite")
    hub = HttpHubApi(url, token)
    checking = Checking(Sweep(hub, catalogue, clock), time.monotonic)
    cycle = SyncCycle(
        hub,
        ledger,
        catalogue,
        clock,
        app_version="1",
        on_status=lambda status: None,
        on_catalogue=lambda change: None,
        loading=Loading(FirstLoad(url, token, folder / "catalogue.sqlite"), catalogue, time.monotonic),
        checking=checking,
    )
    idle_mb = _megabytes("VmRSS")
    _FORGET_PEAK.write_text("5")
    while ledger.unsent().entries or not catalogue.item_count():
        _round(cycle)
    exchange_mb = _megabytes("VmHWM") - idle_mb
    _FORGET_PEAK.write_text("5")
    cycle.check_everything()
    while checking.report is None:
        _round(cycle)
    report = checking.report
    assert (report.different, report.error_code) == (0, ""), report
    check_mb = _megabytes("VmHWM") - idle_mb
    cycle.stop()
    cycle.end()
    catalogue.close()
    ledger.close()
    sys.stdout.write(json.dumps({"idle": idle_mb, "exchange": exchange_mb, "check": check_mb}))


def _round(cycle: SyncCycle) -> None:
    """A hub that has no sums to compare with yet is asked again."""
    wait = cycle.run()
    assert cycle.status.state in (LinkState.ONLINE, LinkState.OFFLINE), cycle.status
    threading.Event().wait(min(wait.full_s, 0.25))


def _megabytes(name: str) -> float:
    (line,) = (line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
