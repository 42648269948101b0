"""However batches are cut, repeated, overlapped or reordered, each fact is there once and in order."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hub.building import make_entry, make_line, make_sale
from till_app.domain.journal import GENESIS_HASH
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.ingest import receive
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till, new_pairing_code, pair
from till_app.hub.totals import till_totals
from till_app.wire.bodies import Kind
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
