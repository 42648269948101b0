"""Starting the till where something stands in the way: one plain sentence, and nothing is lost."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from till_app.bootstrap import why_not
from till_app.demo.hub_process import HubFailed
from till_app.demo.shop import forget, the_only_one_in
from till_app.devices.printing import TillPrinting
from till_app.services.device_settings import DeviceSettings
from till_app.services.ports import JobKind, JobState, LedgerUnavailable, PrintJob
from till_app.store.instance_lock import InstanceLock
from till_app.store.ledger import SqliteLedger
from till_app.till_files import PairingDamaged, TillFiles, load_pairing


def start(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("module", ["till_app", "till_app.demo"])
def test_a_folder_that_cannot_be_used_is_said_in_one_sentence(module: str, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    done = start(module, "--data", str(taken))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{taken} cannot be used: ")
    assert len(done.stderr.splitlines()) == 1
    assert taken.read_text() == "a file"


def test_a_second_demo_shop_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with the_only_one_in(tmp_path), pytest.raises(HubFailed, match="open already"), the_only_one_in(tmp_path):
        pass
    with the_only_one_in(tmp_path):
        pass


def test_beginning_anew_removes_only_what_the_demo_shop_made(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    files.folder.mkdir()
    (tmp_path / "hub").mkdir()
    for made in (files.ledger, files.catalogue, files.pairing, tmp_path / "hub" / "hub.sqlite"):
        made.write_text("old")
    for kept in (files.devices, tmp_path / "photos.zip"):
        kept.write_text("mine")
    forget(tmp_path)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"devices.json", "photos.zip", "ledger.sqlite.lock"}


def test_beginning_anew_is_refused_while_a_till_is_open_there(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    files.folder.mkdir()
    files.ledger.write_text("sales")
    lock = InstanceLock(files.ledger_lock)
    try:
        with pytest.raises(HubFailed, match="open already"):
            forget(tmp_path)
    finally:
        lock.release()
    assert files.ledger.read_text() == "sales"


def test_a_damaged_pairing_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "pairing.json").write_text('{"hub_url": ')
    with pytest.raises(PairingDamaged, match="pair this till again"):
        load_pairing(tmp_path / "pairing.json")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            LedgerUnavailable("disk_full"),
            "The disk is full. Free some space and start again; nothing was lost.",
        ),
        (
            LedgerUnavailable("disk_failed", "disk I/O error"),
            "The till's databases cannot be used: disk I/O error.",
        ),
        (
            OSError(errno.EACCES, "Permission denied", "/data/till"),
            "/data/till cannot be used: Permission denied.",
        ),
    ],
)
def test_why_it_cannot_start_is_a_plain_sentence(error: Exception, sentence: str) -> None:
    assert why_not(error) == sentence


class FullDisk(SqliteLedger):
    """It still reads, and takes no mark."""

    def mark(self, job_id: str, state: JobState, reason: str = "", *, by_printer: str = "") -> None:
        raise LedgerUnavailable("disk_full")


def test_a_full_disk_behind_a_committed_sale_is_no_failure_of_the_sale(tmp_path: Path) -> None:
    ledger = FullDisk(tmp_path / "ledger.sqlite")
    with ledger.write() as write:
        write.add_print_job(
            PrintJob("1", JobKind.RECEIPT, "Receipt 1-000001", b"{}", "2026-11-24T16:20:00.000000Z")
        )
        write.commit()
    without_printer = TillPrinting(
        DeviceSettings(),
        ledger,
        on_status=lambda _status: None,
        on_health=lambda _health: None,
        on_drawer=lambda _event: None,
    )
    without_printer.wake()
    assert [job.job_id for job in ledger.open_jobs()] == ["1"]
    ledger.close()
