"""What `SyncStatus.error_code` can say besides the hub's own codes (`wire.exchange.ErrorCode`)."""

from till_app.wire.exchange import ErrorCode


class SyncCode:
    # The hub is out of reach: tried again by itself.
    NO_CONNECTION = "no_connection"
    TIMEOUT = "timeout"
    TLS_FAILED = "tls_failed"
    """The hub's certificate is not one that this till trusts, or is out of date by this till's clock."""
    CUT_ANSWER = "cut_answer"
    NOT_A_HUB = "not_a_hub"
    """Something answered, but not as a hub does: a router's sign-in page, a proxy, another service."""
    HUB_FAILED = "hub_failed"
    ANSWER_TOO_LARGE = "answer_too_large"
    NO_PROGRESS = "no_progress"
    """The hub answers, but takes nothing or gives nothing new."""
    LOAD_FAILED = "load_failed"
    """The process of a first load ended without a word; tried again by itself."""
    READING_BACK = "reading_back"
    """The hub has entries of this till that the till lost: they are being read back. Best not to sell now."""
    STOPPED = "stopped"
    """This till broke the request off; never in a status."""

    # A person is needed.
    OTHER_HUB = "other_hub"
    """What answers at the hub's address is not the hub that this till was paired with."""
    TILL_RESTORED = "till_restored"
    """The hub has entries of this till that the till lacks and cannot read back. To be paired anew."""
    MASS_REMOVAL = "mass_removal"
    """The hub's feed would take away more than a fifth of the items; it is not applied unasked."""
    CANNOT_START = "cannot_start"
    """What this till knows of its hub cannot be used: a damaged address, credential or certificate."""
    BUG = "bug"
    """Something unforeseen; the log has it."""


LATER = frozenset({ErrorCode.BUSY, ErrorCode.NOT_READY, ErrorCode.TOO_MANY_REQUESTS})
"""The hub is there, understood, and asks to be asked again."""
