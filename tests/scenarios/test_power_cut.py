"""Power that goes right after a sale was done: with FULL it is there; with NORMAL this rig shows the loss."""

import multiprocessing
import sys
from contextlib import nullcontext
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.scenarios.power_cut import LosingDisk
from tests.store.builders import a_ledger, assert_chain, journal_of, sell
from till_app.domain.sale import Sale
from till_app.store import ledger as ledger_module
from till_app.store.sqlite_engine import Synchronous

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the rig stands on the VFS of POSIX systems")

SALES = 20


def _sell_until_the_power_goes(folder: Path, synchronous: str, answer: Connection) -> None:
    """After each sale that is done: the disk as a power cut would leave it now."""
    disk = LosingDisk(folder)
    disk.install()
    images = []
    weakened = patch.object(ledger_module, "Synchronous", _Weakened)
    with (
        weakened if synchronous == Synchronous.NORMAL else nullcontext(),
        a_ledger(folder / "ledger.sqlite") as ledger,
    ):
        for number in range(SALES):
            sell(ledger, f"sale-{number}")
            images.append(disk.images)
    answer.send(images)


class _Weakened:
    FULL = Synchronous.NORMAL


def _images(folder: Path, synchronous: Synchronous) -> list[dict[str, bytes]]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_sell_until_the_power_goes, args=(folder, str(synchronous), there))
    process.start()
    with here, there:
        assert here.poll(60)
        images: list[dict[str, bytes]] = here.recv()
    process.join()
    process.close()
    return images


def _sales_after(folder: Path, image: dict[str, bytes], number: int) -> list[Sale]:
    """What a till that starts from that disk finds. Raises when it finds no sound ledger."""
    disk = folder / f"disk-{number}"
    disk.mkdir()
    for name, content in image.items():
        if not name.endswith("-shm"):
            (disk / Path(name).name).write_bytes(content)
    with a_ledger(disk / "ledger.sqlite") as ledger:
        assert ledger.check() == "ok"
        entries = journal_of(ledger)
        assert_chain(entries)
        sales = list(ledger.latest_sales(SALES + 1))
        assert len([entry for entry in entries if entry.kind == "sale"]) == len(sales)
        return sales


def test_every_sale_that_was_done_is_on_the_disk_when_the_power_goes(tmp_path: Path) -> None:
    (tmp_path / "till").mkdir()
    images = _images(tmp_path / "till", Synchronous.FULL)
    found = [len(_sales_after(tmp_path, image, number)) for number, image in enumerate(images, 1)]
    assert found == list(range(1, SALES + 1))


def test_without_waiting_for_the_disk_the_rig_loses_sales(tmp_path: Path) -> None:
    (tmp_path / "till").mkdir()
    images = _images(tmp_path / "till", Synchronous.NORMAL)
    found = [len(_sales_after(tmp_path, image, number)) for number, image in enumerate(images, 1)]
    assert found[-1] < SALES
