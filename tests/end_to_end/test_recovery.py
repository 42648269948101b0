"""Lost disks, damaged ledgers and tills paired again, with the real hub: nothing lost, nothing doubled."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ExpectedLogs
from tests.end_to_end.shop import MILK, MINTS, admin, begin_day, open_shop, open_till, pair, sell
from tests.store.builders import assert_chain, journal_of
from till_app.bootstrap import Till
from till_app.domain.errors import DomainError
from till_app.hub.custody.journal_files import import_journal_file
from till_app.hub.server import RunningHub
from till_app.hub_link import HubLink
from till_app.rescue import RescueImpossible, rescue
from till_app.services.clock import SystemClock
from till_app.store.ledger_schema import LedgerDamaged
from till_app.till_files import TillFiles


def pairing_code(hub: RunningHub) -> str:
    code: str = admin(hub, "POST", "/v1/admin/pairing-codes").json()["code"]
    return code


def exchange(till: Till) -> None:
    """One round by hand, to its end."""
    till.load_catalogue()


def hub_sales(hub: RunningHub) -> list[str]:
    """The identity of every sale at the hub, of all tills."""
    assert hub.hub is not None
    with hub.hub.database.reading() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT sale_uuid FROM sale ORDER BY 1")]


def own_sales(till: Till) -> list[str]:
    return sorted(sale.uuid for sale in till.ledger.latest_sales(1000))


def test_a_revoked_till_is_paired_again_and_each_sale_is_at_the_hub_once(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, _):
        pair(till, hub)
        begin_day(till)
        sell(till, MILK)
        exchange(till)
        identity = till.ledger.identity()
        assert identity is not None
        admin(hub, "POST", f"/v1/admin/tills/{identity.till_id}/revoke")
        assert sell(till, MILK) == "1-000002"
        with pytest.raises(DomainError, match="unsent_facts"):
            till.pair(hub.url, pairing_code(hub), "Till")
        till.pair(hub.url, pairing_code(hub), "Till", export_to=tmp_path / "carried.jsonl")
        assert sell(till, MILK) == "2-000003"
        exchange(till)
        assert till.ledger.unsent().entries == 0
        assert hub_sales(hub) == own_sales(till)
        assert len(hub_sales(hub)) == 3
        assert till.hub_totals().quarantined == 0
        new = till.ledger.identity()
        assert new is not None
        assert_chain(journal_of(till.ledger), new.till_id)


def test_a_till_that_dies_between_pairing_and_its_new_chain_begins_it_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_shop(tmp_path) as hub:
        with open_till(tmp_path / "till") as (till, _):
            pair(till, hub)
            begin_day(till)
            sell(till, MILK)
            exchange(till)
            with monkeypatch.context() as broken:
                broken.setattr(HubLink, "connect", lambda _: pytest.fail("the power went"))
                with pytest.raises(pytest.fail.Exception, match="the power went"):
                    till.pair(hub.url, pairing_code(hub), "Till")
        with open_till(tmp_path / "till") as (till, _):
            begin_day(till)
            assert sell(till, MINTS) == "1-000002"
            exchange(till)
            assert sell(till, MINTS) == "2-000003"
            exchange(till)
            assert hub_sales(hub) == own_sales(till)
            assert till.hub_totals().quarantined == 0


def test_a_till_put_back_from_an_older_copy_reads_back_what_the_hub_has(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    with open_shop(tmp_path) as hub:
        with open_till(folder) as (till, _):
            pair(till, hub)
            begin_day(till)
            sell(till, MILK)
            exchange(till)
        shutil.copytree(folder, tmp_path / "copy")
        with open_till(folder) as (till, _):
            begin_day(till)
            sell(till, MILK)
            assert sell(till, MINTS) == "1-000003"
            exchange(till)
            journal = journal_of(till.ledger)
        shutil.rmtree(folder)
        (tmp_path / "copy").rename(folder)
        with open_till(folder) as (till, _):
            exchange(till)
            assert journal_of(till.ledger) == journal
            begin_day(till)
            assert sell(till, MILK) == "1-000004"
            exchange(till)
            assert hub_sales(hub) == own_sales(till)
            assert till.ledger.grand_total_minor() == till.hub_totals().gross_minor


def test_what_is_unsent_can_be_carried_to_the_hub_in_a_file(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, _):
        pair(till, hub)
        begin_day(till)
        exchange(till)
        sell(till, MILK)
        sell(till, MINTS)
        report = till.export_journal(tmp_path / "stick" / "journal.jsonl")
        assert (report.entries, report.sales) == (till.ledger.unsent().entries, 2)
        assert hub.hub is not None
        taken = import_journal_file(hub.hub.database, report.path, SystemClock().now())
        assert (taken.taken, taken.refused) == (report.entries, 0)
        assert hub_sales(hub) == own_sales(till)
        exchange(till)
        assert till.ledger.unsent().entries == 0
        assert till.hub_totals().transactions == 2


def damage(path: Path, table: str, column: str) -> None:
    """Overwrite one page in the middle of a table, as a dying disk does."""
    with closing(sqlite3.connect(path)) as connection:
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    content = bytearray(path.read_bytes())
    root = content[(page - 1) * page_bytes : page * page_bytes]
    cells = int.from_bytes(root[3:5], "big")
    assert root[0] == 5, column  # an inner page: its cells point to the leaves
    cell = int.from_bytes(root[12 + 2 * (cells // 2) : 14 + 2 * (cells // 2)], "big")
    leaf = int.from_bytes(root[cell : cell + 4], "big")
    content[(leaf - 1) * page_bytes : leaf * page_bytes] = b"\xff" * page_bytes
    path.write_bytes(content)


def a_busy_till(hub: RunningHub, folder: Path, unsent: int = 3) -> tuple[list[str], int]:
    """Its receipts' uuids and its grand total; all but the last few are at the hub."""
    with open_till(folder) as (till, _):
        pair(till, hub)
        begin_day(till)
        for _number in range(15):
            sell(till, MILK)
        exchange(till)
        for _number in range(unsent):
            sell(till, MINTS)
        return own_sales(till), till.ledger.grand_total_minor()


def test_a_damaged_ledger_is_made_whole_from_what_is_readable_and_from_the_hub(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    with open_shop(tmp_path) as hub:
        sales, grand_total_minor = a_busy_till(hub, files.folder)
        damage(files.ledger, "journal", "body")
        damaged = files.ledger.read_bytes()
        with pytest.raises(LedgerDamaged, match="--recover"):
            Till(files, *nothing())  # type: ignore[arg-type]
        assert files.ledger.read_bytes() == damaged
        report = rescue(files, SystemClock())
        assert (report.damaged / "ledger.sqlite").read_bytes() == damaged
        assert report.from_hub > 0
        assert report.hub_trouble == ""
        with open_till(files.folder) as (till, _):
            assert own_sales(till) == sales
            assert till.ledger.grand_total_minor() == grand_total_minor
            assert till.ledger.unsent().sales == 3
            begin_day(till)
            assert sell(till, MILK) == "1-000019"
            exchange(till)
            assert hub_sales(hub) == own_sales(till)
            assert till.hub_totals().quarantined == 0


def nothing() -> tuple[object, ...]:
    from till_app.bootstrap import Listeners
    from till_app.services.device_settings import DeviceSettings

    return DeviceSettings(), Listeners()


def test_a_gap_that_the_hub_may_fill_waits_for_the_hub(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the hub could not complete the ledger")
    files = TillFiles(tmp_path / "till")
    with open_shop(tmp_path) as hub:
        sales, _ = a_busy_till(hub, files.folder)
        damage(files.ledger, "journal", "body")
        damaged = files.ledger.read_bytes()
        hub.stop()
        with pytest.raises(RescueImpossible, match="cannot be asked"):
            rescue(files, SystemClock())
        assert files.ledger.read_bytes() == damaged
        hub.start()
        rescue(files, SystemClock())
        with open_till(files.folder) as (till, _):
            assert own_sales(till) == sales


def test_a_ledger_that_is_gone_comes_back_from_the_hub(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    with open_shop(tmp_path) as hub:
        sales, grand_total_minor = a_busy_till(hub, files.folder, unsent=0)
        files.ledger.write_bytes(b"\0" * 40_000)
        rescue(files, SystemClock())
        with open_till(files.folder) as (till, _):
            assert own_sales(till) == sales
            assert till.ledger.grand_total_minor() == grand_total_minor


def test_what_is_unsent_comes_back_from_the_daily_copy_of_a_lost_ledger(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    with open_shop(tmp_path) as hub:
        sales, _ = a_busy_till(hub, files.folder)
        with open_till(files.folder) as (till, _):
            till.ledger.back_up(files.ledger_backup)
        files.ledger.write_bytes(b"\0" * 40_000)
        rescue(files, SystemClock())
        with open_till(files.folder) as (till, _):
            assert own_sales(till) == sales
            assert till.ledger.unsent().sales == 3


def test_a_missing_log_after_a_crash_is_told_and_the_ledger_is_not_used(tmp_path: Path) -> None:
    files = TillFiles(tmp_path / "till")
    with open_shop(tmp_path) as hub, open_till(files.folder) as (till, _):
        pair(till, hub)
        begin_day(till)
        sell(till, MILK)
        shutil.copytree(files.folder, tmp_path / "as killed")
    killed = TillFiles(tmp_path / "as killed")
    killed.ledger.with_name("ledger.sqlite-wal").unlink()
    with pytest.raises(LedgerDamaged, match=r"ledger\.sqlite-wal is missing.*--recover"):
        Till(killed, *nothing())  # type: ignore[arg-type]


def test_the_z_report_says_where_its_sales_are_and_the_hub_agrees(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, _):
        pair(till, hub)
        begin_day(till)
        sell(till, MILK)
        sell(till, MILK)
        exchange(till)
        sell(till, MINTS)
        session = till.ledger.session()
        assert session is not None
        till.services.reporting.close_day({})
        document = till.services.reporting.last_document
        assert document is not None
        assert "3 sales, 2 at the hub, 1 to be sent, chain intact" in document.decode()
        comparison = till.check_session(session)
        assert (comparison.sales, comparison.sales_at_hub, comparison.is_equal) == (3, 2, False)
        exchange(till)
        comparison = till.check_session(session)
        assert (comparison.sales, comparison.sales_at_hub) == (3, 3)
        assert comparison.findings == ()
        assert comparison.is_equal
