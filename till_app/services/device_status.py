"""What devices report about themselves: frozen values that the screens and use cases read."""

from dataclasses import dataclass, field
from enum import StrEnum

from till_app.domain.symbology import split_identifier, symbology_of
from till_app.services.ports import PaymentState


class DeviceState(StrEnum):
    NOT_SET_UP = "not_set_up"
    CONNECTING = "connecting"
    READY = "ready"
    NEEDS_SOMEBODY = "needs_somebody"
    """It answers and cannot work: paper, cover, a question on its screen."""
    UNREACHABLE = "unreachable"
    """Tried again and again, with growing pauses."""


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """One device as of now. Moments are RFC 3339, UTC."""

    device: str
    """A name of `device_settings.DeviceId`."""
    state: DeviceState = DeviceState.NOT_SET_UP
    since: str = ""
    """When this state began."""
    last_heard_at: str = ""
    """When it last answered, or a write to one that never answers went through; empty: never yet."""
    error: str = ""
    """Code of the last failure, such as `timeout`, `unavailable`, `paper_out`; it stays when that is over."""
    error_at: str = ""
    queue: int = 0
    """Jobs or messages that wait for it."""
    facts: dict[str, str] = field(default_factory=dict)
    """By name, what else is known: `paper`, `cover`, `drawer`, `receipts_since_roll`, `last_scan` …"""


# ------------------------------------------------------------------ scanner


@dataclass(frozen=True, slots=True)
class ScanHeard:
    """One scan, from whichever scanner."""

    text: str
    """As it is looked up: with the AIM identifier before it, when the scanner tells one."""
    source: str
    """`wedge`, or a name of `device_settings.DeviceId` such as `scanner:1`."""
    aim: str = ""
    """Such as `]E0`; empty: the scanner does not tell."""
    gap_ms: int = 0
    """The longest pause between two of its characters or portions."""
    at: str = ""
    """RFC 3339, UTC."""

    @property
    def facts(self) -> dict[str, str]:
        """For DeviceHealth, such as `5000108022176`, `EAN-13`, `18`."""
        code = split_identifier(self.text)[1].replace("\x1d", " ")
        return {"last_scan": code, "symbology": symbology_of(self.text), "gap_ms": str(self.gap_ms)}


# ------------------------------------------------------------------- drawer


class OpeningReason(StrEnum):
    SALE = "sale"
    NO_SALE = "no_sale"
    FLOAT = "float"
    MOVEMENT = "movement"
    """A loan, pick-up, paid in or paid out."""
    COUNT = "count"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class DrawerOpening:
    """Why the drawer is to open now; the fact that it was asked for is on record before."""

    reason: OpeningReason
    operator_id: str = ""
    session_id: str = ""
    reference: str = ""
    """Such as the receipt's number."""


class DrawerNews(StrEnum):
    KICKED = "kicked"
    """The pulse was sent."""
    DROPPED_LATE = "dropped_late"
    """It could not be sent within its life of some seconds."""
    FAILED = "failed"
    OPENED_UNASKED = "opened_unasked"
    """By its key, or by another program."""
    OPENED = "opened"
    CLOSED = "closed"
    LEFT_OPEN = "left_open"


@dataclass(frozen=True, slots=True)
class DrawerEvent:
    news: DrawerNews
    at: str
    opening: DrawerOpening | None = None
    """What it follows from."""
    detail: str = ""


# -------------------------------------------------------------------- scale


class WeightState(StrEnum):
    STABLE = "stable"
    MOVING = "moving"
    ZERO = "zero"
    """Nothing on it."""
    UNDER_ZERO = "under_zero"
    OVERLOADED = "overloaded"
    SILENT = "silent"
    """No answer: the weight that was shown counts no more."""


@dataclass(frozen=True, slots=True)
class LiveWeight:
    state: WeightState
    weight_grams: int = 0
    """Net; 0 unless `stable` or `moving`."""
    is_net: bool = False
    """A tare is taken off."""
    number: int = 0
    """Grows whenever what lies on the scale has changed: a weight is sold once."""
    is_sold: bool = False
    """What lies there is in the basket already."""

    @property
    def can_be_taken(self) -> bool:
        """At rest, more than nothing, and not sold yet."""
        return self.state is WeightState.STABLE and self.weight_grams > 0 and not self.is_sold


# ------------------------------------------------------------ card terminal


@dataclass(frozen=True, slots=True)
class PaymentProgress:
    """What the terminal shows meanwhile."""

    attempt_id: str
    words: str


@dataclass(frozen=True, slots=True)
class PaymentQuestion:
    """Nobody knows what became of a payment, and the terminal is asked, again and again."""

    attempt_id: str
    asked: int
    """How many times, with the one under way."""
    is_asking: bool
    next_in_s: float | None = None
    """None while it is asked, or when this terminal cannot be asked: a person must look."""


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What became of a payment, as the terminal says it; no card number is in it."""

    attempt_id: str
    state: PaymentState
    """`approved`, `declined`, `aborted`, `not_sent` or `unknown`."""
    approved_minor: int = 0
    reason: str = ""
    words: str = ""
    """What the terminal shows, for the operator."""
    authorisation: str = ""
    terminal_reference: str = ""
    scheme: str = ""
    customer_copy: tuple[str, ...] = ()
    merchant_copy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TerminalSettled:
    """The terminal's end of day with its bank."""

    is_done: bool
    reason: str = ""
    words: str = ""
    printout: tuple[str, ...] = ()


# ------------------------------------------------------------------ display


@dataclass(frozen=True, slots=True)
class ShownLine:
    name: str
    quantity: str
    """Ready to be read, such as `0.412 kg × £2.50/kg`; empty for one."""
    amount: str
    picture: str = ""
    """SHA-256 of its picture; empty: none."""


class CustomerMoment(StrEnum):
    IDLE = "idle"
    SELLING = "selling"
    PAYING = "paying"
    DONE = "done"
    CLOSED = "closed"
    """Nobody is signed on."""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """What the customer may see, in words and formatted amounts."""

    moment: CustomerMoment = CustomerMoment.CLOSED
    lines: tuple[ShownLine, ...] = ()
    """The last ones, the newest at the end."""
    earlier_lines: int = 0
    """How many there are before those."""
    last_line: ShownLine | None = None
    """The one that changed last."""
    total: str = ""
    savings: str = ""
    """Empty when there are none."""
    to_pay: str = ""
    change: str = ""
    message: str = ""
    """The shop's, while nobody buys."""
