"""What the use cases need from the outside, as protocols; store, sync, devices and bootstrap fill them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from till_app.domain.basket import Basket, BasketLine
from till_app.domain.catalogue import (
    Customer,
    Department,
    Item,
    ListedPrice,
    Location,
    PriceList,
    QuickKey,
    ReceiptText,
    Setting,
    Shop,
    StaffMember,
    StockLevel,
)
from till_app.domain.journal import JournalEntry
from till_app.domain.promotions import Promotion
from till_app.domain.reports import SessionFacts
from till_app.domain.returns import AlreadyReturned
from till_app.domain.sale import Sale
from till_app.domain.session import DrawerMovement, TillSession
from till_app.domain.tax import VatRate
from till_app.domain.tender import TenderLine


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def today(self) -> str:
        """The shop's local date, ISO."""
        ...


@dataclass(frozen=True, slots=True)
class TillIdentity:
    """Who this till is to the hub and on its receipts."""

    till_id: str
    till_code: str
    till_name: str


# ---------------------------------------------------------------- catalogue


class Catalogue(Protocol):
    """What the hub owns, as cached here. Every call is indexed and local; any thread may call."""

    def find(self, code: str) -> Sequence[Item]:
        """All items with that GTIN-14, barcode as typed, PLU or item code; blocked ones too."""
        ...

    def item(self, item_id: str) -> Item | None: ...

    def search(self, text: str, limit: int) -> Sequence[Item]:
        """Items whose name has words that begin with each word typed, or whose code, PLU or barcode begins
        with the text."""
        ...

    def stock(self, item_id: str) -> StockLevel | None:
        """At the shop's default location."""
        ...

    def stock_levels(self, item_id: str) -> Sequence[StockLevel]:
        """At every location of the shop, the default one first."""
        ...

    def locations(self) -> Sequence[Location]:
        """The default one first, then by name."""
        ...

    def prices(self, item_id: str) -> Sequence[tuple[PriceList, ListedPrice]]:
        """By every list that has one, today or not, the highest priority first."""
        ...

    def promotions(self) -> Sequence[Promotion]:
        """All that the hub sent, ended and coming ones too; a few, kept in memory until a change."""
        ...

    def customer(self, customer_id: str) -> Customer | None: ...

    def search_customers(self, text: str, limit: int) -> Sequence[Customer]:
        """Active ones whose name has words that begin with each word typed, or whose code, phone or e-mail
        begins with the text."""
        ...

    def receipt_texts(self) -> Sequence[ReceiptText]:
        """In order of place and position, whatever the day."""
        ...

    def settings(self) -> Sequence[Setting]: ...

    def want_picture(self, sha256: str) -> None:
        """Somebody looks at an item whose picture is not here: fetch it before the others."""
        ...

    def departments(self) -> Sequence[Department]: ...

    def items_in_department(self, department_id: str, limit: int, offset: int = 0) -> Sequence[Item]: ...

    def quick_keys(self) -> Sequence[QuickKey]:
        """In order of page and position."""
        ...

    def vat_rate(self, code: str) -> VatRate | None: ...

    def staff(self) -> Sequence[StaffMember]:
        """The active ones, by name."""
        ...

    def shop(self) -> Shop | None:
        """None before the first pull."""
        ...

    def picture(self, sha256: str) -> bytes | None:
        """From the local cache; None while it has not been fetched."""
        ...


@dataclass(frozen=True, slots=True)
class Gone:
    """A tombstone: the record of that kind (`item`, `stock`, `department` …) exists no more."""

    kind: str
    record_id: str


CatalogueRecord = (
    Item
    | StockLevel
    | Location
    | Department
    | VatRate
    | PriceList
    | ListedPrice
    | Promotion
    | Customer
    | ReceiptText
    | Setting
    | QuickKey
    | StaffMember
    | Shop
    | Gone
)


class CatalogueFeed(Protocol):
    """The side of the catalogue that only the pull writes."""

    def cursor(self) -> str:
        """Empty before the first page."""
        ...

    def apply(self, records: Sequence[CatalogueRecord], next_cursor: str) -> None:
        """Replace or remove the records and save the cursor, in one transaction.

        A page is dropped when the cache turned out damaged, and was made anew, after `cursor` was asked:
        ask `cursor` before each page. Raises CatalogueUnavailable; nothing of the page is kept then.
        """
        ...

    def begin_again(self) -> None:
        """Forget the cursor after the hub's epoch changed; records stay and are replaced as they come.
        What the new feed never mentioned is removed by `end_again`."""
        ...

    def end_again(self) -> None:
        """The feed was read to its end after `begin_again`: remove what it did not mention."""
        ...

    def item_count(self) -> int: ...

    def known_items(self, item_ids: Sequence[str]) -> int:
        """How many of these ids are items here: what their tombstones would remove."""
        ...

    def unmentioned_items(self) -> int:
        """How many items `end_again` would remove now; 0 when nothing was begun again."""
        ...

    def missing_pictures(self, limit: int) -> Sequence[str]:
        """SHA-256 of pictures that items name and the cache lacks, those of quick keys first."""
        ...

    def add_picture(self, sha256: str, content: bytes) -> None: ...


# ------------------------------------------------------------------- ledger


class JobKind(StrEnum):
    RECEIPT = "receipt"
    REPORT = "report"


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A document to print, as a row. `document` is a `hardware.document.ReceiptDocument` as JSON."""

    job_id: str
    kind: JobKind
    title: str
    """For people, such as `Receipt 2-004182`."""
    document: bytes
    created_at: str
    state: JobState = JobState.QUEUED
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SavedBasket:
    """The open basket with the tenders taken so far, as it came through a power cut."""

    basket: Basket
    tenders: tuple[TenderLine, ...]


@dataclass(frozen=True, slots=True)
class PinState:
    """Wrong PINs in a row, and until when the member is locked out (RFC 3339) if at all."""

    wrong_in_a_row: int = 0
    locked_until: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, before the journal gave it a number."""

    kind: str
    version: int
    at: str
    business_date: str
    body: bytes


class LedgerWrite(Protocol):
    """One transaction of the ledger. Nothing is kept unless `commit` is reached."""

    def commit(self) -> None: ...

    def next_receipt_counter(self) -> int:
        """The next number of this till, taken for good only by the commit: no gap, no repeat."""
        ...

    def next_z_number(self) -> int: ...

    def next_session_number(self) -> int: ...

    def record(self, fact: Fact) -> JournalEntry:
        """Append to the journal: number, chain and store the bytes."""
        ...

    def add_sale(self, sale: Sale) -> None:
        """With lines, tenders, what it returns of earlier sales, and the grand total."""
        ...

    def add_movement(self, movement: DrawerMovement) -> None: ...

    def open_session(self, session: TillSession) -> None: ...

    def close_session(self, session_id: str, closed_at: str, z_number: int) -> None: ...

    def count_voided_basket(self, session_id: str) -> None: ...

    def count_no_sale(self, session_id: str) -> None: ...

    def add_print_job(self, job: PrintJob) -> None: ...

    def next_copy_number(self, document: str) -> int:
        """1 for the first copy of that document, and so on."""
        ...

    def save_basket(self, basket: Basket) -> None:
        """The header only: identity, opening, age check."""
        ...

    def save_basket_line(self, basket_uuid: str, line: BasketLine) -> None: ...

    def save_tenders(self, basket_uuid: str, tenders: Sequence[TenderLine]) -> None: ...

    def clear_basket(self) -> None: ...

    def save_pin_state(self, staff_id: str, state: PinState) -> None: ...


@dataclass(frozen=True, slots=True)
class UnsentSummary:
    entries: int
    sales: int
    oldest_at: str | None


@dataclass(frozen=True, slots=True)
class JournalPosition:
    """The last entry's number and hash; 0 and the genesis hash for none."""

    seq: int
    hash: str


class Ledger(Protocol):
    """The till's own truth. Any thread may call; writes wait for each other."""

    def write(self) -> AbstractContextManager[LedgerWrite]:
        """`with ledger.write() as w: …; w.commit()`; left without a commit, all is rolled back.

        Raises LedgerUnavailable when the disk is full or fails.
        """
        ...

    def identity(self) -> TillIdentity | None:
        """None before pairing."""
        ...

    def set_identity(self, identity: TillIdentity) -> None: ...

    def saved_basket(self) -> SavedBasket | None: ...

    def session(self) -> TillSession | None:
        """The open one."""
        ...

    def session_facts(self, session: TillSession) -> SessionFacts: ...

    def sale_by_receipt(self, receipt_number: str) -> Sale | None: ...

    def sale(self, uuid: str) -> Sale | None: ...

    def latest_sales(self, limit: int) -> Sequence[Sale]:
        """Newest first."""
        ...

    def returned(self, sale_uuid: str) -> dict[int, AlreadyReturned]:
        """What came back of a sale, by line number."""
        ...

    def grand_total_minor(self) -> int: ...

    def pin_state(self, staff_id: str) -> PinState: ...

    def journal_head(self) -> JournalPosition: ...

    def session_first_seq(self, session: TillSession) -> int:
        """The journal number of the entry that opened the session."""
        ...

    def unsent(self) -> UnsentSummary: ...


class Outbox(Protocol):
    """The journal as the push sees it."""

    def acked_through(self) -> JournalPosition: ...

    def entries_after(self, seq: int, limit: int, max_bytes: int) -> Sequence[JournalEntry]:
        """In order; at least one when there is one, however large."""
        ...

    def acknowledge(self, seq: int) -> None:
        """The hub has committed all entries through `seq`. Never goes back."""
        ...

    def rewind(self, seq: int) -> None:
        """The hub lost what came after `seq`: it is unsent again."""
        ...

    def journal_head(self) -> JournalPosition: ...

    def hash_at(self, seq: int) -> str | None:
        """The hash of an entry; the genesis hash for 0; None when this till has no such entry."""
        ...

    def unsent(self) -> UnsentSummary: ...


class PrintJobs(Protocol):
    """The print queue as the printer's worker sees it."""

    def next_job(self) -> PrintJob | None:
        """The oldest that is queued or waiting."""
        ...

    def mark(self, job_id: str, state: JobState, reason: str = "") -> None:
        """Committed when this returns: `sending` before the first byte leaves."""
        ...

    def settle_after_start(self) -> Sequence[PrintJob]:
        """What was being sent when the till died becomes unconfirmed; older queued jobs become waiting with
        reason `restart`. Returns those that a person should see."""
        ...

    def open_jobs(self) -> Sequence[PrintJob]:
        """Queued, sending, waiting and unconfirmed, oldest first."""
        ...

    def job(self, job_id: str) -> PrintJob | None: ...


class LedgerUnavailable(Exception):
    """The ledger could not write; nothing of the transaction is kept. `code`: `disk_full`, `disk_failed`."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class CatalogueUnavailable(Exception):
    """The cache could not be read or written though it is not damaged. `code` as for LedgerUnavailable."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


# ------------------------------------------------------------------ devices


class Printing(Protocol):
    """The receipt printer's worker. Neither call waits for the printer."""

    def wake(self) -> None:
        """A job was committed."""
        ...


class CashDrawer(Protocol):
    def open(self) -> None:
        """Queue a kick that is dropped when it could not be sent within 5 s."""
        ...


class SyncWaker(Protocol):
    def wake(self) -> None:
        """A fact was committed; send it when you can."""
        ...


class Formatting(Protocol):
    """Numbers and moments as words, in the shop's currency, language and time zone."""

    def amount(self, amount_minor: int) -> str: ...

    def amount_plain(self, amount_minor: int) -> str:
        """Without the symbol."""
        ...

    def quantity(self, quantity_milli: int) -> str: ...

    def percent(self, rate_bp: int) -> str: ...

    def day(self, day: date) -> str: ...

    def date_and_time(self, moment: datetime) -> str: ...


class PinVerifier(Protocol):
    def matches(self, pin_hash: str, pin: str) -> bool: ...
