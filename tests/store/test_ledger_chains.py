"""A ledger of one chain becomes one of several, with every byte of what it had."""

from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

from till_app.domain.journal import GENESIS_HASH, sealed
from till_app.services.ports import JournalPosition, TillIdentity
from till_app.store.database import Database
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_schema import MIGRATIONS, REVISIONS
from till_app.store.sqlite_engine import DRIVER, Synchronous

FIRST = sealed("till-a", 1, "u1", "no_sale", 1, "2026-11-24T12:00", "2026-11-24", b'{"a":1}', GENESIS_HASH)
SECOND = sealed("till-a", 2, "u2", "sale", 1, "2026-11-24T12:01", "2026-11-24", b"\xc3\xa9", FIRST.hash)


def a_ledger_of_one_chain(path: Path) -> None:
    with (
        closing(Database(path, Synchronous.FULL, wal_autocheckpoint_pages=0)) as database,
        database.writing() as connection,
    ):
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.commit()
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("INSERT INTO till_identity VALUES (1, 'till-a', '2', 'Front')")
        for entry in (FIRST, SECOND):
            connection.execute(
                "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                tuple(getattr(entry, name) for name in type(entry).__slots__),
            )
        connection.execute("UPDATE outbox SET acked_through = 1")
        connection.commit()


def test_an_older_ledger_keeps_its_entries_identity_and_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    a_ledger_of_one_chain(path)
    with closing(SqliteLedger(path)) as ledger:
        assert ledger.identity() == TillIdentity("till-a", "2", "Front")
        assert list(ledger.entries_after(0, 10, 1000)) == [FIRST, SECOND]
        assert ledger.acked_through() == JournalPosition(1, FIRST.hash)
        (chain,) = ledger.chains()
        assert (chain.began_at, chain.reason, chain.last_seq, chain.acked_through) == (None, "", 2, 1)
    assert path.with_name(f"ledger.sqlite.before-{REVISIONS[-1]}").exists()


def test_an_older_ledger_that_was_never_paired_has_no_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    SqliteLedger(path).close()
    with closing(SqliteLedger(path)) as ledger:
        assert ledger.identity() is None
        assert ledger.chains() == []
        assert ledger.unsent().entries == 0
        assert ledger.journal_head() == ledger.acked_through() == JournalPosition(0, GENESIS_HASH)
