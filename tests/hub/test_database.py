"""Transactions, their faults, the files beside the database, and what is refused in words."""

import contextlib
import threading
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from tests.conftest import ExpectedLogs
from tests.hub.building import Client
from tests.hub.conftest import HubPlace
from tests.hub.postgres import PostgresServer
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.engines import DatabaseRefused, database_url, is_passing
from till_app.hub.feed import identity
from till_app.hub.hub import admin_token_path, open_hub
from till_app.hub.server import RunningHub


def test_an_exception_rolls_the_transaction_back(database: Database) -> None:
    def change_and_fail() -> None:
        with database.writing() as connection:
            connection.execute(update(tables.hub_state).values(hub_id="lost"))
            raise KeyError

    with pytest.raises(KeyError):
        change_and_fail()
    with database.reading() as connection:
        assert identity(connection).hub_id != "lost"


def test_a_reader_has_one_view_while_others_write(database: Database) -> None:
    with database.reading() as reader:
        before = identity(reader).feed_seq
        with database.writing() as writer:
            writer.execute(update(tables.hub_state).values(feed_seq=before + 7))
        assert identity(reader).feed_seq == before
    with database.reading() as reader:
        assert identity(reader).feed_seq == before + 7


def test_nothing_that_a_reader_writes_is_kept(database: Database) -> None:
    with database.reading() as connection:
        before = identity(connection).hub_id
    with contextlib.suppress(DBAPIError), database.reading() as connection:  # PostgreSQL refuses at once
        connection.execute(update(tables.hub_state).values(hub_id="written"))
    with database.reading() as connection:
        assert identity(connection).hub_id == before


def test_read_then_write_of_two_threads_loses_no_count(database: Database) -> None:
    locked = tables.hub_state.select().with_for_update()

    def count() -> None:
        for _ in range(25):
            with database.writing() as connection:
                seen = connection.execute(locked).one().feed_seq
                connection.execute(update(tables.hub_state).values(feed_seq=seen + 1))

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert identity(connection).feed_seq == 50


def test_settings_of_sqlite_that_keep_what_was_acknowledged(sqlite_path: Path) -> None:
    database = Database(sqlite_path)
    for transaction in (database.reading, database.writing):
        with transaction() as connection:
            pragmas = [
                connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert pragmas == ["wal", 2, 1]
    database.close()


def test_settings_of_postgresql_that_keep_what_was_acknowledged(postgresql_place: HubPlace) -> None:
    database = Database(postgresql_place.database)
    with database.writing() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
        assert connection.execute(text("SHOW transaction_read_only")).scalar() == "off"
    with database.reading() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
        assert connection.execute(text("SHOW transaction_read_only")).scalar() == "on"
    database.close()


def test_of_two_postgresql_writers_that_block_each_other_one_passes(postgresql_place: HubPlace) -> None:
    database = Database(postgresql_place.database)
    with database.writing() as connection:
        for code in ("A", "B"):
            connection.execute(tables.vat_rate.insert().values(code=code, name=code, kind="zero", rate_bp=0))
    both_hold_one = threading.Barrier(2)
    failures: list[DBAPIError] = []

    def rename(first: str, second: str) -> None:
        try:
            with database.writing() as connection:
                for code in (first, second):
                    of_code = update(tables.vat_rate).where(tables.vat_rate.c.code == code)
                    connection.execute(of_code.values(name=f"{first} then {second}"))
                    if code == first:
                        both_hold_one.wait(20)
        except DBAPIError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=rename, args=pair) for pair in (("A", "B"), ("B", "A"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [is_passing(failure) for failure in failures] == [True]
    with database.reading() as connection:
        assert len(set(connection.execute(text("SELECT name FROM vat_rate")).scalars())) == 1
    database.close()


def test_after_a_lost_connection_the_hub_goes_on(
    postgresql_place: HubPlace, postgresql_server: PostgresServer
) -> None:
    database = Database(postgresql_place.database)
    name = str(postgresql_place.database).partition("@/")[2].partition("?")[0]

    def write_over_a_broken_connection() -> None:
        with database.writing() as connection:
            connection.execute(update(tables.hub_state).values(hub_id="lost"))
            assert postgresql_server.break_connections("till hub", name) == 1
            connection.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError) as lost:
        write_over_a_broken_connection()
    assert is_passing(lost.value)
    with database.reading() as connection:
        assert identity(connection).hub_id != "lost"
    database.close()


def test_while_postgresql_is_away_the_hub_is_busy_and_afterwards_goes_on(
    postgresql_place: HubPlace, postgresql_server: PostgresServer
) -> None:
    with (
        RunningHub(postgresql_place.database, data=postgresql_place.data) as hub,
        Client(hub) as client,
    ):
        till = client.pair()
        postgresql_server.stop()
        try:
            answer = till.hello()
        finally:
            postgresql_server.start()
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["Retry-After"] == "5"
        assert till.hello().status_code == 200


@pytest.mark.parametrize("poison", ["\0", "a\0b"])
def test_text_that_postgresql_cannot_keep_is_no_fault_of_the_hub(client: Client, poison: str) -> None:
    till = client.pair(f"Front{poison}")
    assert "\0" not in till.hello().text
    greeting = {
        "oldest_protocol": 1,
        "newest_protocol": 1,
        "app_version": poison,
        "journal_head": {"seq": 0, "hash": poison},
        "till_time": "2026-11-24T16:20:00.000000Z",
    }
    assert till.call("POST", "/v1/hello", json=greeting).status_code in (200, 400)
    assert client.admin("GET", "/items/a%00b").status_code in (400, 404)
    assert till.call("GET", "/v1/changes", params={"cursor": poison}).status_code in (400, 410)


def test_a_constraint_that_another_writer_was_first_to_meet_is_busy_and_logged(
    client: Client, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    till = client.pair()

    def write_the_same(*_: object) -> None:
        with client.hub.database.writing() as connection:
            for _twice in range(2):
                connection.execute(tables.vat_rate.insert().values(code="A", name="", kind="", rate_bp=0))

    monkeypatch.setattr("till_app.hub.api.access.till_of_token", write_the_same)
    expected_logs.expect("met another writer")
    answer = till.call("GET", "/v1/totals")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_the_admin_token_is_made_once_and_for_the_owner_only(place: HubPlace, tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    first = open_hub(place.database, data=data)
    first.close()
    second = open_hub(place.database, data=data)
    second.close()
    assert first.admin_token == second.admin_token
    assert len(first.admin_token) >= 43
    assert (data / "admin-token").stat().st_mode & 0o777 == 0o600


def test_beside_an_sqlite_file_the_admin_token_needs_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hub.sqlite"
    open_hub(path).close()
    assert admin_token_path(path) == tmp_path / "new" / "hub.sqlite.admin-token"
    assert admin_token_path(path).stat().st_mode & 0o777 == 0o600


def test_an_sqlite_that_damages_databases_is_refused(
    sqlite_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("till_app.hub.engines.OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(DatabaseRefused, match="can damage a database"):
        Database(sqlite_path)


def test_a_postgresql_hub_must_be_told_where_its_own_files_are() -> None:
    with pytest.raises(DatabaseRefused, match="--data FOLDER"):
        open_hub("postgresql:///hub")


def test_a_postgresql_that_does_not_answer_is_a_sentence_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://till:secret@/hub?host={tmp_path}"
    with pytest.raises(DatabaseRefused, match="cannot be opened") as refused:
        open_hub(url, data=tmp_path)
    assert "secret" not in str(refused.value)


def test_a_postgresql_database_that_is_not_unicode_is_refused(
    postgresql_server: PostgresServer, tmp_path: Path
) -> None:
    url = postgresql_server.create("latin", "template0\" ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE \"C")
    with pytest.raises(DatabaseRefused, match="ENCODING 'UTF8'"):
        open_hub(url, data=tmp_path)


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ("hub.sqlite", "sqlite+pysqlite:///hub.sqlite"),
        ("postgresql://till@db/hub", "postgresql+psycopg://till@db/hub"),
        ("postgres://till@db/hub", "postgresql+psycopg://till@db/hub"),
    ],
)
def test_a_place_is_a_path_or_a_url(place: str, url: str) -> None:
    assert str(database_url(place)) == url


@pytest.mark.parametrize("place", ["mysql://db/hub", "postgresql://db:port/hub"])
def test_other_databases_are_refused(place: str) -> None:
    with pytest.raises(DatabaseRefused):
        database_url(place)
