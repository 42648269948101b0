"""The first ledger: all tables, what may never change in them, and the rows that are always there."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE till_identity (
        id INTEGER NOT NULL CONSTRAINT ck_till_identity_one_row CHECK (id = 1),
        till_id TEXT NOT NULL,
        till_code TEXT NOT NULL,
        till_name TEXT NOT NULL,
        CONSTRAINT pk_till_identity PRIMARY KEY (id)
    ) STRICT
    """,
    """
    CREATE TABLE till_state (
        id INTEGER NOT NULL CONSTRAINT ck_till_state_one_row CHECK (id = 1),
        receipt_counter INTEGER NOT NULL,
        z_number INTEGER NOT NULL,
        session_number INTEGER NOT NULL,
        grand_total_minor INTEGER NOT NULL,
        CONSTRAINT pk_till_state PRIMARY KEY (id)
    ) STRICT
    """,
    """
    CREATE TABLE journal (
        seq INTEGER NOT NULL,
        uuid TEXT NOT NULL,
        kind TEXT NOT NULL,
        version INTEGER NOT NULL,
        at TEXT NOT NULL,
        business_date TEXT NOT NULL,
        body BLOB NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        CONSTRAINT pk_journal PRIMARY KEY (seq),
        CONSTRAINT uq_journal_uuid UNIQUE (uuid)
    ) STRICT
    """,
    """
    CREATE INDEX ix_journal_kind ON journal (kind)
    """,
    """
    CREATE TABLE outbox (
        id INTEGER NOT NULL CONSTRAINT ck_outbox_one_row CHECK (id = 1),
        acked_through INTEGER NOT NULL,
        CONSTRAINT pk_outbox PRIMARY KEY (id)
    ) STRICT
    """,
    """
    CREATE TABLE till_session (
        session_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        business_date TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        opened_by TEXT NOT NULL,
        float_minor INTEGER NOT NULL,
        first_seq INTEGER NOT NULL,
        voided_baskets INTEGER NOT NULL,
        no_sales INTEGER NOT NULL,
        closed_at TEXT,
        z_number INTEGER,
        CONSTRAINT pk_till_session PRIMARY KEY (session_id),
        CONSTRAINT uq_till_session_number UNIQUE (number),
        CONSTRAINT uq_till_session_z_number UNIQUE (z_number)
    ) STRICT
    """,
    """
    CREATE UNIQUE INDEX ix_till_session_only_one_open ON till_session ((closed_at IS NULL))
        WHERE closed_at IS NULL
    """,
    """
    CREATE TABLE sale (
        counter INTEGER NOT NULL,
        uuid TEXT NOT NULL,
        till_code TEXT NOT NULL,
        session_id TEXT NOT NULL,
        business_date TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        completed_at TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        operator_name TEXT NOT NULL,
        currency TEXT NOT NULL,
        total_minor INTEGER NOT NULL,
        approved_by TEXT,
        age_checked INTEGER NOT NULL,
        CONSTRAINT pk_sale PRIMARY KEY (counter),
        CONSTRAINT uq_sale_uuid UNIQUE (uuid),
        CONSTRAINT fk_sale_session_id FOREIGN KEY(session_id)
            REFERENCES till_session (session_id) DEFERRABLE INITIALLY DEFERRED
    ) STRICT
    """,
    """
    CREATE INDEX ix_sale_session_id ON sale (session_id)
    """,
    """
    CREATE TABLE sale_line (
        counter INTEGER NOT NULL,
        line_number INTEGER NOT NULL,
        voided INTEGER NOT NULL,
        item_id TEXT NOT NULL,
        item_code TEXT NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        unit TEXT NOT NULL,
        department_id TEXT NOT NULL,
        quantity_milli INTEGER NOT NULL,
        unit_price_minor INTEGER NOT NULL,
        list_price_minor INTEGER,
        discount_minor INTEGER NOT NULL,
        gross_minor INTEGER NOT NULL,
        net_minor INTEGER NOT NULL,
        tax_minor INTEGER NOT NULL,
        vat_code TEXT NOT NULL,
        vat_rate_bp INTEGER NOT NULL,
        minimum_age INTEGER NOT NULL,
        origin_sale_uuid TEXT,
        origin_receipt_number TEXT,
        origin_line_number INTEGER,
        CONSTRAINT pk_sale_line PRIMARY KEY (counter, line_number),
        CONSTRAINT ck_sale_line_net_and_tax_sum_to_gross CHECK (net_minor + tax_minor = gross_minor),
        CONSTRAINT fk_sale_line_counter FOREIGN KEY(counter)
            REFERENCES sale (counter) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE INDEX ix_sale_line_origin ON sale_line (origin_sale_uuid) WHERE origin_sale_uuid IS NOT NULL
    """,
    """
    CREATE TABLE sale_tender (
        counter INTEGER NOT NULL,
        position INTEGER NOT NULL,
        tender_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        amount_minor INTEGER NOT NULL,
        given_minor INTEGER NOT NULL,
        change_minor INTEGER NOT NULL,
        reference TEXT NOT NULL,
        CONSTRAINT pk_sale_tender PRIMARY KEY (counter, position),
        CONSTRAINT fk_sale_tender_counter FOREIGN KEY(counter)
            REFERENCES sale (counter) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE drawer_movement (
        number INTEGER NOT NULL,
        movement_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        amount_minor INTEGER NOT NULL,
        at TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        sale_uuid TEXT,
        CONSTRAINT pk_drawer_movement PRIMARY KEY (number),
        CONSTRAINT uq_drawer_movement_movement_id UNIQUE (movement_id),
        CONSTRAINT fk_drawer_movement_session_id FOREIGN KEY(session_id)
            REFERENCES till_session (session_id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT fk_drawer_movement_sale_uuid FOREIGN KEY(sale_uuid)
            REFERENCES sale (uuid) DEFERRABLE INITIALLY DEFERRED
    ) STRICT
    """,
    """
    CREATE INDEX ix_drawer_movement_session_id ON drawer_movement (session_id)
    """,
    """
    CREATE TABLE print_job (
        number INTEGER NOT NULL,
        job_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        document BLOB NOT NULL,
        created_at TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        CONSTRAINT pk_print_job PRIMARY KEY (number),
        CONSTRAINT uq_print_job_job_id UNIQUE (job_id)
    ) STRICT
    """,
    """
    CREATE INDEX ix_print_job_unfinished ON print_job (number)
        WHERE NOT (state IN ('printed', 'cancelled'))
    """,
    """
    CREATE TABLE document_copies (
        document TEXT NOT NULL,
        copies INTEGER NOT NULL,
        CONSTRAINT pk_document_copies PRIMARY KEY (document)
    ) STRICT
    """,
    """
    CREATE TABLE open_basket (
        id INTEGER NOT NULL CONSTRAINT ck_open_basket_one_row CHECK (id = 1),
        uuid TEXT NOT NULL,
        opened_at TEXT NOT NULL,
        age_checked INTEGER NOT NULL,
        CONSTRAINT pk_open_basket PRIMARY KEY (id),
        CONSTRAINT uq_open_basket_uuid UNIQUE (uuid)
    ) STRICT
    """,
    """
    CREATE TABLE open_basket_line (
        basket_uuid TEXT NOT NULL,
        line_number INTEGER NOT NULL,
        line TEXT NOT NULL,
        CONSTRAINT pk_open_basket_line PRIMARY KEY (basket_uuid, line_number),
        CONSTRAINT fk_open_basket_line_basket_uuid FOREIGN KEY(basket_uuid)
            REFERENCES open_basket (uuid) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE open_basket_tender (
        basket_uuid TEXT NOT NULL,
        position INTEGER NOT NULL,
        tender TEXT NOT NULL,
        CONSTRAINT pk_open_basket_tender PRIMARY KEY (basket_uuid, position),
        CONSTRAINT fk_open_basket_tender_basket_uuid FOREIGN KEY(basket_uuid)
            REFERENCES open_basket (uuid) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE pin_state (
        staff_id TEXT NOT NULL,
        wrong_in_a_row INTEGER NOT NULL,
        locked_until TEXT,
        CONSTRAINT pk_pin_state PRIMARY KEY (staff_id)
    ) STRICT
    """,
)

_NEVER_CHANGED = ("journal", "sale", "sale_line", "sale_tender", "drawer_movement")
_NEVER_DELETED = (
    "till_identity",
    "till_state",
    "outbox",
    "till_session",
    "print_job",
    "document_copies",
)

_TRIGGERS = (
    """
    CREATE TRIGGER till_state_never_goes_back BEFORE UPDATE ON till_state
    WHEN NEW.receipt_counter < OLD.receipt_counter
        OR NEW.z_number < OLD.z_number
        OR NEW.session_number < OLD.session_number
    BEGIN SELECT RAISE(ABORT, 'numbers of the till never go back'); END
    """,
    """
    CREATE TRIGGER till_session_stays_closed BEFORE UPDATE ON till_session
    WHEN OLD.closed_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a closed session never changes'); END
    """,
    """
    CREATE TRIGGER print_job_stays_finished BEFORE UPDATE ON print_job
    WHEN OLD.state IN ('printed', 'cancelled')
    BEGIN SELECT RAISE(ABORT, 'a finished print job never changes'); END
    """,
)

_ROWS = (
    "INSERT INTO till_state VALUES (1, 0, 0, 0, 0)",
    "INSERT INTO outbox VALUES (1, 0)",
)


def upgrade() -> None:
    for statement in (*_TABLES, *_TRIGGERS, *_ROWS):
        op.execute(statement)
    for table in _NEVER_CHANGED:
        _forbid("UPDATE", table, "is append-only")
    for table in (*_NEVER_CHANGED, *_NEVER_DELETED):
        _forbid("DELETE", table, "keeps what it has")


def _forbid(change: str, table: str, reason: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'the {table} table {reason}'); END"
    )
