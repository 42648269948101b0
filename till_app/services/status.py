"""What background parts report about themselves: frozen values that the screens show."""

from dataclasses import dataclass
from enum import StrEnum


class LinkState(StrEnum):
    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"
    """The hub answers but will not take this till: `SyncStatus.error_code` says why."""


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """A first load under way; selling from the old catalogue goes on meanwhile."""

    done: int
    total: int
    """In the same unit: bytes of a snapshot, or records. 0 while it is not known."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The last comparison of the whole catalogue with the hub's."""

    at: str
    compared: int
    different: int
    mended: int
    error_code: str = ""
    """Why it could not be finished."""


@dataclass(frozen=True, slots=True)
class WaitingAtHub:
    """An entry of this till that the hub keeps and could not apply."""

    seq: int
    kind: str
    at: str
    code: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The link to the hub as of now."""

    state: LinkState = LinkState.STARTING
    since: str | None = None
    """When this state began; RFC 3339, UTC."""
    waiting_sales: int = 0
    """Sales that the hub has not acknowledged."""
    waiting_entries: int = 0
    oldest_waiting_at: str | None = None
    quarantined: int = 0
    error_code: str = ""
    clock_skew_s: int = 0
    """This till's clock less the hub's, measured at the last greeting."""
    last_exchange_at: str | None = None
    """When the hub last answered as it should; RFC 3339, UTC."""
    protocol: int = 0
    """As agreed at the last greeting; 0 before it."""
    hub_version: str = ""
    is_live: bool = False
    """Changes arrive as they happen; else at every round."""
    load: LoadProgress | None = None
    check: CheckReport | None = None
    waiting_at_hub: tuple[WaitingAtHub, ...] = ()
    """As many as `quarantined` says, the oldest first, a hundred at most."""
    skipped_records: int = 0
    """Records of the hub that this release could not read since the start."""


@dataclass(frozen=True, slots=True)
class CatalogueChanged:
    """Records that a pull has just replaced or removed."""

    item_ids: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    """Such as `item`, `stock`, `quick_key`, `shop`."""
    pictures: frozenset[str] = frozenset()


class PrinterState(StrEnum):
    NOT_SET_UP = "not_set_up"
    READY = "ready"
    BUSY = "busy"
    WAITING = "waiting"
    """The printer waits for paper, a cover, or itself: `PrinterStatus.reason`, and jobs with it, if any."""
    UNCONFIRMED = "unconfirmed"
    """A receipt left the till and nobody knows whether it printed."""


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    state: PrinterState = PrinterState.NOT_SET_UP
    reason: str = ""
    """Such as `paper_out`, `cover_open`, `offline`, `unreachable`; `restart` when all that waits is held.
    Of an unconfirmed job: why nobody knows, such as `no_way_back`."""
    waiting_jobs: int = 0
    unconfirmed_job: str | None = None
    """The oldest one."""
    unconfirmed_title: str = ""
    held_jobs: int = 0
    """They were there before the till was started: a person says whether they still print."""
    unconfirmed_jobs: int = 0
    has_other_printer: bool = False
    """A job can go to the other printer."""
    printed_elsewhere: str = ""
    """Title of the document that the other printer printed last in place of the receipt printer."""
    unreadable: str = ""
    """Title of the last document that could not be read and was cancelled."""
    given_up: int = 0
    """Documents that waited for a printer when the last one was taken away, since the start: cancelled."""
    is_paper_near_end: bool = False
