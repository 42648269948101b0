"""Several chains in one journal, each under the identity that the till had then; the newest one grows."""

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = (
    """
    CREATE TABLE chain (
        number INTEGER NOT NULL,
        till_id TEXT NOT NULL,
        till_code TEXT NOT NULL,
        till_name TEXT NOT NULL,
        began_at TEXT,
        reason TEXT NOT NULL,
        acked_through INTEGER NOT NULL,
        CONSTRAINT pk_chain PRIMARY KEY (number),
        CONSTRAINT uq_chain_till_id UNIQUE (till_id)
    ) STRICT
    """,
    """
    INSERT INTO chain
    SELECT 1, till_id, till_code, till_name, NULL, '', (SELECT acked_through FROM outbox) FROM till_identity
    """,
    "DROP TABLE till_identity",
    "DROP TABLE outbox",
    "ALTER TABLE journal RENAME TO single_journal",
    """
    CREATE TABLE journal (
        chain INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        uuid TEXT NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        at TEXT NOT NULL,
        business_date TEXT NOT NULL,
        body BLOB NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        CONSTRAINT pk_journal PRIMARY KEY (chain, seq),
        CONSTRAINT uq_journal_chain_uuid UNIQUE (chain, uuid),
        CONSTRAINT fk_journal_chain FOREIGN KEY(chain)
            REFERENCES chain (number) DEFERRABLE INITIALLY DEFERRED
    ) STRICT
    """,
    """
    INSERT INTO journal
    SELECT 1, seq, uuid, kind, version, at, business_date, body, prev_hash, hash FROM single_journal
    ORDER BY seq
    """,
    "DROP TABLE single_journal",
    "CREATE INDEX ix_journal_chain_kind_seq ON journal (chain, kind, seq)",
)

_TRIGGERS = (
    """
    CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal table is append-only'); END
    """,
    """
    CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal table keeps what it has'); END
    """,
    """
    CREATE TRIGGER journal_grows_at_its_end BEFORE INSERT ON journal
    WHEN NEW.chain < (SELECT max(number) FROM chain)
    BEGIN SELECT RAISE(ABORT, 'a chain that ended never grows'); END
    """,
    """
    CREATE TRIGGER chain_no_delete BEFORE DELETE ON chain
    BEGIN SELECT RAISE(ABORT, 'the chain table keeps what it has'); END
    """,
    """
    CREATE TRIGGER chain_keeps_its_till BEFORE UPDATE OF number, till_id ON chain
    WHEN (NEW.till_id <> OLD.till_id OR NEW.number <> OLD.number)
        AND EXISTS (SELECT 1 FROM journal WHERE chain = OLD.number)
    BEGIN SELECT RAISE(ABORT, 'a chain with entries keeps its till'); END
    """,
)


def upgrade() -> None:
    for statement in (*_TABLES, *_TRIGGERS):
        op.execute(statement)
