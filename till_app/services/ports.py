"""What the use cases need from the outside, as protocols; store, sync, devices and bootstrap fill them."""

from collections.abc import Container, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketLine
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
        """SHA-256 of pictures that the cache lacks: first those that `want_picture` asked for, then those of
        quick keys, then items' first pictures while there is room. None for a while after a failing disk."""
        ...

    def add_picture(self, sha256: str, content: bytes) -> None:
        """Others may have to make room. One that a full or failing disk cannot take is left out and logged:
        pictures are never in the way of data."""
        ...

    def swap_in(self, path: Path, *, is_checked: bool = False) -> None:
        """Replace the whole catalogue, cursor included, by a ready file, in one step; the file is gone then.

        Look-ups go on with the old one until then and with the new one afterwards; pictures stay. Raises
        ValueError when the file is damaged, of another schema or not ready, and CatalogueUnavailable when the
        disk fails: nothing is changed then. `is_checked`: whoever wrote the file has compared its hash, so
        that not all of it is read again. A page whose cursor was asked before is dropped.
        """
        ...

    def mend(self, records: Sequence[CatalogueRecord], gone: Sequence[Gone]) -> None:
        """Replace and remove, in one transaction, and leave the cursor where it is. Raises
        CatalogueUnavailable."""
        ...


# ------------------------------------------------------------------- ledger


class JobKind(StrEnum):
    RECEIPT = "receipt"
    GIFT_RECEIPT = "gift_receipt"
    CREDIT_NOTE = "credit_note"
    PICK_UP_SLIP = "pick_up_slip"
    REPORT = "report"
    CARD_SLIP = "card_slip"
    """What a card terminal wants printed."""
    LABEL = "label"
    SHEET = "sheet"
    """For installers: scanner codes, what was tested."""


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


HELD_SINCE_RESTART = "restart"
"""The reason of a job that was there before the till was started."""
TOLD_BY_OPERATOR = "told_by_operator"
ALL_JOBS = -1


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A document to print, as a row.

    `document` is a `hardware.document.ReceiptDocument` as JSON, or a label as
    `services.item_labels` writes it.
    """

    job_id: str
    kind: JobKind
    title: str
    """For people, such as `Receipt 2-004182`."""
    document: bytes
    created_at: str
    state: JobState = JobState.QUEUED
    reason: str = ""
    printer: str = "receipt_printer"
    """A name of `device_settings.DeviceId`: whose queue it stands in now."""

    @property
    def is_held(self) -> bool:
        """It was there before the till was started, and a person says whether it still prints."""
        return self.state is JobState.WAITING and self.reason == HELD_SINCE_RESTART


@dataclass(frozen=True, slots=True)
class JobSummary:
    """The unfinished print jobs in a few figures."""

    waiting: int = 0
    """They print by themselves as soon as the printer can."""
    held: int = 0
    unconfirmed: int = 0
    unconfirmed_job: str | None = None
    """The oldest one."""
    unconfirmed_title: str = ""
    unconfirmed_reason: str = ""


class PaymentPurpose(StrEnum):
    PURCHASE = "purchase"
    REFUND = "refund"
    REVERSAL = "reversal"


class PaymentState(StrEnum):
    STARTED = "started"
    """Committed before the first byte goes to the terminal; after a restart it is as `unknown`."""
    APPROVED = "approved"
    DECLINED = "declined"
    ABORTED = "aborted"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    """The money may have moved: no other attempt before the terminal or a person has said."""
    REVERSED = "reversed"
    SETTLED_BY_HAND = "settled_by_hand"
    """A person looked at the terminal: `approved_minor` says what was taken, 0 for nothing."""


@dataclass(frozen=True, slots=True)
class PaymentAttempt:
    """One payment at a card terminal, as a row."""

    attempt_id: str
    basket_uuid: str
    purpose: PaymentPurpose
    reference: str
    """Given to the terminal: at most 36 characters, never used twice."""
    amount_minor: int
    currency: str
    operator_id: str
    session_id: str
    started_at: str
    state: PaymentState = PaymentState.STARTED
    approved_minor: int = 0
    ended_at: str | None = None
    """None while somebody must still act: nothing is known yet, or the money is in no sale."""
    reason: str = ""
    terminal: str = ""
    """The kind of terminal, such as `zvt`."""
    terminal_reference: str = ""
    authorisation: str = ""
    scheme: str = ""
    of_attempt: str = ""
    """What a reversal undoes."""
    customer_copy: str = ""
    """Lines of the terminal for the customer's receipt, masked."""


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


@dataclass(frozen=True, slots=True)
class JournalPosition:
    """The last entry's number and hash; 0 and the genesis hash for none."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """The last entry of one of the till's chains."""

    till_id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The entries recorded under one identity of this till."""

    identity: TillIdentity
    began_at: str | None
    """None for the first one."""
    reason: str
    last_seq: int
    acked_through: int


@dataclass(frozen=True, slots=True)
class TillNumbers:
    """The numbers used last."""

    receipt_counter: int
    z_number: int
    session_number: int


class LedgerWrite(Protocol):
    """One transaction of the ledger. Nothing is kept unless `commit` is reached."""

    def commit(self) -> None: ...

    def journal_head(self) -> JournalPosition:
        """With what this transaction recorded."""
        ...

    def unsent_entries(self) -> int: ...

    def grand_total_minor(self) -> int: ...

    def numbers(self) -> TillNumbers: ...

    def begin_chain(self, identity: TillIdentity, reason: str, at: str) -> ChainPosition:
        """What is recorded from now on is of a new chain, under that identity. Older entries stay as they
        are; numbers, session and basket go on. Returns where the chain before it ended."""
        ...

    def not_among(self, known_uuids: Container[str]) -> Sequence[tuple[int, int]]:
        """Where the entries of older chains are whose uuid is not among those; each fact once, in order."""
        ...

    def carry_over(self, positions: Sequence[tuple[int, int]]) -> None:
        """Record older entries again in the new chain: only number and hashes differ."""
        ...

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

    def begin_payment(self, attempt: PaymentAttempt) -> None:
        """Before the terminal is given the first byte of it."""
        ...

    def end_payment(self, attempt: PaymentAttempt) -> None:
        """The same attempt with what became of it."""
        ...

    def next_copy_number(self, document: str) -> int:
        """1 for the first copy of that document, and so on."""
        ...

    def save_basket(self, basket: Basket) -> None:
        """The header only: identity, opening, age check."""
        ...

    def save_basket_line(self, basket_uuid: str, line: BasketLine) -> None: ...

    def save_tenders(self, basket_uuid: str, tenders: Sequence[TenderLine]) -> None: ...

    def clear_basket(self) -> None: ...

    def add_new_customer(self, customer: Customer, added_at: str) -> None:
        """Kept here until the hub's own record of them has come."""
        ...

    def forget_new_customers(self, customer_ids: Sequence[str]) -> None: ...

    def save_pin_state(self, staff_id: str, state: PinState) -> None: ...


class LedgerRestore(LedgerWrite, Protocol):
    """A transaction in which a ledger takes back what it had, with the numbers that it had."""

    def take_back(self, entry: JournalEntry) -> bool:
        """Append an entry of the present chain as it is; False when it is there. Raises ReadBackRefused for
        one that does not follow, is another than the one here, or is not what its hash says."""
        ...

    def record_again(self, entry: JournalEntry) -> JournalEntry:
        """Append a fact whose place in the chain is lost: only number and hashes differ."""
        ...

    def acknowledge(self, seq: int) -> None:
        """The hub has every entry of the present chain through `seq`. Never goes back."""
        ...

    def first_entry(self) -> JournalEntry | None:
        """Of the present chain."""
        ...

    def is_of_older_chain(self, uuid: str) -> bool: ...

    def has_session(self, session_id: str) -> bool: ...

    def open_session_now(self) -> TillSession | None: ...

    def raise_numbers(self, numbers: TillNumbers) -> None:
        """Numbers that are higher here already stay."""
        ...

    def set_grand_total(self, amount_minor: int) -> None: ...

    def restore_sale(self, sale: Sale) -> None:
        """As `add_sale`, under the number that the sale has."""
        ...

    def restore_session(self, session: TillSession, first_seq: int) -> None: ...

    def restore_z(self, session_id: str, closed_at: str, z_number: int) -> None: ...

    def restore_copies(self, document: str, copies: int) -> None: ...

    def restore_payment(self, attempt: PaymentAttempt) -> None:
        """Add a payment at a terminal, or give the one that is here this outcome."""
        ...

    def close_basket(self, uuid: str) -> None:
        """Clear the open basket if it is that one: it was sold or voided."""
        ...


@dataclass(frozen=True, slots=True)
class UnsentSummary:
    entries: int
    sales: int
    oldest_at: str | None


@dataclass(frozen=True, slots=True)
class SessionProof:
    """What the journal says of a session."""

    sales: int
    sales_at_hub: int
    """Of them, those that the hub has acknowledged."""
    broken_at: int | None
    """The first entry that does not follow the one before it or is not what its hash says."""


class Ledger(Protocol):
    """The till's own truth. Any thread may call; writes wait for each other."""

    def write(self) -> AbstractContextManager[LedgerWrite]:
        """`with ledger.write() as w: …; w.commit()`; left without a commit, all is rolled back.

        Raises LedgerUnavailable when the disk is full or fails.
        """
        ...

    def restore(self) -> AbstractContextManager[LedgerRestore]:
        """As `write`, to take back what was lost."""
        ...

    def identity(self) -> TillIdentity | None:
        """None before pairing."""
        ...

    def set_identity(self, identity: TillIdentity) -> None: ...

    def chains(self) -> Sequence[Chain]:
        """Oldest first; the last one is the present one."""
        ...

    def fact_uuids(self) -> Sequence[str]:
        """Of all entries of all chains, each once."""
        ...

    def saved_basket(self) -> SavedBasket | None: ...

    def session(self) -> TillSession | None:
        """The open one."""
        ...

    def closed_sessions(self, limit: int) -> Sequence[TillSession]:
        """The latest first."""
        ...

    def session_facts(self, session: TillSession) -> SessionFacts: ...

    def sale_by_receipt(self, receipt_number: str) -> Sale | None: ...

    def sale(self, uuid: str) -> Sale | None: ...

    def open_payments(self) -> Sequence[PaymentAttempt]:
        """Started, and nobody knows yet what became of them; oldest first."""
        ...

    def payment(self, attempt_id: str) -> PaymentAttempt | None: ...

    def payments_of_basket(self, basket_uuid: str) -> Sequence[PaymentAttempt]:
        """Oldest first."""
        ...

    def payments_without_sale(self) -> Sequence[PaymentAttempt]:
        """Money that a terminal took or gave and that is in no sale: approved and without an end. That of
        the open basket's tenders is not among them."""
        ...

    def latest_sales(self, limit: int) -> Sequence[Sale]:
        """Newest first."""
        ...

    def returned(self, sale_uuid: str) -> dict[int, AlreadyReturned]:
        """What came back of a sale, by line number."""
        ...

    def grand_total_minor(self) -> int: ...

    def pin_state(self, staff_id: str) -> PinState: ...

    def new_customers(self) -> Sequence[Customer]:
        """Made at this till and not yet forgotten, newest first."""
        ...

    def unsent_sold_milli(self, item_id: str) -> int:
        """By sales that the hub has not acknowledged; negative when more came back."""
        ...

    def unsent_of_kind(self, kind: str) -> Sequence[JournalEntry]:
        """In order; for kinds of which few are made."""
        ...

    def last_at_of_kind(self, kind: str) -> str | None:
        """The moment of the latest entry of that kind."""
        ...

    def journal_head(self) -> JournalPosition: ...

    def session_proof(self, session: TillSession) -> SessionProof:
        """Reads the session's entries and checks their chain; some milliseconds for a day."""
        ...

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


class Recovery(Protocol):
    """Takes back what a till recorded and then lost, such as when its disk was put back from an old copy."""

    def read_back(self, entries: Sequence[JournalEntry]) -> None:
        """Append this till's own entries as the hub kept them, byte for byte, and rebuild what follows from
        them: sales, sessions, movements, counters, the grand total. One transaction for all that are given;
        they are acknowledged. Those that the journal already has, with the same hash, are passed over.

        Any thread may call. Raises ReadBackRefused, with nothing kept, and LedgerUnavailable.
        """
        ...


class ReadBackRefused(Exception):
    """The entries do not follow this till's journal, or are not what their hashes say. In the words: why."""


class PrintJobs(Protocol):
    """The print queues as the printers' workers and the screens see them. Any thread may call."""

    def next_job(self, printer: str) -> PrintJob | None:
        """The oldest that is queued or waiting for that printer, and not held."""
        ...

    def mark(self, job_id: str, state: JobState, reason: str = "", *, by_printer: str = "") -> None:
        """Committed when this returns: `sending` before the first byte leaves.

        `by_printer`: only as long as the job stands in that printer's queue. Raises ValueError when it does
        not or cannot become that, and LookupError.
        """
        ...

    def hand_over(self, job_id: str, to_printer: str, reason: str) -> bool:
        """Into another printer's queue. False, and nothing is changed, once it is being sent or is held."""
        ...

    def settle_after_start(self, before: str) -> None:
        """Once, before any printer works: what was being sent when the till died becomes unconfirmed, and
        what was made before that moment (RFC 3339) and did not print is held until a person decides."""
        ...

    def release_held(self, job_ids: Sequence[str] | None = None) -> None:
        """A person wants these held jobs, or all of them, printed."""
        ...

    def skip_held(self, reason: str) -> None:
        """A person gives the paper of all held jobs up."""
        ...

    def open_jobs(self, most: int = ALL_JOBS) -> Sequence[PrintJob]:
        """Queued, sending, waiting and unconfirmed, oldest first."""
        ...

    def summary(self, printers: Container[str]) -> JobSummary:
        """Of these printers' queues; quick however many jobs there are."""
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
    """The printers' workers. Calls do not wait for a printer."""

    def wake(self) -> None:
        """A job was committed."""
        ...

    def serves(self, printer: str) -> bool:
        """Whether what stands in that queue is printed, there or by a printer that stands in for it."""
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


@dataclass(frozen=True, slots=True)
class HealthReading:
    """How the machine is, as `wire.bodies.TillHealthBody` says it."""

    app_version: str
    system: str
    free_disk_bytes: int
    ledger_bytes: int
    catalogue_bytes: int
    clock_skew_s: int
    ledger_check: str
    """`ok`, or what SQLite's quick check found."""
    printer: str
    devices: dict[str, str] = field(default_factory=dict)
    """By device that is set up, its state."""


class HealthProbe(Protocol):
    def read(self) -> HealthReading:
        """Any thread may call; it takes some milliseconds and asks no device."""
        ...


class PinVerifier(Protocol):
    def matches(self, pin_hash: str, pin: str) -> bool: ...
