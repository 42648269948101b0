"""Many shops with their own prices, stock and staff; promotions, customers, texts; who may do what."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from till_app.domain.ids import new_uuid7
from till_app.hub.migrations.leaving_chain import leave_chain

revision = "0003"
down_revision = "0002"

_REWRITTEN_ROWS = 2_000
_NEW_TABLES = (
    "import_price",
    "import_picture",
    "feed_day",
    "snapshot",
    "attempt",
    "audit",
    "access_token",
    "setting",
    "receipt_text",
    "customer",
    "promotion_department",
    "promotion_item",
    "promotion",
    "price",
    "price_list",
    "item_picture",
    "vat_rate_change",
)
"""Children before their parents."""


def upgrade() -> None:
    op.add_column("shop", sa.Column("shop_code", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.execute(sa.text("UPDATE shop SET shop_code = '1'"))
    op.create_index("ix_shop_shop_code", "shop", ["shop_code"], unique=True)
    op.create_table(
        "location",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("location_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(create_constraint=False), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.shop_id"], name="fk_location_shop_id_shop"),
        sa.PrimaryKeyConstraint("location_id", name="pk_location"),
        sa.UniqueConstraint("location_code", name="uq_location_location_code"),
    )
    op.create_index("ix_location_shop_id", "location", ["shop_id"])
    _see_to_a_shop()
    _give_each_shop_a_location()
    _add_catalogue_tables()
    _add_import_tables()
    _add_custody_tables()
    _widen_stock()
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("scope", sa.Text(), nullable=False, server_default=""))
        feed.drop_constraint("uq_feed_record_id_kind", type_="unique")
        feed.create_unique_constraint("uq_feed_record_id_kind_scope", ["record_id", "kind", "scope"])
    with op.batch_alter_table("feed") as feed:
        feed.alter_column("scope", server_default=None)
        feed.create_index("ix_feed_scope_seq", ["scope", "seq"])
    op.create_index(
        "ix_feed_gone_seq",
        "feed",
        ["seq"],
        sqlite_where=sa.text("gone = 1"),
        postgresql_where=sa.text("gone"),
    )
    op.add_column(
        "hub_state", sa.Column("feed_horizon", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    _rewrite_feed()
    with op.batch_alter_table("item_barcode") as barcode:
        barcode.add_column(
            sa.Column("quantity_milli", sa.BigInteger(), nullable=False, server_default="1000")
        )
    with op.batch_alter_table("item_barcode") as barcode:
        barcode.alter_column("quantity_milli", server_default=None)
    with op.batch_alter_table("quick_key") as key:
        key.add_column(sa.Column("shop_id", sa.Text(), nullable=False, server_default=""))
        key.drop_constraint("uq_quick_key_page_position", type_="unique")
        key.create_unique_constraint("uq_quick_key_page_position_shop_id", ["page", "position", "shop_id"])
    with op.batch_alter_table("quick_key") as key:
        key.alter_column("shop_id", server_default=None)
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("shop_id", sa.Text()))
        staff.create_foreign_key("fk_staff_shop_id_shop", "shop", ["shop_id"], ["shop_id"])
    with op.batch_alter_table("pairing_code") as code:
        code.add_column(sa.Column("shop_id", sa.Text()))
        code.add_column(sa.Column("continues_till_id", sa.Text()))
        code.create_foreign_key("fk_pairing_code_shop_id_shop", "shop", ["shop_id"], ["shop_id"])
    for column in ("shop_id", "continues_till_id", "health_at"):
        op.add_column("till", sa.Column(column, sa.Text()))
    op.add_column("till", sa.Column("health", sa.LargeBinary()))
    for column in ("sales", "receipts", "highest_receipt"):
        op.add_column("till", sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
    _count_sales()
    op.create_index("ix_till_shop_id", "till", ["shop_id"])
    op.execute(sa.text("UPDATE till SET shop_id = (SELECT shop_id FROM shop)"))
    for column in ("resolution", "resolved_at", "resolved_by", "resolution_note"):
        op.add_column("entry", sa.Column(column, sa.Text()))
    op.add_column("fork", sa.Column("adopted_by_till_id", sa.Text()))
    op.create_index("ix_fork_uuid", "fork", ["uuid"])
    for table in ("till_session", "z_report"):
        op.add_column(table, sa.Column("seq", sa.BigInteger()))
    for table in ("sale", "drawer_movement", "z_report"):
        op.create_index(f"ix_{table}_session_id", table, ["session_id"])
    for column in ("shop_id", "customer_id"):
        op.add_column("sale", sa.Column(column, sa.Text()))
        op.create_index(f"ix_sale_{column}", "sale", [column])
    op.execute(sa.text("UPDATE sale SET shop_id = (SELECT shop_id FROM shop)"))


def _count_sales() -> None:
    own = "FROM sale WHERE sale.till_id = till.till_id AND receipt_number LIKE till_code || '-%'"
    op.execute(
        sa.text(
            "UPDATE till SET"
            " sales = (SELECT count(*) FROM sale WHERE sale.till_id = till.till_id),"
            f" receipts = (SELECT count(DISTINCT counter) {own}),"
            f" highest_receipt = (SELECT coalesce(max(counter), 0) {own})"
        )
    )


def _see_to_a_shop() -> None:
    """Stock lies at a location, which is a shop's: one without a name stands for the one that is to come."""
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT count(*) FROM shop")).scalar_one() == 0:
        connection.execute(
            sa.text(
                "INSERT INTO shop (shop_id, shop_code, name, address, phone, vat_number, currency,"
                " receipt_header, receipt_footer) VALUES (:shop_id, '1', '', '', '', '', 'GBP', '', '')"
            ),
            {"shop_id": new_uuid7(datetime.now(UTC))},
        )


def _give_each_shop_a_location() -> None:
    connection = op.get_bind()
    now = datetime.now(UTC)
    for shop_id, name in connection.execute(sa.text("SELECT shop_id, name FROM shop")).all():
        connection.execute(
            sa.text(
                "INSERT INTO location (location_id, location_code, name, shop_id, is_default)"
                " VALUES (:location_id, '1', :name, :shop_id, :yes)"
            ),
            {"location_id": new_uuid7(now), "name": name, "shop_id": shop_id, "yes": True},
        )


def _rewrite_feed() -> None:
    """The records get their new fields, and those of the shop its scope. Their numbers stay: a till that
    knows the new fields fetches all of them anew, an older one does not look at them."""
    connection = op.get_bind()
    shop_id, location_id, name = connection.execute(
        sa.text("SELECT shop_id, location_id, name FROM location ORDER BY location_id LIMIT 1")
    ).one()
    after = 0
    while True:
        rows = connection.execute(
            sa.text(
                "SELECT seq, kind, record_id, payload FROM feed WHERE seq > :after"
                " AND kind IN ('item', 'vat_rate', 'stock', 'shop') ORDER BY seq LIMIT :rows"
            ),
            {"after": after, "rows": _REWRITTEN_ROWS},
        ).all()
        if not rows:
            break
        after = rows[-1].seq
        connection.execute(
            sa.text("UPDATE feed SET record_id = :id, scope = :scope, payload = :payload WHERE seq = :seq"),
            [{"seq": row.seq, **_rewritten(row, shop_id, location_id)} for row in rows],
        )
    if connection.execute(sa.text("SELECT count(*) FROM feed WHERE kind = 'shop'")).scalar_one():
        connection.execute(sa.text("UPDATE hub_state SET feed_seq = feed_seq + 1"))
        connection.execute(
            sa.text(
                "INSERT INTO feed (seq, kind, record_id, scope, gone, payload)"
                " SELECT feed_seq, 'location', :location_id, :shop_id, :no, :payload FROM hub_state"
            ),
            {
                "location_id": location_id,
                "shop_id": shop_id,
                "no": False,
                "payload": msgspec.json.encode(["location", location_id, name, shop_id, True]),
            },
        )
    # Tills have stock under the ids of before: they read all of the feed once more.
    op.get_bind().execute(
        sa.text("UPDATE hub_state SET epoch = :epoch"), {"epoch": new_uuid7(datetime.now(UTC))}
    )


def _rewritten(row: Any, shop_id: str, location_id: str) -> dict[str, object]:
    cells = msgspec.json.decode(row.payload)
    is_gone = cells[0] == "gone"
    record_id, scope = row.record_id, ""
    if row.kind == "stock":
        record_id, scope = f"{row.record_id}@{location_id}", shop_id
        if is_gone:
            cells[2] = record_id
        else:
            cells.append(location_id)
    elif row.kind == "shop":
        scope = shop_id
    elif row.kind == "item" and not is_gone:
        picture = cells[12]
        cells += [[picture] if picture else [], {}]
    elif row.kind == "vat_rate" and not is_gone:
        cells.append([])
    return {"id": record_id, "scope": scope, "payload": msgspec.json.encode(cells)}


def _widen_stock() -> None:
    """Its rows go to the default location."""
    op.create_table(
        "stock_by_location",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name="fk_stock_item_id_item_by_location"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.location_id"], name="fk_stock_location_id_location"
        ),
        sa.PrimaryKeyConstraint("item_id", "location_id", name="pk_stock_by_location"),
    )
    op.execute(
        sa.text(
            "INSERT INTO stock_by_location SELECT item_id, location_id, quantity_milli, as_of"
            " FROM stock CROSS JOIN location"
        )
    )
    op.drop_table("stock")
    op.rename_table("stock_by_location", "stock")
    op.add_column("stock_movement", sa.Column("location_id", sa.Text(), nullable=False, server_default=""))
    op.execute(
        sa.text("UPDATE stock_movement SET location_id = coalesce((SELECT location_id FROM location), '')")
    )
    with op.batch_alter_table("stock_movement") as movement:
        movement.alter_column("location_id", server_default=None)


def _add_import_tables() -> None:
    op.create_table(
        "feed_day",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_feed_day"),
    )
    op.create_table(
        "import_picture",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line", "position", "import_id", name="pk_import_picture"),
    )
    op.create_table(
        "import_price",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("price_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("price_list_id", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("line", "import_id", name="pk_import_price"),
        sa.UniqueConstraint(
            "item_id", "price_list_id", "import_id", name="uq_import_price_item_id_price_list_id_import_id"
        ),
    )
    for column in ("location_id", "stock_scope"):
        op.add_column("import_item", sa.Column(column, sa.Text()))
    op.execute(
        sa.text(
            "UPDATE import_item SET location_id = (SELECT min(location_id) FROM location),"
            " stock_scope = (SELECT min(shop_id) FROM location)"
        )
    )
    op.add_column(
        "import_key",
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False, server_default=sa.text("1000")),
    )
    op.add_column(
        "accepted_import", sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'items'"))
    )


def _add_catalogue_tables() -> None:
    op.create_table(
        "vat_rate_change",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["vat_rate.code"], name="fk_vat_rate_change_code_vat_rate"),
        sa.PrimaryKeyConstraint("code", "valid_from", name="pk_vat_rate_change"),
    )
    op.create_table(
        "item_picture",
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name="fk_item_picture_item_id_item"),
        sa.PrimaryKeyConstraint("item_id", "position", name="pk_item_picture"),
    )
    op.create_index("ix_item_picture_file_name", "item_picture", ["file_name"])
    op.create_table(
        "price_list",
        sa.Column("price_list_id", sa.Text(), nullable=False),
        sa.Column("price_list_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Text()),
        sa.Column("valid_until", sa.Text()),
        sa.Column("customers_only", sa.Boolean(create_constraint=False), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.shop_id"], name="fk_price_list_shop_id_shop"),
        sa.PrimaryKeyConstraint("price_list_id", name="pk_price_list"),
        sa.UniqueConstraint("price_list_code", name="uq_price_list_price_list_code"),
    )
    op.create_table(
        "price",
        sa.Column("price_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("price_list_id", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name="fk_price_item_id_item"),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.price_list_id"], name="fk_price_price_list_id_price_list"
        ),
        sa.PrimaryKeyConstraint("item_id", "price_list_id", name="pk_price"),
        sa.UniqueConstraint("price_id", name="uq_price_price_id"),
    )
    op.create_index("ix_price_price_list_id", "price", ["price_list_id"])
    op.create_table(
        "promotion",
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("promotion_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Text()),
        sa.Column("valid_until", sa.Text()),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.shop_id"], name="fk_promotion_shop_id_shop"),
        sa.PrimaryKeyConstraint("promotion_id", name="pk_promotion"),
        sa.UniqueConstraint("promotion_code", name="uq_promotion_promotion_code"),
    )
    for target in ("item", "department"):
        op.create_table(
            f"promotion_{target}",
            sa.Column("promotion_id", sa.Text(), nullable=False),
            sa.Column(f"{target}_id", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(
                ["promotion_id"],
                ["promotion.promotion_id"],
                name=f"fk_promotion_{target}_promotion_id_promotion",
            ),
            sa.ForeignKeyConstraint(
                [f"{target}_id"],
                [f"{target}.{target}_id"],
                name=f"fk_promotion_{target}_{target}_id_{target}",
            ),
            sa.PrimaryKeyConstraint("promotion_id", f"{target}_id", name=f"pk_promotion_{target}"),
        )
        op.create_index(f"ix_promotion_{target}_{target}_id", f"promotion_{target}", [f"{target}_id"])
    op.create_table(
        "customer",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("customer_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("price_list_id", sa.Text()),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_at", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("made_by_till_id", sa.Text()),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.price_list_id"], name="fk_customer_price_list_id_price_list"
        ),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer"),
        sa.UniqueConstraint("customer_code", name="uq_customer_customer_code"),
    )
    op.create_table(
        "receipt_text",
        sa.Column("receipt_text_id", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text()),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Text()),
        sa.Column("valid_until", sa.Text()),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.shop_id"], name="fk_receipt_text_shop_id_shop"),
        sa.PrimaryKeyConstraint("receipt_text_id", name="pk_receipt_text"),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "shop_id", name="pk_setting"),
    )


def _add_custody_tables() -> None:
    op.create_table(
        "access_token",
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.Text()),
        sa.Column("revoked_at", sa.Text()),
        sa.PrimaryKeyConstraint("token_id", name="pk_access_token"),
        sa.UniqueConstraint("name", name="uq_access_token_name"),
    )
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "attempt",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "window", name="pk_attempt"),
    )
    op.create_table(
        "snapshot",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("compressed_bytes", sa.BigInteger(), nullable=False),
        sa.Column("catalogue_sha256", sa.Text(), nullable=False),
        sa.Column("catalogue_bytes", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("built_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "scope", name="pk_snapshot"),
    )


def downgrade() -> None:
    leave_chain(_NEW_TABLES)
