"""Opening a ledger: made once, refused when it is newer, damaged or in use, copied before migrating."""

from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from tests.store.builders import a_ledger, assert_chain, journal_of, sell
from till_app.store import ledger_schema
from till_app.store.database import Database, DatabaseClosed
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_schema import (
    MIGRATIONS,
    REVISIONS,
    LedgerDamaged,
    LedgerInUse,
    LedgerTooNew,
    prepare,
)
from till_app.store.ledger_tables import metadata
from till_app.store.sqlite_engine import DRIVER, SqliteTooOld, Synchronous, require_sound_sqlite


def change(path: Path, statement: str) -> None:
    with closing(DRIVER.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def schema(connection: object) -> dict[str, str]:
    rows = connection.execute(  # type: ignore[attr-defined]  # the driver ships no types
        "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL"
    )
    return {name: "".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def test_migrations_make_just_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    SqliteLedger(tmp_path / "ledger.sqlite").close()
    engine = create_engine(f"sqlite+pysqlite:///{tmp_path / 'expected.sqlite'}", module=DRIVER)
    metadata.create_all(engine)
    engine.dispose()
    with (
        closing(DRIVER.connect(tmp_path / "ledger.sqlite")) as migrated,
        closing(DRIVER.connect(tmp_path / "expected.sqlite")) as expected,
    ):
        assert schema(migrated) == schema(expected)


def test_every_migration_is_known_to_the_program() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(step.revision for step in steps)[::-1] == REVISIONS


def test_a_ledger_opens_again_with_all_it_had(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        sale = sell(ledger, "sale-1")
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.sale("sale-1") == sale
        assert_chain(journal_of(ledger))


def test_a_newer_ledger_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    SqliteLedger(path).close()
    change(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(LedgerTooNew, match="newer version of this program"):
        SqliteLedger(path)
    assert path.read_bytes() == before


def test_an_older_ledger_is_copied_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    with a_ledger(path) as ledger:
        sell(ledger, "sale-1")
    monkeypatch.setattr(ledger_schema, "REVISIONS", (*REVISIONS, "next"))
    with closing(Database(path, Synchronous.FULL, wal_autocheckpoint_pages=0)) as database:
        prepare(database)
    with a_ledger(tmp_path / "ledger.sqlite.before-next") as copy:
        assert copy.sale("sale-1") is not None


def test_a_second_till_program_is_refused(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite"), pytest.raises(LedgerInUse, match="in use"):
        SqliteLedger(tmp_path / "ledger.sqlite")
    SqliteLedger(tmp_path / "ledger.sqlite").close()


def test_a_file_that_is_no_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"a shopping list " * 1000)
    for _ in range(2):
        with pytest.raises(LedgerDamaged):
            SqliteLedger(path)
    assert path.read_bytes() == b"a shopping list " * 1000


def test_a_damaged_page_is_found_at_the_opening(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with a_ledger(path) as ledger:
        for number in range(50):
            sell(ledger, f"sale-{number}")
    content = bytearray(path.read_bytes())
    with closing(DRIVER.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").fetchone()
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(LedgerDamaged, match="damaged"):
        SqliteLedger(path)


def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    ledger.close()
    ledger.close()
    with pytest.raises(DatabaseClosed):
        ledger.journal_head()
    with pytest.raises(DatabaseClosed), ledger.write():
        pass


def test_an_sqlite_that_can_damage_a_file_is_refused() -> None:
    require_sound_sqlite((3, 51, 3))
    with pytest.raises(SqliteTooOld, match=r"SQLite 3\.51\.2 .* install 3\.51\.3 or newer"):
        require_sound_sqlite((3, 51, 2))


def test_the_ledger_waits_for_the_disk_at_each_commit(tmp_path: Path) -> None:
    with (
        closing(Database(tmp_path / "a.sqlite", Synchronous.FULL, wal_autocheckpoint_pages=0)) as database,
        database.writing() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0
