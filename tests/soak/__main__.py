"""`python -m tests.soak`: many tills against one hub for minutes; 1 and words when a fact is lost."""

import argparse
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.soak.hub_place import HubPlace
from tests.soak.soak import Soak, SoakPlan

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--tills", type=int, default=50)
    parser.add_argument("--sales", type=int, default=10_000, help="of all tills together")
    parser.add_argument("--shops", type=int, default=5)
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL], default=SQLITE)
    parser.add_argument("--workers", type=int, default=2, help="processes of the hub; PostgreSQL only")
    parser.add_argument("--faults", type=float, default=0.05, help="share of requests that meet one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deadline-s", type=float, default=1_800.0)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    plan = SoakPlan(
        tills=options.tills,
        sales=options.sales,
        shops=options.shops,
        faults=options.faults,
        seed=options.seed,
        deadline_s=options.deadline_s,
    )
    print(f"{plan.tills} tills of {plan.shops} shops, {plan.sales:,} sales, {options.database}")
    print(f"load {os.getloadavg()[0]:.1f}", flush=True)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="till-soak-") as name,
            hub_place(options.database, Path(name), options.workers) as place,
        ):
            report = Soak(plan, place, Path(name)).run()
    except AssertionError as failed:
        traceback.print_exception(failed)
        return 1
    print(report.words())
    return 0


@contextmanager
def hub_place(database: str, folder: Path, workers: int) -> Iterator[HubPlace]:
    """An empty database, on a server of its own where it needs one."""
    data = folder / "hub"
    data.mkdir()
    if database == SQLITE:
        yield HubPlace(data / "hub.sqlite", data)
        return
    from tests.hub.postgres import PostgresServer

    with PostgresServer() as server:
        yield HubPlace(server.create("soak"), data, workers)


if __name__ == "__main__":
    sys.exit(main())
