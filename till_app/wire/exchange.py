"""The requests and answers of pairing, greeting and sending the journal, and the error answer."""

import msgspec


class PairRequest(msgspec.Struct, frozen=True):
    code: str
    """The one-time code that the hub showed."""
    till_name: str


class PairAnswer(msgspec.Struct, frozen=True):
    till_id: str
    till_code: str
    """Short, printed at the front of receipt numbers."""
    till_name: str
    token: str
    """Bearer token of this till; shown once, kept by the hub as a hash."""
    hub_id: str


class JournalHead(msgspec.Struct, frozen=True):
    """How far a journal goes: 0 and the genesis hash when it is empty."""

    seq: int
    hash: str


class HelloRequest(msgspec.Struct, frozen=True):
    oldest_protocol: int
    newest_protocol: int
    app_version: str
    journal_head: JournalHead
    till_time: str


class HelloAnswer(msgspec.Struct, frozen=True):
    protocol: int
    hub_id: str
    epoch: str
    server_time: str
    acked_through: JournalHead
    quarantined: int
    """Entries of this till that wait at the hub for a person."""


class Entry(msgspec.Struct, frozen=True):
    """A journal entry on the wire. `body` is the stored bytes as UTF-8 text; see `domain.journal`."""

    seq: int
    uuid: str
    kind: str
    version: int
    at: str
    business_date: str
    body: str
    prev_hash: str
    hash: str


class JournalRequest(msgspec.Struct, frozen=True):
    """Entries in ascending, gapless order of `seq`."""

    epoch: str
    entries: list[Entry]


class EntryResult(msgspec.Struct, frozen=True):
    seq: int
    state: str
    """`applied`, `duplicate` or `quarantined`."""
    code: str = ""
    """Of a quarantined entry: why."""


class JournalAnswer(msgspec.Struct, frozen=True):
    """Sent only after the hub's commit."""

    acked_through: JournalHead
    results: list[EntryResult]
    quarantined: int


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The body of every answer that is not a success."""

    code: str
    message: str
    acked_through: JournalHead | None = None
    """With `gap` (409): what the hub has, so that the till rewinds to it."""


class TaxTotal(msgspec.Struct, frozen=True):
    vat_code: str
    rate_bp: int
    gross_minor: int
    tax_minor: int


class TillTotals(msgspec.Struct, frozen=True):
    """What the hub holds of one till: for comparing both sides to the penny."""

    sales: int
    """Transactions in which goods were sold."""
    returns: int
    """Transactions in which goods came back."""
    transactions: int
    lines: int
    gross_minor: int
    tax_minor: int
    taxes: list[TaxTotal]
    tenders_minor: dict[str, int]
    """By tender kind: what was settled."""
    cash_minor: int
    """Sum of all drawer movements."""
    z_reports: int
    entries: int
    quarantined: int
    differences: int
    """Sales whose figures the hub computes differently."""


class ErrorCode:
    """Codes of ErrorAnswer."""

    BAD_REQUEST = "bad_request"
    UNAUTHORISED = "unauthorised"
    PAIRING_CODE_WRONG = "pairing_code_wrong"
    PROTOCOL_TOO_OLD = "protocol_too_old"
    GAP = "gap"
    FORK = "fork"
    BAD_HASH = "bad_hash"
    EPOCH_CHANGED = "epoch_changed"
    TOO_LARGE = "too_large"
    NOT_FOUND = "not_found"
    CURSOR_UNKNOWN = "cursor_unknown"
    FILE_REFUSED = "file_refused"
    BUSY = "busy"
    """503: nothing was kept, the same may be sent again."""
    HUB_FAULT = "hub_fault"


class QuarantineCode:
    """Why the hub could take an entry but not apply it."""

    UNKNOWN_KIND = "unknown_kind"
    NEWER_VERSION = "newer_version"
    MALFORMED_BODY = "malformed_body"
    SUMS_DIFFER = "sums_differ"
    OVER_RETURNED = "over_returned"
    DUPLICATE_UUID = "duplicate_uuid"
