"""A hub in a process of its own with a long feed, as the benchmarks of loading ask it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import insert, update

from tests.benchmarks.catalogue import some_items
from till_app.catalogue_file.values import record_of
from till_app.domain.catalogue import Item
from till_app.hub.feed import encode_record
from till_app.hub.hub import open_hub, utc_now
from till_app.hub.snapshot_build import build_snapshot, work_name
from till_app.hub.tables import feed, hub_state
from till_app.hub.tills import new_pairing_code, pair, till_of_token
from till_app.wire.exchange import PairRequest

_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class LoadingHub:
    url: str
    token: str
    sha256: str
    """Of its snapshot; empty when it makes none."""


@contextlib.contextmanager
def bytecode_kept(folder: Path) -> Iterator[None]:
    """For the processes started meanwhile: a till compiles its sources at its first start only."""
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def loading_hub(
    folder: Path, items: int, *, has_snapshot: bool, is_elsewhere: bool = False
) -> Iterator[LoadingHub]:
    """`has_snapshot`: it is ready; else the hub's builds fail, so that tills read pages. `is_elsewhere`: it
    is to weigh as little as a hub on another computer does."""
    database = folder / "hub.sqlite"
    token, sha256 = _prepared(database, items, has_snapshot=has_snapshot)
    command = [sys.executable, "-m", "till_app.hub", "serve", "--port", "0", "--until-input-ends"]
    with subprocess.Popen(
        [*command, "--database", str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            ready = msgspec.json.decode(process.stdout.readline(), type=dict[str, str])
            if is_elsewhere and sys.platform != "win32":
                os.setpriority(os.PRIO_PROCESS, process.pid, 19)
            yield LoadingHub(ready["url"], token, sha256)
        finally:
            process.stdin.close()
            process.wait()


def _prepared(database: Path, items: int, *, has_snapshot: bool) -> tuple[str, str]:
    hub = open_hub(database)
    try:
        with hub.database.writing() as connection:
            every = list(enumerate(some_items(items), 1))
            for start in range(0, items, _ROWS_AT_ONCE):
                rows = [_feed_row(seq, item) for seq, item in every[start : start + _ROWS_AT_ONCE]]
                connection.execute(insert(feed), rows)
            connection.execute(update(hub_state).values(feed_seq=items))
            code, _ = new_pairing_code(connection, utc_now())
            answer = pair(connection, PairRequest(code, "Till 1"), utc_now())
            assert answer is not None
            scope = till_of_token(connection, answer.token).shop_id
        folder = hub.files.path("snapshots")
        if not has_snapshot:
            folder.mkdir()
            (folder / f"{work_name(scope)}.building").write_text("in the way of every build")
            return answer.token, ""
        build_snapshot(hub.database, scope, folder)
        (made,) = folder.glob("*.zst")
        return answer.token, made.stem
    finally:
        hub.close()


def _feed_row(seq: int, item: Item) -> dict[str, object]:
    return {
        "seq": seq,
        "kind": "item",
        "record_id": item.item_id,
        "scope": "",
        "gone": False,
        "payload": encode_record(record_of(item)),
    }
