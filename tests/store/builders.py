"""Ledgers and catalogues for tests, with only what a story needs to name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.domain.builders import a_basket, a_line, a_sale
from till_app.domain.catalogue import Item, Unit
from till_app.domain.journal import GENESIS_HASH, JournalEntry, is_intact
from till_app.domain.sale import Sale
from till_app.domain.session import DrawerMovement, MovementKind, TillSession
from till_app.services.ports import Fact, JobKind, LedgerWrite, PrintJob, TillIdentity
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger

TILL = TillIdentity("till-a", "2", "Front till")
NOON = "2026-11-24T12:00:00.000000Z"
DAY = "2026-11-24"
SESSION = "session-1"


@contextmanager
def a_ledger(path: Path) -> Iterator[SqliteLedger]:
    """Paired and with an open session."""
    if not path.exists():
        path.write_bytes(_new_ledger())
    with _open_ledger(path) as ledger:
        yield ledger


@cache
def _new_ledger() -> bytes:
    """Made once: most of what a short test does would be making it."""
    with TemporaryDirectory() as name:
        path = Path(name) / "ledger.sqlite"
        with _open_ledger(path):
            pass
        return path.read_bytes()


@contextmanager
def _open_ledger(path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(path)
    try:
        if ledger.identity() is None:
            ledger.set_identity(TILL)
            open_session(ledger)
        yield ledger
    finally:
        ledger.close()


@contextmanager
def a_catalogue(path: Path) -> Iterator[SqliteCatalogue]:
    catalogue = SqliteCatalogue(path)
    try:
        yield catalogue
    finally:
        catalogue.close()


def a_fact(kind: str = "sale", at: str = NOON, body: bytes = b'{"total_minor":165}') -> Fact:
    return Fact(kind, 1, at, DAY, body)


def open_session(ledger: SqliteLedger, session_id: str = SESSION) -> TillSession:
    with ledger.write() as write:
        session = TillSession(session_id, write.next_session_number(), DAY, NOON, "op", 10_000)
        write.open_session(session)
        write.add_movement(a_movement(f"float of {session_id}", 10_000, MovementKind.FLOAT, session_id))
        write.record(a_fact("session_opened"))
        write.commit()
    return session


def a_movement(
    movement_id: str,
    amount_minor: int,
    kind: MovementKind = MovementKind.TENDER,
    session_id: str = SESSION,
    sale_uuid: str | None = None,
) -> DrawerMovement:
    return DrawerMovement(movement_id, session_id, kind, amount_minor, NOON, "op", sale_uuid=sale_uuid)


def a_job(job_id: str) -> PrintJob:
    return PrintJob(job_id, JobKind.RECEIPT, f"Receipt {job_id}", b'{"blocks":[]}', NOON)


def write_sale(write: LedgerWrite, uuid: str, price_minor: int = 165) -> Sale:
    """All that a sale writes, but for the commit."""
    counter = write.next_receipt_counter()
    sale = replace(a_sale(a_basket(a_line("1", price_minor)), counter=counter), uuid=uuid)
    write.add_sale(sale)
    write.add_movement(a_movement(f"cash of {uuid}", price_minor, sale_uuid=uuid))
    write.record(a_fact("sale"))
    write.add_print_job(a_job(f"job of {uuid}"))
    write.clear_basket()
    return sale


def sell(ledger: SqliteLedger, uuid: str, price_minor: int = 165) -> Sale:
    with ledger.write() as write:
        sale = write_sale(write, uuid, price_minor)
        write.commit()
    return sale


def journal_of(ledger: SqliteLedger) -> list[JournalEntry]:
    return list(ledger.entries_after(0, 100_000, 1_000_000_000))


def assert_chain(entries: list[JournalEntry], till_id: str = TILL.till_id) -> None:
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry.prev_hash for entry in entries] == [GENESIS_HASH, *(e.hash for e in entries[:-1])]
    assert all(is_intact(till_id, entry) for entry in entries)


def item(
    item_id: str,
    name: str = "Milk",
    *,
    code: str | None = None,
    barcodes: tuple[str, ...] = (),
    plu: str | None = None,
    price_minor: int | None = 165,
    department_id: str = "dairy",
    picture: str | None = None,
    pictures: tuple[str, ...] = (),
    blocked: bool = False,
) -> Item:
    return Item(
        item_id=item_id,
        item_code=code or f"code-{item_id}",
        name=name,
        description="",
        department_id=department_id,
        vat_code="Z",
        price_minor=price_minor,
        unit=Unit.EACH,
        plu=plu,
        barcodes=barcodes,
        picture=picture,
        pictures=pictures or ((picture,) if picture else ()),
        blocked=blocked,
    )
