"""The short form of the soak: some tills, one bad network, one killed hub, on both databases."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from tests.soak.__main__ import POSTGRESQL, SQLITE, hub_place
from tests.soak.proof import prove
from tests.soak.soak import Soak, SoakFailed, SoakPlan
from tests.soak.till import SoakTill
from till_app.hub import tables as t

SHORT = SoakPlan(tills=6, sales=90, shops=2, faults=0.1, deadline_s=60.0, update_every_s=0.5)
SHORTEST = SoakPlan(tills=2, sales=6, shops=1, faults=0.0, deadline_s=60.0)


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_no_sale_is_lost_and_none_is_doubled(database: str, tmp_path: Path) -> None:
    with hub_place(database, tmp_path, workers=2) as place:
        report = Soak(SHORT, place, tmp_path).run()
    assert report.sales == 90
    assert report.faults.total() > 0
    assert report.sent.requests > 0
    assert report.updates > 0
    assert report.compared_records >= 6 * 400


def _lose_an_entry(connection: Connection) -> None:
    connection.execute(delete(t.entry).where(t.entry.c.seq == 2))


def _double_a_sale(connection: Connection) -> None:
    row = connection.execute(select(t.sale).limit(1)).mappings().one()
    connection.execute(t.sale.insert(), {**row, "sale_uuid": "the same once more"})


def _take_a_penny(connection: Connection) -> None:
    connection.execute(update(t.sale_line).values(gross_minor=t.sale_line.c.gross_minor - 1))


def _move_stock(connection: Connection) -> None:
    connection.execute(update(t.stock).values(quantity_milli=t.stock.c.quantity_milli - 1))


HARMS = {
    _lose_an_entry: "entries lack or are double",
    _double_a_sale: "other sales or totals",
    _take_a_penny: "lines",
    _move_stock: "the stock is not what was not sold",
}


def test_the_proof_finds_what_is_lost_doubled_or_changed(tmp_path: Path) -> None:
    found = []

    def harm_and_prove(connection: Connection, tills: Sequence[SoakTill]) -> None:
        prove(connection, tills)
        for harm, words in HARMS.items():
            harmed = connection.begin_nested()
            harm(connection)
            with pytest.raises(AssertionError, match=words):
                prove(connection, tills)
            harmed.rollback()
            found.append(harm)

    with hub_place(SQLITE, tmp_path, workers=1) as place:
        Soak(SHORTEST, place, tmp_path, harm_and_prove).run()
    assert found == list(HARMS)


def test_a_soak_that_is_not_done_in_time_says_how_far_it_is(tmp_path: Path) -> None:
    plan = SoakPlan(tills=1, sales=1_000_000, shops=1, deadline_s=0.0)
    with (
        hub_place(SQLITE, tmp_path, workers=1) as place,
        pytest.raises(SoakFailed, match="half of the sales are not made: 0 of 1000000 sold"),
    ):
        Soak(plan, place, tmp_path).run()
