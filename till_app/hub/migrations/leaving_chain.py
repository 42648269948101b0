"""From the schema of a chain back to that of one shop; what that has no place for is left out."""

from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from alembic import op

from till_app.domain.ids import new_uuid7
from till_app.hub.engines import DatabaseRefused

_REWRITTEN_ROWS = 2_000
_FIELDS = {"item": 14, "stock": 4, "department": 4, "vat_rate": 5, "quick_key": 7, "staff": 7, "shop": 9}
"""Of the older release's records, their kind included; it knows no other kinds."""
_IS_OLDER_TWIN = sa.text(
    "DELETE FROM feed WHERE EXISTS (SELECT 1 FROM feed AS other WHERE other.kind = feed.kind"
    " AND other.record_id = feed.record_id AND other.seq <> feed.seq"
    " AND ((feed.gone AND NOT other.gone) OR (feed.gone = other.gone AND other.seq > feed.seq)))"
)


def leave_chain(new_tables: tuple[str, ...]) -> None:
    """Raises DatabaseRefused for a hub of several shops."""
    connection = op.get_bind()
    shops = connection.execute(sa.text("SELECT count(*) FROM shop")).scalar_one()
    if shops > 1:
        raise DatabaseRefused(f"This hub has {shops} shops; the older release has room for one.")
    _rewrite_feed(connection)
    _narrow_stock()
    _leave_custody()
    _leave_catalogue()
    for table in new_tables:
        op.drop_table(table)
    op.drop_table("location")
    op.execute(sa.text("DELETE FROM shop WHERE name = ''"))  # stood for one that never came
    op.drop_index("ix_shop_shop_code", "shop")
    op.drop_column("shop", "shop_code")


def _rewrite_feed(connection: sa.Connection) -> None:
    """Every till begins anew: its records are no longer what it read."""
    location_id = connection.execute(
        sa.text("SELECT location_id FROM location ORDER BY is_default DESC, location_id LIMIT 1")
    ).scalar()
    kinds = sa.text("DELETE FROM feed WHERE kind NOT IN :kinds")
    connection.execute(kinds.bindparams(sa.bindparam("kinds", list(_FIELDS), expanding=True)))
    connection.execute(
        sa.text("DELETE FROM feed WHERE kind = 'stock' AND record_id NOT LIKE :here"),
        {"here": f"%@{location_id}"},
    )
    connection.execute(_IS_OLDER_TWIN)
    op.drop_index("ix_feed_gone_seq", "feed")
    op.drop_index("ix_feed_scope_seq", "feed")
    with op.batch_alter_table("feed") as feed:
        feed.drop_constraint("uq_feed_record_id_kind_scope", type_="unique")
        feed.drop_column("scope")
        feed.create_unique_constraint("uq_feed_record_id_kind", ["record_id", "kind"])
    after = 0
    while rows := connection.execute(
        sa.text("SELECT seq, kind, payload FROM feed WHERE seq > :after ORDER BY seq LIMIT :rows"),
        {"after": after, "rows": _REWRITTEN_ROWS},
    ).all():
        after = rows[-1].seq
        connection.execute(
            sa.text("UPDATE feed SET record_id = :id, payload = :payload WHERE seq = :seq"),
            [{"seq": row.seq, **_narrowed(row.kind, msgspec.json.decode(row.payload))} for row in rows],
        )
    op.drop_column("hub_state", "feed_horizon")
    connection.execute(
        sa.text("UPDATE hub_state SET epoch = :epoch"), {"epoch": new_uuid7(datetime.now(UTC))}
    )


def _narrowed(kind: str, cells: list[object]) -> dict[str, object]:
    if cells[0] == "gone":
        if kind == "stock":
            cells[2] = str(cells[2]).partition("@")[0]
        return {"id": cells[2], "payload": msgspec.json.encode(cells)}
    return {"id": cells[1], "payload": msgspec.json.encode(cells[: _FIELDS[kind]])}


def _narrow_stock() -> None:
    op.create_table(
        "stock_of_all",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name="fk_stock_item_id_item_of_all"),
        sa.PrimaryKeyConstraint("item_id", name="pk_stock_of_all"),
    )
    op.execute(
        sa.text(
            "INSERT INTO stock_of_all SELECT item_id, sum(quantity_milli), max(as_of) FROM stock"
            " GROUP BY item_id"
        )
    )
    op.drop_table("stock")
    op.rename_table("stock_of_all", "stock")
    op.drop_column("stock_movement", "location_id")


def _leave_custody() -> None:
    op.execute(sa.text("UPDATE entry SET quarantine_code = NULL WHERE resolution IS NOT NULL"))
    for column in ("resolution", "resolved_at", "resolved_by", "resolution_note"):
        op.drop_column("entry", column)
    op.drop_index("ix_fork_uuid", "fork")
    op.drop_column("fork", "adopted_by_till_id")
    for table in ("sale", "drawer_movement", "z_report"):
        op.drop_index(f"ix_{table}_session_id", table)
    for table in ("till_session", "z_report"):
        op.drop_column(table, "seq")
    for column in ("shop_id", "customer_id"):
        op.drop_index(f"ix_sale_{column}", "sale")
        op.drop_column("sale", column)
    op.drop_index("ix_till_shop_id", "till")
    for column in (
        "shop_id",
        "continues_till_id",
        "health",
        "health_at",
        "sales",
        "receipts",
        "highest_receipt",
    ):
        op.drop_column("till", column)
    with op.batch_alter_table("pairing_code") as code:
        code.drop_constraint("fk_pairing_code_shop_id_shop", type_="foreignkey")
        code.drop_column("shop_id")
        code.drop_column("continues_till_id")


def _leave_catalogue() -> None:
    op.execute(
        sa.text(
            "DELETE FROM quick_key WHERE shop_id = '' AND EXISTS (SELECT 1 FROM quick_key AS own"
            " WHERE own.page = quick_key.page AND own.position = quick_key.position AND own.shop_id <> '')"
        )
    )
    with op.batch_alter_table("quick_key") as key:
        key.drop_constraint("uq_quick_key_page_position_shop_id", type_="unique")
        key.drop_column("shop_id")
        key.create_unique_constraint("uq_quick_key_page_position", ["page", "position"])
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint("fk_staff_shop_id_shop", type_="foreignkey")
        staff.drop_column("shop_id")
    op.drop_column("item_barcode", "quantity_milli")
    for column in ("location_id", "stock_scope"):
        op.drop_column("import_item", column)
    op.drop_column("import_key", "quantity_milli")
    op.drop_column("accepted_import", "kind")
