"""The ledger is copied into its file and aside while nobody sells, and never in a sale's way."""

import os
from pathlib import Path

from tests.conftest import ExpectedLogs
from tests.store.builders import a_ledger, journal_of, sell
from till_app.store.ledger_keeper import BACKUP_EVERY_S, IDLE_S, LedgerKeeper

NOON_S = 1_795_600_000.0


class Clocks:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def monotonic(self) -> float:
        return self.now_s

    def wall(self) -> float:
        return NOON_S + self.now_s


def look_until_idle(keeper: LedgerKeeper, clocks: Clocks) -> None:
    keeper.look()
    clocks.now_s += IDLE_S
    keeper.look()


def test_a_copy_is_made_once_a_day_and_only_while_nobody_sells(tmp_path: Path) -> None:
    backup = tmp_path / "ledger.backup.sqlite"
    clocks = Clocks()
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        keeper = LedgerKeeper(ledger, backup, monotonic=clocks.monotonic, wall_clock=clocks.wall)
        for number in range(3):
            sell(ledger, f"sale-{number}")
            keeper.look()
            clocks.now_s += IDLE_S / 2
        assert not backup.exists()
        look_until_idle(keeper, clocks)
        assert backup.exists()
        os.utime(backup, (clocks.wall(), clocks.wall()))
        sell(ledger, "later")
        look_until_idle(keeper, clocks)
        with a_ledger(backup) as copy:
            assert len(journal_of(copy)) == 4
        clocks.now_s += BACKUP_EVERY_S
        keeper.look()
        backup_lock = backup.with_name(backup.name + ".lock")
        backup_lock.unlink()
        with a_ledger(backup) as copy:
            assert journal_of(copy) == journal_of(ledger)


def test_the_log_is_in_the_file_when_nobody_sold_for_a_while(tmp_path: Path) -> None:
    clocks = Clocks()
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        keeper = LedgerKeeper(
            ledger, tmp_path / "copy.sqlite", monotonic=clocks.monotonic, wall_clock=clocks.wall
        )
        sell(ledger, "sale-1")
        alone = tmp_path / "alone.sqlite"
        look_until_idle(keeper, clocks)
        alone.write_bytes((tmp_path / "ledger.sqlite").read_bytes())
        with a_ledger(alone) as copy:
            assert copy.sale("sale-1") is not None


def test_the_thread_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        keeper = LedgerKeeper(ledger, tmp_path / "copy.sqlite")
        keeper.start()
        keeper.stop()
        keeper.stop()


def test_damage_is_found_the_same_day_and_the_good_copy_is_kept(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    path, backup = tmp_path / "ledger.sqlite", tmp_path / "copy.sqlite"
    with a_ledger(path) as ledger:
        for number in range(40):
            sell(ledger, f"sale-{number}")
    clocks = Clocks()
    with a_ledger(path) as ledger:
        keeper = LedgerKeeper(ledger, backup, monotonic=clocks.monotonic, wall_clock=clocks.wall)
        look_until_idle(keeper, clocks)
        good = backup.read_bytes()
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(b"\xff" * (path.stat().st_size // 3))
        assert ledger.last_check == "ok"
        clocks.now_s += BACKUP_EVERY_S
        look_until_idle(keeper, clocks)
        assert ledger.last_check != "ok"
    assert backup.read_bytes() == good
    expected_logs.expect("the ledger is damaged")
