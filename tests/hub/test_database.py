"""The schema's version, the writer, the files beside the database."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text, update

from till_app.hub import tables
from till_app.hub.database import HEAD_REVISION, Database, DatabaseRefused, sqlite_url
from till_app.hub.hub import admin_token_path, open_hub
from till_app.hub.migrations import run


def test_the_migrations_make_the_tables_that_the_code_knows(database_path: Path) -> None:
    database = Database(sqlite_url(database_path))
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)
    database.close()
    assert differences == []
    assert HEAD_REVISION in run.known_revisions()


def test_a_database_of_a_newer_release_is_refused_and_left_alone(database_path: Path) -> None:
    database = Database(sqlite_url(database_path))
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseRefused, match="newer release"):
        database.prepare()
    database.close()


def test_a_file_is_copied_aside_before_it_is_migrated(
    database_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("till_app.hub.database.HEAD_REVISION", "0003")
    database = Database(sqlite_url(database_path))
    with database.writing() as connection:
        connection.execute(update(tables.hub_state).values(hub_id="before"))
    database.prepare()
    database.close()
    copy = Database(sqlite_url(database_path.with_name("hub.sqlite.before-0002")))
    with copy.reading() as connection:
        assert connection.execute(text("SELECT hub_id FROM hub_state")).scalar() == "before"
    copy.close()


def test_settings_that_keep_what_was_acknowledged(database_path: Path) -> None:
    database = Database(sqlite_url(database_path))
    for transaction in (database.reading, database.writing):
        with transaction() as connection:
            pragmas = [
                connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert pragmas == ["wal", 2, 1]
    database.close()


def test_an_exception_rolls_the_transaction_back(database_path: Path) -> None:
    database = Database(sqlite_url(database_path))

    def change_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(update(tables.hub_state).values(hub_id="lost"))
            raise KeyError

    with pytest.raises(KeyError):
        change_and_fail()
    with database.reading() as connection:
        assert connection.execute(text("SELECT hub_id FROM hub_state")).scalar() != "lost"
    database.close()


def test_read_then_write_of_two_threads_loses_no_count(database_path: Path) -> None:
    database = Database(sqlite_url(database_path))

    def count() -> None:
        for _ in range(25):
            with database.writing() as connection:
                seen = connection.execute(text("SELECT feed_seq FROM hub_state")).scalar_one()
                connection.execute(update(tables.hub_state).values(feed_seq=seen + 1))

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.execute(text("SELECT feed_seq FROM hub_state")).scalar() == 50
    database.close()


def test_the_admin_token_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hub.sqlite"
    first = open_hub(path)
    first.close()
    second = open_hub(path)
    second.close()
    assert first.admin_token == second.admin_token
    assert len(first.admin_token) >= 43
    assert admin_token_path(path).stat().st_mode & 0o777 == 0o600


def test_an_sqlite_that_damages_databases_is_refused(
    database_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("till_app.hub.database.OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(DatabaseRefused, match="can damage a database"):
        Database(sqlite_url(database_path))
