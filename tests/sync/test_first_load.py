"""The process of a first load: it makes nobody wait, keeps its secret, and leaves what it has done."""

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ExpectedLogs
from tests.first_load.stub_hub import HttpStub, StubHub, items
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.readiness import require_ready
from till_app.services.status import LoadProgress
from till_app.sync.first_load import FirstLoad, Loaded, LoadFailed

TOKEN = "till-1.secret-of-this-till"
WAIT_S = 20.0
"""Within which what a test waits for must have happened."""
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class Till:
    def __init__(self, folder: Path, url: str) -> None:
        self.catalogue = folder / "catalogue.sqlite"
        self.load = FirstLoad(url, TOKEN, self.catalogue)

    def outcome(self) -> Loaded | LoadFailed:
        """Of a load that was started."""
        deadline = time.monotonic() + WAIT_S
        while isinstance(state := self.load.poll(), LoadProgress):
            assert time.monotonic() < deadline, "the load does not end"
            threading.Event().wait(0.01)
        return state

    @property
    def pid(self) -> int:
        assert self.load._process is not None
        return self.load._process.pid


@pytest.fixture
def stub(tmp_path: Path) -> Iterator[HttpStub]:
    hub = StubHub(items(300))
    hub.make_snapshot(tmp_path)
    with HttpStub(hub) as stub:
        yield stub


@pytest.fixture
def till(tmp_path: Path, stub: HttpStub) -> Iterator[Till]:
    till = Till(tmp_path, stub.url)
    yield till
    till.load.stop()


def hold_in_the_middle(stub: HttpStub, till: Till) -> int:
    """Start, and wait until half of the snapshot has been sent; how much that is."""
    stub.hold_after = len(stub.hub.packed) // 2
    till.load.start()
    assert stub.is_holding.wait(WAIT_S)
    return stub.hold_after


def test_a_load_ends_with_a_ready_file_beside_the_catalogue(till: Till) -> None:
    till.load.start()
    assert isinstance(till.load.poll(), LoadProgress)
    outcome = till.outcome()
    assert outcome == Loaded(till.catalogue.with_name("catalogue.sqlite.load") / "catalogue.ready")
    assert isinstance(outcome, Loaded)
    assert require_ready(outcome.path) == '["epoch-1","epoch-1:300",false,0]'
    assert till.load.poll() == outcome
    assert not till.load.is_under_way


def test_clearing_removes_all_that_a_load_left(till: Till) -> None:
    till.load.start()
    till.outcome()
    till.load.clear()
    assert not till.catalogue.with_name("catalogue.sqlite.load").exists()


def test_a_stopped_load_ends_at_once_and_goes_on_where_it_was(till: Till, stub: HttpStub) -> None:
    held = hold_in_the_middle(stub, till)
    began = time.monotonic()
    till.load.stop()
    assert time.monotonic() - began < 1.0
    assert not till.load.is_under_way
    stub.let_go()
    till.load.start()
    assert isinstance(till.outcome(), Loaded)
    ranges = [asked.range_header for asked in stub.asked if asked.path.startswith("/v1/snapshot/")]
    assert ranges[0] is None
    assert ranges[1] is None or 0 < int(ranges[1].removeprefix("bytes=").rstrip("-")) <= held


def test_a_killed_process_is_told_of_and_the_next_one_goes_on(
    till: Till, stub: HttpStub, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the first load's process ended with -9")
    hold_in_the_middle(stub, till)
    os.kill(till.pid, 9)
    assert till.outcome() == LoadFailed("load_failed", "the process ended with -9")
    stub.let_go()
    till.load.start()
    assert isinstance(till.outcome(), Loaded)


@LINUX_ONLY
def test_the_token_is_neither_an_argument_nor_in_the_environment(till: Till, stub: HttpStub) -> None:
    hold_in_the_middle(stub, till)
    told = [Path(f"/proc/{till.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    assert all(b"secret" not in each for each in told)
    folder = till.catalogue.with_name("catalogue.sqlite.load")
    assert all(b"secret" not in path.read_bytes() for path in folder.iterdir())
    assert folder.stat().st_mode & 0o777 == 0o700


@LINUX_ONLY
def test_the_process_has_a_lower_priority(till: Till, stub: HttpStub) -> None:
    hold_in_the_middle(stub, till)
    assert os.getpriority(os.PRIO_PROCESS, till.pid) >= 15


@LINUX_ONLY
def test_the_process_dies_with_its_parent(stub: HttpStub, tmp_path: Path) -> None:
    stub.hold_after = len(stub.hub.packed) // 2
    program = (
        "import sys; from pathlib import Path; from till_app.sync.first_load import FirstLoad\n"
        f"load = FirstLoad({stub.url!r}, 'token', Path({str(tmp_path / 'catalogue.sqlite')!r}))\n"
        "load.start(); print(load._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        assert stub.is_holding.wait(WAIT_S)
        parent.kill()
    try:
        ended, _, _ = select.select([child], [], [], WAIT_S)
    finally:
        os.close(child)
    assert ended == [child]


def test_a_load_without_much_of_what_is_sold_waits_for_a_person(till: Till) -> None:
    with CatalogueBuilder(till.catalogue) as builder:
        builder.add(items(500))
        builder.finish("")
    till.load.start()
    assert till.outcome() == LoadFailed("mass_removal", "200 of 500 items would go")
    till.load.start(removal_accepted=True)
    assert isinstance(till.outcome(), Loaded)


def test_a_hub_that_says_no_is_told_as_such(till: Till, stub: HttpStub) -> None:
    stub.refuse_with = "revoked"
    till.load.start()
    assert till.outcome() == LoadFailed("revoked", "no", is_refusal=True)


def test_a_hub_out_of_reach_is_told_as_such(tmp_path: Path) -> None:
    till = Till(tmp_path, "http://127.0.0.1:9")
    till.load.start()
    outcome = till.outcome()
    assert isinstance(outcome, LoadFailed)
    assert (outcome.code, outcome.is_refusal) == ("no_connection", False)


def test_where_no_process_can_be_started_the_load_fails_and_nothing_is_raised(tmp_path: Path) -> None:
    load = FirstLoad("http://127.0.0.1:9", TOKEN, tmp_path / "catalogue.sqlite", command=["/no/such/program"])
    load.start()
    outcome = load.poll()
    assert isinstance(outcome, LoadFailed)
    assert (outcome.code, load.is_under_way) == ("load_failed", False)
