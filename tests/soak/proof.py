"""That the hub has each fact of each till once, to the byte and to the penny, when all has been sent."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, Table, func, select

from tests.soak.hub_place import ITEMS, STOCK
from tests.soak.till import SoakTill
from till_app.domain.journal import GENESIS_HASH, is_intact
from till_app.hub import tables as t

_ALL_ENTRIES, _ALL_BYTES = 1_000_000, 10_000_000_000


def prove(connection: Connection, tills: Sequence[SoakTill]) -> None:
    """`connection` is to the hub's database; the hub answers nobody any more. Raises AssertionError."""
    assert_each_fact_once(connection, tills)
    assert_tills_have_the_hubs_stock(connection, tills)


def assert_each_fact_once(connection: Connection, tills: Sequence[SoakTill]) -> None:
    for till in tills:
        _assert_journal_is_the_tills(connection, till)
        _assert_sums_are_the_tills(connection, till)
    sold = sum(len(till.sold) for till in tills)
    assert _count(connection, t.entry) == sold, "the hub has entries that no till made"
    assert _count(connection, t.sale) == sold, "the hub has sales that no till made"
    assert _count(connection, t.fork) == 0, "the hub found forks"
    unapplied = select(func.count()).select_from(t.entry).where(t.entry.c.quarantine_code.is_not(None))
    assert connection.execute(unapplied).scalar_one() == 0, "the hub could not apply everything"
    differing = select(func.count()).select_from(t.sale).where(t.sale.c.difference.is_not(None))
    assert connection.execute(differing).scalar_one() == 0, "the hub computed something else than a till"
    _assert_stock_is_what_was_not_sold(connection, tills)


def _assert_journal_is_the_tills(connection: Connection, till: SoakTill) -> None:
    ours = till.ledger.entries_after(0, _ALL_ENTRIES, _ALL_BYTES)
    entry = t.entry.c
    theirs = connection.execute(
        select(entry.seq, entry.uuid, entry.hash, entry.prev_hash, entry.body)
        .where(entry.till_id == till.paired.till_id)
        .order_by(entry.seq)
    ).all()
    name = till.paired.till_name
    assert [row.seq for row in theirs] == list(range(1, len(ours) + 1)), f"{name}: entries lack or are double"
    assert [tuple(row) for row in theirs] == [
        (entry.seq, entry.uuid, entry.hash, entry.prev_hash, entry.body) for entry in ours
    ], f"{name}: the hub's journal is another"
    assert len(ours) == len(till.sold), f"{name}: sold and not in its own journal"
    links = [GENESIS_HASH, *(entry.hash for entry in ours)]
    assert [entry.prev_hash for entry in ours] == links[:-1], f"{name}: the chain is broken"
    assert all(is_intact(till.paired.till_id, entry) for entry in ours), f"{name}: an entry was changed"
    head = connection.execute(
        select(t.till.c.acked_seq, t.till.c.acked_hash).where(t.till.c.till_id == till.paired.till_id)
    ).one()
    assert tuple(head) == (len(ours), links[-1]), f"{name}: the hub's head is another"
    assert till.ledger.unsent().entries == 0, f"{name}: not all is acknowledged"


def _assert_sums_are_the_tills(connection: Connection, till: SoakTill) -> None:
    name, till_id = till.paired.till_name, till.paired.till_id
    receipts = select(t.sale.c.sale_uuid, t.sale.c.total_minor).where(t.sale.c.till_id == till_id)
    theirs = {row.sale_uuid: row.total_minor for row in connection.execute(receipts)}
    assert theirs == {sale.uuid: sale.total_minor for sale in till.sold}, f"{name}: other sales or totals"
    line = t.sale_line.c
    lines = select(func.count(), func.sum(line.gross_minor), func.sum(line.tax_minor)).where(
        line.till_id == till_id
    )
    assert _numbers(connection.execute(lines).one()) == (
        sum(len(sale.lines) for sale in till.sold),
        sum(sale.total_minor for sale in till.sold),
        sum(sale.tax_minor for sale in till.sold),
    ), f"{name}: lines"
    for table in (t.sale_tender, t.drawer_movement):
        paid = select(func.count(), func.sum(table.c.amount_minor)).where(table.c.till_id == till_id)
        assert _numbers(connection.execute(paid).one()) == (
            len(till.sold),
            sum(sale.total_minor for sale in till.sold),
        ), f"{name}: {table.name}"


def _assert_stock_is_what_was_not_sold(connection: Connection, tills: Sequence[SoakTill]) -> None:
    sold_milli: Counter[tuple[str, str]] = Counter()
    for till in tills:
        for item_id, moved_milli in till.moved_milli.items():
            sold_milli[till.paired.shop_id, item_id] += moved_milli
    levels = select(t.location.c.shop_id, t.stock.c.item_id, t.stock.c.quantity_milli).join(
        t.location, t.location.c.location_id == t.stock.c.location_id
    )
    theirs = {(row.shop_id, row.item_id): row.quantity_milli for row in connection.execute(levels)}
    assert len(theirs) == ITEMS * len({till.paired.shop_id for till in tills})
    expected = {place: STOCK * 1_000 - sold_milli[place] for place in theirs}
    assert theirs == expected, "the stock is not what was not sold"
    moved = select(func.count(), func.sum(t.stock_movement.c.quantity_milli)).where(
        t.stock_movement.c.sale_uuid.is_not(None)
    )
    lines = sum(len(sale.lines) for till in tills for sale in till.sold)
    assert _numbers(connection.execute(moved).one()) == (lines, -sum(sold_milli.values())), "stock movements"


def assert_tills_have_the_hubs_stock(connection: Connection, tills: Sequence[SoakTill]) -> None:
    levels = select(t.location.c.shop_id, t.stock.c.item_id, t.stock.c.quantity_milli).join(
        t.location, t.location.c.location_id == t.stock.c.location_id
    )
    theirs = {(row.shop_id, row.item_id): row.quantity_milli for row in connection.execute(levels)}
    for till in tills:
        ours = {
            item_id: level.quantity_milli
            for shop_id, item_id in theirs
            if shop_id == till.paired.shop_id and (level := till.catalogue.stock(item_id)) is not None
        }
        assert ours == {
            item_id: quantity_milli
            for (shop_id, item_id), quantity_milli in theirs.items()
            if shop_id == till.paired.shop_id
        }, f"{till.paired.till_name}: its stock is not the hub's"


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _numbers(row: Sequence[object]) -> tuple[int, ...]:
    """PostgreSQL sums to a Decimal, and to nothing where there are no rows."""
    return tuple(int(str(number or 0)) for number in row)
