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
    shop_id: str = ""


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
    capabilities: list[str] = []
    """See Capability; of protocol 2 and later."""
    feed_records: int = 0
    """About how many records the whole feed of this till has."""
    shop_id: str = ""
    hub_version: str = ""
    forked: bool = False
    """The hub holds entries that contradict this till's journal: two machines have one identity."""


class Capability:
    """What a hub can do beyond the calls that every hub answers."""

    SNAPSHOT = "snapshot"
    LIVE = "live"
    SWEEP = "sweep"
    ZSTD = "zstd"
    """Takes request bodies with `Content-Encoding: zstd`."""


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


class LiveAnswer(msgspec.Struct, frozen=True):
    """Of a long poll: at once when there is something after the cursor, else when the wait is over."""

    changed: bool
    cursor: str
    """The hub's newest position for this till; only to be compared, what is between is read by pages."""


class SnapshotAnswer(msgspec.Struct, frozen=True):
    """A ready catalogue file of the calling till's shop."""

    sha256: str
    """Of the compressed bytes, by which they are fetched."""
    compressed_bytes: int
    catalogue_sha256: str
    catalogue_bytes: int
    schema_version: int
    """Of the file's tables; a till that knows another reads pages."""
    epoch: str
    cursor: str
    """From which the feed goes on."""
    records: int


class SweepKind(msgspec.Struct, frozen=True):
    records: int
    buckets: str
    """Base64 of one 8-byte sum for each bucket; see `wire.sweeping`."""
    fields: int = 0
    """Of a record of this kind as the hub writes it, 0 when it does not say. A till whose own records have
    another number of them cannot compare: it never saw the fields that it does not know."""


class SweepAnswer(msgspec.Struct, frozen=True):
    epoch: str
    cursor: str
    """Where the feed stood."""
    kinds: dict[str, SweepKind]


class BucketRow(msgspec.Struct, frozen=True, array_like=True):
    record_id: str
    digest: str
    seq: int
    """The number in the feed: what a till has not read yet is no difference."""


class BucketAnswer(msgspec.Struct, frozen=True):
    epoch: str
    cursor: str
    rows: list[BucketRow]


class RecordsRequest(msgspec.Struct, frozen=True):
    kind: str
    record_ids: list[str]


class KnownRequest(msgspec.Struct, frozen=True):
    uuids: list[str]
    """Of journal entries, at most MAX_BATCH_ENTRIES."""


class KnownAnswer(msgspec.Struct, frozen=True):
    known: list[str]
    """Those that some till's journal at the hub holds; contradicting entries do not count."""


class JournalPage(msgspec.Struct, frozen=True):
    """The calling till's own entries as the hub keeps them."""

    entries: list[Entry]
    more: bool


class WaitingEntry(msgspec.Struct, frozen=True):
    """An entry that the hub keeps and could not apply."""

    seq: int
    uuid: str
    kind: str
    at: str
    code: str
    words: str
    """What is wrong, for people."""
    advice: str
    """What a person should do."""


class SessionCheck(msgspec.Struct, frozen=True):
    """What the hub holds of one till session: to be compared with the till's own figures."""

    session_id: str
    transactions: int
    total_minor: int
    cash_minor: int
    """Sum of the drawer's movements."""
    entries: int
    last_seq: int
    last_hash: str
    quarantined: int
    missing_receipts: list[str]
    """Numbers between the first and the last of the session of which the hub has no sale, not even in
    quarantine."""


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
    FORBIDDEN = "forbidden"
    """The caller is known and may not do this."""
    REVOKED = "revoked"
    """401: this till's pairing was taken back."""
    TOO_MANY_REQUESTS = "too_many_requests"
    """429: nothing was kept; send again after Retry-After."""
    NOT_READY = "not_ready"
    """503: the snapshot is being made."""
    UNAUTHORISED = "unauthorised"
    PAIRING_CODE_WRONG = "pairing_code_wrong"
    PROTOCOL_TOO_OLD = "protocol_too_old"
    GAP = "gap"
    FORK = "fork"
    BAD_HASH = "bad_hash"
    EPOCH_CHANGED = "epoch_changed"
    TOO_LARGE = "too_large"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    """409: what is asked for contradicts how things stand; the words say how."""
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
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_CUSTOMER = "unknown_customer"
    UNKNOWN_LOCATION = "unknown_location"
    BODY_TOO_LARGE = "body_too_large"
