"""The state of the hub's link and of the printer as the top bar and its messages say it."""

from collections.abc import Mapping

from till_app.domain.times import from_text
from till_app.services.ports import HELD_SINCE_RESTART
from till_app.services.status import LinkState, LoadProgress, PrinterState, PrinterStatus, SyncStatus
from till_app.ui.formatting import Formatter
from till_app.ui.print_words import printer_reason
from till_app.ui.translation import tr
from till_app.ui.widgets.top_bar import StatusState, StatusTone

_CONTEXT = "Status"
HUB_PILL = "hub"
PRINTER_PILL = "printer"


MASS_REMOVAL = "mass_removal"
TLS_FAILED = "tls_failed"
READING_BACK = "reading_back"
NOTABLE_SKEW_S = 120
"""Between the clocks of till and hub."""
TO_PAIR_AGAIN = frozenset(("unauthorised", "revoked", "fork", "till_restored", "other_hub", "cannot_start"))
"""Errors that only a new pairing ends."""
_TROUBLE_SHORT: Mapping[str, str] = {
    MASS_REMOVAL: "The hub wants to remove many goods",
    "disk_full": "This till's disk is full",
    "disk_failed": "This till's disk fails",
    "bug": "The exchange with the hub failed",
}
"""What can be wrong although the hub answers."""
_TROUBLE_ADVICE: Mapping[str, str] = {
    MASS_REMOVAL: "More than a fifth of all goods would go. The till keeps them until a manager accepts it.",
    "disk_full": "Make room on it, or nothing more can be saved.",
    "disk_failed": "Close the day and tell the installer.",
    "bug": "Selling goes on and nothing is lost. Tell the installer.",
}


def hub_state(status: SyncStatus, formatter: Formatter, notable_skew_s: int = NOTABLE_SKEW_S) -> StatusState:
    if status.error_code == READING_BACK:
        return StatusState(
            HUB_PILL, tr(_CONTEXT, "Taking lost records back – please wait"), StatusTone.WARN, "refresh-cw"
        )
    if status.state is LinkState.REFUSED:
        return StatusState(HUB_PILL, _refused_short(status), StatusTone.BAD, "cloud-off")
    if status.state is LinkState.OFFLINE:
        return StatusState(HUB_PILL, _offline(status, formatter), StatusTone.WARN, "wifi-off")
    if status.error_code in _TROUBLE_SHORT and status.state is LinkState.ONLINE:
        return StatusState(
            HUB_PILL, tr(_CONTEXT, _TROUBLE_SHORT[status.error_code]), StatusTone.WARN, "cloud"
        )
    if status.load is not None:
        return StatusState(HUB_PILL, load_words(status.load, formatter), StatusTone.WARN, "refresh-cw")
    if status.quarantined:
        return StatusState(HUB_PILL, quarantined_words(status.quarantined), StatusTone.WARN, "cloud")
    if status.state is LinkState.STARTING:
        words = tr(_CONTEXT, "Looking for the hub")
        if status.waiting_sales:
            words = f"{words} · {waiting_words(status.waiting_sales)}"
        return StatusState(HUB_PILL, words, StatusTone.WARN, "wifi")
    if abs(status.clock_skew_s) >= notable_skew_s:
        return StatusState(HUB_PILL, tr(_CONTEXT, "Online · clock is wrong"), StatusTone.WARN, "clock")
    if status.waiting_sales:
        words = tr(_CONTEXT, "Online · {waiting}").format(waiting=waiting_words(status.waiting_sales))
        return StatusState(HUB_PILL, words, StatusTone.GOOD, "wifi")
    return StatusState(HUB_PILL, tr(_CONTEXT, "Online · all sales sent"), StatusTone.GOOD, "wifi")


def not_paired_state() -> StatusState:
    return StatusState(HUB_PILL, tr(_CONTEXT, "Not paired with a hub"), StatusTone.WARN, "cloud-off")


def hub_advice(status: SyncStatus, formatter: Formatter, notable_skew_s: int = NOTABLE_SKEW_S) -> str:
    """What the state means for selling, and what to do about it."""
    if status.error_code == READING_BACK:
        return tr(
            _CONTEXT,
            "The hub has records that this till has lost, and gives them back. Please wait with selling"
            " until it"
            " is done; nothing that was sold is lost.",
        )
    match status.state:
        case LinkState.OFFLINE:
            return _offline_advice(status.error_code)
        case LinkState.REFUSED:
            return _refused_advice(status)
        case LinkState.STARTING:
            return tr(_CONTEXT, "Selling goes on as usual. What was sold is sent as soon as the hub answers.")
        case LinkState.ONLINE:
            return _online_advice(status, formatter, notable_skew_s)


def _online_advice(status: SyncStatus, formatter: Formatter, notable_skew_s: int) -> str:
    if status.error_code in _TROUBLE_ADVICE:
        return tr(_CONTEXT, _TROUBLE_ADVICE[status.error_code])
    if status.load is not None:
        return tr(_CONTEXT, "What is here already can be sold meanwhile.")
    if status.quarantined:
        return tr(
            _CONTEXT,
            "The hub has these entries and could not book them. They stop nothing; somebody in the"
            " office decides.",
        )
    if abs(status.clock_skew_s) >= notable_skew_s:
        return tr(
            _CONTEXT,
            "This till's clock is {span} {direction} the hub's. Set it: receipts carry its time.",
        ).format(span=formatter.span(status.clock_skew_s), direction=_direction(status.clock_skew_s))
    if status.waiting_entries:
        return tr(_CONTEXT, "What was sold is on its way to the hub.")
    return tr(_CONTEXT, "The hub has everything that was recorded here.")


def clock_words(skew_s: int, formatter: Formatter) -> str:
    """Of the last greeting."""
    if abs(skew_s) < 2:
        return tr(_CONTEXT, "the same as the hub's")
    return tr(_CONTEXT, "{span} {direction} the hub's").format(
        span=formatter.span(skew_s), direction=_direction(skew_s)
    )


def _direction(skew_s: int) -> str:
    return tr(_CONTEXT, "ahead of") if skew_s > 0 else tr(_CONTEXT, "behind")


def load_words(load: LoadProgress, formatter: Formatter) -> str:
    if not load.total:
        return tr(_CONTEXT, "Loading the shop")
    percent = formatter.percent(load.done * 10_000 // load.total // 100 * 100)
    return tr(_CONTEXT, "Loading the shop · {percent}").format(percent=percent)


def waiting_words(sales: int) -> str:
    return _counted(tr(_CONTEXT, "1 sale waiting"), tr(_CONTEXT, "{count} sales waiting"), sales)


def quarantined_words(entries: int) -> str:
    return _counted(
        tr(_CONTEXT, "1 entry set aside at the hub"),
        tr(_CONTEXT, "{count} entries set aside at the hub"),
        entries,
    )


def _offline(status: SyncStatus, formatter: Formatter) -> str:
    words = tr(_CONTEXT, "Offline")
    if status.error_code == TLS_FAILED:
        words = tr(_CONTEXT, "The hub's certificate is not trusted")
    elif status.since:
        words = tr(_CONTEXT, "Offline since {time}").format(time=formatter.time(from_text(status.since)))
    return f"{words} · {waiting_words(status.waiting_sales)}" if status.waiting_sales else words


def _offline_advice(error_code: str) -> str:
    known: Mapping[str, str] = {
        TLS_FAILED: tr(
            _CONTEXT,
            "Selling goes on, and nothing is sent to whoever answers there. Ask the installer: the hub has a"
            " new certificate, this till's clock is wrong, or somebody stands in between.",
        ),
        "credential_locked": tr(
            _CONTEXT,
            "Selling goes on. The computer's keyring is locked: unlock it, or have the till paired again.",
        ),
    }
    return known.get(
        error_code, tr(_CONTEXT, "Selling goes on as usual. Everything is sent when the hub answers again.")
    )


def _refused_short(status: SyncStatus) -> str:
    known: Mapping[str, str] = {
        "unauthorised": tr(_CONTEXT, "The hub does not know this till"),
        "protocol_too_old": tr(_CONTEXT, "This till's program is too old for the hub"),
        "revoked": tr(_CONTEXT, "The hub took this till's pairing back"),
        "till_restored": tr(_CONTEXT, "The hub has newer records of this till"),
        "fork": tr(_CONTEXT, "The hub has another history of this till"),
        "bad_hash": tr(_CONTEXT, "The hub could not verify this till's records"),
        "too_large": tr(_CONTEXT, "A record is too large for the hub"),
        "other_hub": tr(_CONTEXT, "Another hub answers at the hub's address"),
        "cannot_start": tr(_CONTEXT, "The pairing of this till cannot be used"),
    }
    return known.get(status.error_code, tr(_CONTEXT, "The hub refuses this till"))


def _refused_advice(status: SyncStatus) -> str:
    known: Mapping[str, str] = {
        "unauthorised": tr(
            _CONTEXT,
            "Selling goes on, and what is not sent is safe here. Pair the till again with a code of the hub.",
        ),
        "protocol_too_old": tr(
            _CONTEXT,
            "Selling goes on, and what is not sent is safe here. The installer must update this till's"
            " program.",
        ),
        "revoked": tr(
            _CONTEXT,
            "Selling goes on, and what is not sent is safe here. Ask the office why; then pair this till"
            " again"
            " with a new code, and what waits is sent. It can also be carried to the hub as a file.",
        ),
        "till_restored": tr(
            _CONTEXT,
            "This till was put back to an older state, and the hub could not give back what is missing."
            " Selling"
            " goes on, and what is not sent is safe here. Pair this till again.",
        ),
        "fork": tr(
            _CONTEXT,
            "A copy of this till may be in use. Selling goes on, and what is not sent is safe here. Stop"
            " the copy,"
            " then pair this till again with a new code.",
        ),
        "bad_hash": tr(
            _CONTEXT,
            "Selling goes on, and what is not sent is safe here. Tell the installer: this till's records"
            " may be"
            " damaged.",
        ),
        "too_large": tr(
            _CONTEXT,
            "Selling goes on, and what is not sent is safe here, but it waits behind that record. Tell the"
            " installer: the hub, or what stands before it, must take larger requests.",
        ),
        "other_hub": tr(
            _CONTEXT,
            "Selling goes on, and nothing is sent to it. Tell the installer: the address has changed"
            " hands, or this"
            " till must be paired again.",
        ),
        "cannot_start": tr(
            _CONTEXT,
            "Selling goes on, and what is not sent is safe here. Pair this till again; the log says what"
            " is wrong.",
        ),
    }
    advice = known.get(
        status.error_code,
        tr(_CONTEXT, "Selling goes on, and what is not sent is safe here. Tell the installer."),
    )
    return advice if status.error_code in known else f"{advice} ({status.error_code})"


# ------------------------------------------------------------------ printer


def printer_state(status: PrinterStatus) -> StatusState:
    match status.state:
        case PrinterState.NOT_SET_UP:
            return StatusState(PRINTER_PILL, tr(_CONTEXT, "Receipts on screen"), StatusTone.GOOD, "receipt")
        case PrinterState.READY if status.is_paper_near_end:
            words = tr(_CONTEXT, "Roll nearly used up")
            return StatusState(PRINTER_PILL, words, StatusTone.WARN, "printer")
        case PrinterState.READY:
            return StatusState(PRINTER_PILL, tr(_CONTEXT, "Printer"), StatusTone.GOOD, "printer")
        case PrinterState.BUSY:
            return StatusState(PRINTER_PILL, tr(_CONTEXT, "Printing"), StatusTone.GOOD, "printer")
        case PrinterState.WAITING if status.reason == HELD_SINCE_RESTART:
            words = tr(_CONTEXT, "Printer: {count} waiting since the restart").format(count=status.held_jobs)
            return StatusState(PRINTER_PILL, words, StatusTone.WARN, "printer")
        case PrinterState.WAITING:
            words = tr(_CONTEXT, "Printer: {reason}").format(reason=printer_reason(status.reason))
            return StatusState(PRINTER_PILL, words, StatusTone.BAD, "printer")
        case PrinterState.UNCONFIRMED:
            words = tr(_CONTEXT, "Printer: check the receipt")
            return StatusState(PRINTER_PILL, words, StatusTone.WARN, "printer")


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.replace("{count}", str(count))
