"""However batches are cut, repeated, overlapped or reordered, the hub ends the same."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from tests.hub.building import make_entry, make_line, make_sale, return_of
from till_app.domain.journal import GENESIS_HASH
from till_app.hub import tables
from till_app.hub.custody.ingest import receive
from till_app.hub.custody.totals import till_totals
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till, new_pairing_code, pair
from till_app.wire.bodies import (
    ChainBegunBody,
    CompensationBody,
    CustomerAddedBody,
    Kind,
    SaleBody,
    StockAdjustedBody,
    StockCountedBody,
)
from till_app.wire.exchange import Entry, JournalRequest, PairRequest

NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
SALES = 12


def _new_till(database: Database) -> Till:
    with database.writing() as connection:
        code, _ = new_pairing_code(connection, NOW)
        answer = pair(connection, PairRequest(code, "Front"), NOW)
    assert answer is not None
    return Till(answer.till_id, answer.till_code)


def _journal(till: Till) -> list[Entry]:
    entries: list[Entry] = []
    for counter in range(1, SALES + 1):
        sale = make_sale(till.till_code, counter, [make_line(1, 100 + counter)])
        prev_hash = entries[-1].hash if entries else GENESIS_HASH
        body = msgspec.json.encode(sale)
        entries.append(make_entry(till.till_id, counter, sale.uuid, Kind.SALE, body, prev_hash))
    return entries


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, SALES - 1), st.integers(1, SALES)), max_size=12))
def test_each_fact_once(database: Database, cuts: list[tuple[int, int]]) -> None:
    till = _new_till(database)
    journal = _journal(till)
    with database.reading() as connection:
        epoch = identity(connection).epoch
    reached = 0
    for start, length in [*cuts, (0, SALES)]:
        batch = journal[start : start + length]
        request = JournalRequest(epoch, batch)
        if start > reached:
            with pytest.raises(Refused) as refused:
                receive(database, till, request, NOW)
            head = refused.value.answer.acked_through
            assert head is not None
            assert (refused.value.answer.code, head.seq) == ("gap", reached)
            continue
        answer = receive(database, till, request, NOW)
        states = [result.state for result in answer.results]
        assert states == ["duplicate" if entry.seq <= reached else "applied" for entry in batch]
        reached = max(reached, start + len(batch))
        assert answer.acked_through.seq == reached
        assert answer.acked_through.hash == journal[reached - 1].hash
    with database.reading() as connection:
        totals = till_totals(connection, till.till_id)
    assert (totals.entries, totals.transactions, totals.quarantined) == (SALES, SALES, 0)
    assert totals.gross_minor == totals.cash_minor == sum(100 + n for n in range(1, SALES + 1))


class _Story:
    """The journal of a day in which much goes wrong, as a till with this code would write it.

    Its identities begin with the code, so that the same day can be told of two tills and compared.
    """

    def __init__(self, till: Till) -> None:
        self.till = till
        self.entries: list[Entry] = []
        self._counter = 0

    def write(self, kind: str, body: object, uuid: str = "") -> None:
        seq = len(self.entries) + 1
        prev_hash = self.entries[-1].hash if self.entries else GENESIS_HASH
        raw = msgspec.json.encode(body)
        uuid = self.named(uuid or f"entry-{seq}")
        self.entries.append(make_entry(self.till.till_id, seq, uuid, kind, raw, prev_hash))

    def sell(self, gross_minor: int, quantity_milli: int = 1000, **changes: object) -> SaleBody:
        line = make_line(1, gross_minor, quantity_milli=quantity_milli, item_id=self.named("item"))
        return self.sell_line(line, **changes)

    def sell_line(self, *lines: object, **changes: object) -> SaleBody:
        self._counter += 1
        name = str(changes.pop("name", f"sale-{self._counter}"))
        sale = make_sale(self.till.till_code, self._counter, lines, uuid=self.named(name), **changes)  # type: ignore[arg-type]
        self.write(Kind.SALE, sale)
        return sale

    def named(self, name: str) -> str:
        return f"{self.till.till_code}:{name}"

    def told(self, steps: list[str]) -> list[Entry]:
        sold: list[SaleBody] = []
        for step in steps:
            match step:
                case "sell":
                    sold.append(self.sell(300, 3000))
                case "take back" if sold:
                    self.sell_line(return_of(sold[-1], -200, -2000))
                case "take back dear" if sold:
                    self.sell_line(return_of(sold[-1], -350, -1000))
                case "sell wrongly":
                    self.sell(100, total_minor=1)
                case "sell the same":
                    self.sell(100, name="once")
                case "say the same":
                    self.write(Kind.NO_SALE, {"operator_id": "1", "reason": ""}, "said")
                case "add a customer":
                    body = CustomerAddedBody(self.named("ada"), "Ada", "", "", [], "", "1")
                    self.write(Kind.CUSTOMER_ADDED, body)
                case "count":
                    body_ = StockCountedBody(self.named("count"), self.named("item"), "", 5, 9, -4, "1")
                    self.write(Kind.STOCK_COUNTED, body_)
                case "adjust the unknown":
                    lost = StockAdjustedBody(self.named("lost"), self.named("none"), "", 5, "found", "1")
                    self.write(Kind.STOCK_ADJUSTED, lost)
                case "compensate":
                    self.write(Kind.COMPENSATION, CompensationBody(self.named("entry-2"), "done", "1"))
                case "begin a chain":
                    self.write(Kind.CHAIN_BEGUN, ChainBegunBody("nobody", 1, "", "restored", 0, 0))
                case _:
                    self.write("teleport", {})
        return self.entries


_STEPS = (
    "sell",
    "take back",
    "take back dear",
    "sell wrongly",
    "sell the same",
    "say the same",
    "add a customer",
    "count",
    "adjust the unknown",
    "compensate",
    "begin a chain",
    "teleport",
)


def _stock_item(connection: Connection, till: Till) -> None:
    """An item of the till's own, so that two tills that live the same day move no common stock."""
    if connection.execute(select(tables.department.c.code)).first() is None:
        connection.execute(
            insert(tables.department).values(department_id="GR", code="GR", name="G", position=1)
        )
        connection.execute(insert(tables.vat_rate).values(code="A", name="A", kind="standard", rate_bp=2000))
    connection.execute(
        insert(tables.item).values(
            item_id=f"{till.till_code}:item",
            item_code=till.till_code,
            name="Milk",
            description="",
            department_id="GR",
            vat_code="A",
            unit="each",
            minimum_age=0,
            blocked=False,
        )
    )


def _without(code: str, value: object) -> object:
    return value.replace(f"{code}:", ":").replace(f"{code}-", "N-") if isinstance(value, str) else value


def _told_by(connection: Connection, till: Till) -> list[object]:
    """All that the hub holds of a till, with its code and what is random taken out."""
    code = till.till_code
    entry, sale, movement = tables.entry.c, tables.sale.c, tables.stock_movement.c
    rows: list[object] = [till_totals(connection, till.till_id)]
    for query in (
        select(entry.seq, entry.uuid, entry.claimed_uuid, entry.quarantine_code, entry.resolution)
        .where(entry.till_id == till.till_id)
        .order_by(entry.seq),
        select(sale.sale_uuid, sale.seq, sale.receipt_number, sale.total_minor, sale.difference)
        .where(sale.till_id == till.till_id)
        .order_by(sale.seq),
        select(tables.stock.c.item_id, tables.stock.c.quantity_milli).where(
            tables.stock.c.item_id == f"{code}:item"
        ),
        select(movement.kind, movement.quantity_milli, movement.sale_uuid)
        .where(movement.item_id == f"{code}:item")
        .order_by(movement.kind, movement.sale_uuid),
        select(tables.customer.c.customer_id, tables.customer.c.name).where(
            tables.customer.c.made_by_till_id == till.till_id
        ),
        select(tables.till.c.acked_seq, tables.till.c.quarantined, tables.till.c.continues_till_id).where(
            tables.till.c.till_id == till.till_id
        ),
        select(tables.feed.c.kind)
        .where(tables.feed.c.record_id.like(f"{code}:%"))
        .order_by(tables.feed.c.kind),
    ):
        for row in connection.execute(query):
            rows.append(
                [
                    value.replace(f"{code}:", ":").replace(f"{code}-", "N-")
                    if isinstance(value, str)
                    else value
                    for value in row
                ]
            )
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(_STEPS), min_size=1, max_size=14),
    cuts=st.lists(st.tuples(st.integers(0, 13), st.integers(1, 14)), max_size=8),
)
def test_the_cut_of_the_batches_changes_nothing(
    database: Database, steps: list[str], cuts: list[tuple[int, int]]
) -> None:
    at_once, in_parts = _new_till(database), _new_till(database)
    with database.writing() as connection:
        _stock_item(connection, at_once)
        _stock_item(connection, in_parts)
    with database.reading() as connection:
        epoch = identity(connection).epoch
    receive(database, at_once, JournalRequest(epoch, _Story(at_once).told(steps)), NOW)
    journal = _Story(in_parts).told(steps)
    first_answers: dict[int, str] = {}
    for start, length in [*cuts, *((seq, 1) for seq in range(len(journal)))]:
        batch = journal[start : start + length]
        if not batch or start > len(first_answers):
            continue
        for result in receive(database, in_parts, JournalRequest(epoch, batch), NOW).results:
            assert result.code == first_answers.setdefault(result.seq, result.code)
    with database.reading() as connection:
        assert _told_by(connection, in_parts) == _told_by(connection, at_once)
