"""What must hold when all is over: both sides are equal, each fact is at the hub once, to the penny.

Reads the till's file and the hub's tables directly, past the code that is judged.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tests.scenarios.lane import Lane
from tests.scenarios.site import HubSite
from till_app.domain.journal import GENESIS_HASH, JournalEntry, is_intact
from till_app.hub import tables as t
from till_app.hub.custody.quarantine import IS_WAITING
from till_app.store.sqlite_engine import DRIVER

IMPORTED_MILLI = {"MILK": 48_000, "MINTS": 100_000}
_ENTRIES = (
    "SELECT chain, seq, uuid, kind, version, at, business_date, body, prev_hash, hash FROM journal"
    " ORDER BY chain, seq"
)


@dataclass(frozen=True, slots=True)
class OwnChain:
    till_id: str
    entries: list[JournalEntry]


def chains_of(lane: Lane) -> list[OwnChain]:
    """The till's journal as its file has it, the present chain last."""
    with closing(DRIVER.connect(lane.folder / "ledger.sqlite")) as connection:
        ids = dict(connection.execute("SELECT number, till_id FROM chain").fetchall())
        chains = {number: OwnChain(till_id, []) for number, till_id in sorted(ids.items())}
        for number, *columns in connection.execute(_ENTRIES):
            chains[number].entries.append(JournalEntry(*columns))
    return list(chains.values())


def facts_of(lanes: Iterable[Lane]) -> dict[str, JournalEntry]:
    """Each fact once, however many chains carry it."""
    return {entry.uuid: entry for lane in lanes for chain in chains_of(lane) for entry in chain.entries}


def assert_both_sides_are_equal(
    site: HubSite,
    *lanes: Lane,
    flagged: int | None = 0,
    only_at_hub: Mapping[str, JournalEntry] | None = None,
) -> None:
    """All tills of the hub must be given, all exchanged.

    `flagged`: how many sales the hub marks for a person; None when that is not what it is about.
    `only_at_hub`: facts that their till lost for good, such as on a disk that was put back.
    """
    for lane in lanes:
        assert_sound(lane)
        _assert_arrived(site, lane)
    facts = {**(only_at_hub or {}), **facts_of(lanes)}
    _assert_each_fact_once(site, facts)
    _assert_sums(site, facts, flagged)
    _assert_stock(site, facts, lanes)
    for lane in lanes:
        _assert_catalogue(site, lane)


def assert_sound(lane: Lane) -> None:
    """Chains verify, receipt numbers are gapless, the grand total is what was sold."""
    for chain in chains_of(lane):
        entries = chain.entries
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.prev_hash for entry in entries] == [GENESIS_HASH, *(e.hash for e in entries)][:-1]
        assert all(is_intact(chain.till_id, entry) for entry in entries)
    sales = sales_among(facts_of([lane]))
    assert sorted(sale["counter"] for sale in sales) == list(range(1, len(sales) + 1))
    assert lane.till.ledger.grand_total_minor() == sum(sale["total_minor"] for sale in sales)


def _assert_arrived(site: HubSite, lane: Lane) -> None:
    """The hub has the present chain, byte for byte, and nothing else under its name."""
    own = chains_of(lane)[-1]
    assert lane.till.ledger.unsent().entries == 0
    theirs = site.rows(
        select(t.entry.c.seq, t.entry.c.uuid, t.entry.c.hash, t.entry.c.body)
        .where(t.entry.c.till_id == own.till_id)
        .order_by(t.entry.c.seq)
    )
    assert [(row.seq, row.uuid, row.hash, bytes(row.body)) for row in theirs] == [
        (entry.seq, entry.uuid, entry.hash, entry.body) for entry in own.entries
    ]


def _assert_each_fact_once(site: HubSite, facts: dict[str, JournalEntry]) -> None:
    claimed = site.rows(
        select(t.entry.c.claimed_uuid, t.entry.c.body).where(t.entry.c.claimed_uuid.is_not(None))
    )
    found = {row.claimed_uuid: bytes(row.body) for row in claimed}
    assert len(found) == len(claimed)
    assert found == {uuid: entry.body for uuid, entry in facts.items()}
    waiting = site.rows(select(t.entry.c.uuid, t.entry.c.quarantine_code).where(IS_WAITING))
    assert waiting == []


def sales_among(facts: dict[str, JournalEntry]) -> list[dict[str, Any]]:
    return [json.loads(entry.body) for entry in facts.values() if entry.kind == "sale"]


def _assert_sums(site: HubSite, facts: dict[str, JournalEntry], flagged: int | None) -> None:
    sales = sales_among(facts)
    found = site.rows(select(t.sale.c.sale_uuid, t.sale.c.total_minor, t.sale.c.difference))
    assert {row.sale_uuid: row.total_minor for row in found} == {
        sale["uuid"]: sale["total_minor"] for sale in sales
    }
    if flagged is not None:
        assert len([row for row in found if row.difference]) == flagged, found
    lines = [line for sale in sales for line in sale["lines"]]
    assert len(site.rows(select(t.sale_line.c.line_number))) == len(lines)
    assert site.sum_of(t.sale_line.c.gross_minor) == sum(line["gross_minor"] for line in lines)
    assert site.sum_of(t.sale_line.c.tax_minor) == sum(line["tax_minor"] for line in lines)
    assert site.sum_of(t.sale_tender.c.amount_minor) == sum(sale["total_minor"] for sale in sales)
    assert site.sum_of(t.drawer_movement.c.amount_minor) == _cash_minor(facts)


def _cash_minor(facts: dict[str, JournalEntry]) -> int:
    total_minor = 0
    for entry in facts.values():
        body = json.loads(entry.body)
        match entry.kind:
            case "sale":
                total_minor += sum(movement["amount_minor"] for movement in body["movements"])
            case "session_opened":
                total_minor += body["movement"]["amount_minor"]
            case "drawer_movement":
                total_minor += body["amount_minor"]
    return total_minor


def _assert_stock(site: HubSite, facts: dict[str, JournalEntry], lanes: Iterable[Lane]) -> None:
    """What was imported less what was sold: at the hub, and at every till."""
    sold: Counter[str] = Counter()
    for sale in sales_among(facts):
        for line in sale["lines"]:
            sold[line["item_code"]] += line["quantity_milli"]
    codes = {row.item_id: row.item_code for row in site.rows(select(t.item.c.item_id, t.item.c.item_code))}
    for row in site.rows(select(t.stock.c.item_id, t.stock.c.quantity_milli)):
        code = codes[row.item_id]
        assert row.quantity_milli == IMPORTED_MILLI.get(code, 0) - sold[code], code
        for lane in lanes:
            level = lane.till.catalogue.stock(row.item_id)
            assert level is not None
            assert level.quantity_milli == row.quantity_milli


def prices_at(lane: Lane) -> dict[str, int | None]:
    """By item code, as the till sells."""
    catalogue = lane.till.catalogue
    return {
        item.item_code: item.price_minor
        for department in catalogue.departments()
        for item in catalogue.items_in_department(department.department_id, 10_000)
    }


def _assert_catalogue(site: HubSite, lane: Lane) -> None:
    theirs = site.rows(select(t.item.c.item_code, t.item.c.price_minor))
    assert prices_at(lane) == {row.item_code: row.price_minor for row in theirs}
