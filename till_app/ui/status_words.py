"""The state of the hub's link and of the printer as the top bar and its messages say it."""

from collections.abc import Mapping

from till_app.domain.times import from_text
from till_app.services.status import LinkState, PrinterState, PrinterStatus, SyncStatus
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr
from till_app.ui.widgets.top_bar import StatusState, StatusTone

_CONTEXT = "Status"
HUB_PILL = "hub"
PRINTER_PILL = "printer"


MASS_REMOVAL = "mass_removal"
NOTABLE_SKEW_S = 120
"""Between the clocks of till and hub."""
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


def hub_state(status: SyncStatus, formatter: Formatter) -> StatusState:
    if status.state is LinkState.REFUSED:
        return StatusState(HUB_PILL, _refused_short(status), StatusTone.BAD, "cloud-off")
    if status.state is LinkState.OFFLINE:
        return StatusState(HUB_PILL, _offline(status, formatter), StatusTone.WARN, "wifi-off")
    if status.error_code in _TROUBLE_SHORT and status.state is LinkState.ONLINE:
        return StatusState(
            HUB_PILL, tr(_CONTEXT, _TROUBLE_SHORT[status.error_code]), StatusTone.WARN, "cloud"
        )
    if status.quarantined:
        return StatusState(HUB_PILL, quarantined_words(status.quarantined), StatusTone.WARN, "wifi")
    if status.state is LinkState.STARTING:
        words = tr(_CONTEXT, "Looking for the hub")
        if status.waiting_sales:
            words = f"{words} · {waiting_words(status.waiting_sales)}"
        return StatusState(HUB_PILL, words, StatusTone.WARN, "wifi")
    if abs(status.clock_skew_s) >= NOTABLE_SKEW_S:
        return StatusState(HUB_PILL, tr(_CONTEXT, "Online · clock is wrong"), StatusTone.WARN, "clock")
    if status.waiting_sales:
        words = tr(_CONTEXT, "Online · {waiting}").format(waiting=waiting_words(status.waiting_sales))
        return StatusState(HUB_PILL, words, StatusTone.GOOD, "wifi")
    return StatusState(HUB_PILL, tr(_CONTEXT, "Online · all sales sent"), StatusTone.GOOD, "wifi")


def hub_details(status: SyncStatus, formatter: Formatter) -> str:
    """All that is known of the link, for whoever touches its pill."""
    lines = [hub_state(status, formatter).words]
    details = []
    if status.state is LinkState.OFFLINE:
        details.append(
            tr(_CONTEXT, "Selling goes on as usual. Everything is sent when the hub answers again.")
        )
    if status.state is LinkState.REFUSED:
        details.append(_refused_advice(status))
    if status.state is LinkState.ONLINE and status.error_code in _TROUBLE_ADVICE:
        details.append(tr(_CONTEXT, _TROUBLE_ADVICE[status.error_code]))
    if status.oldest_waiting_at:
        oldest = formatter.date_and_time(from_text(status.oldest_waiting_at))
        details.append(tr(_CONTEXT, "The oldest that waits is of {moment}.").format(moment=oldest))
    if status.quarantined:
        details.append(
            tr(_CONTEXT, "The hub keeps what it could not book. Somebody in the office decides on its page.")
        )
    if abs(status.clock_skew_s) >= NOTABLE_SKEW_S:
        words = tr(_CONTEXT, "This till's clock differs from the hub's by {seconds} seconds: set it.")
        details.append(words.format(seconds=abs(status.clock_skew_s)))
    return "\n".join([*lines, " ".join(details)]).rstrip()


def waiting_words(sales: int) -> str:
    return _counted(tr(_CONTEXT, "1 sale waiting"), tr(_CONTEXT, "{count} sales waiting"), sales)


def quarantined_words(entries: int) -> str:
    return _counted(
        tr(_CONTEXT, "1 entry set aside at the hub – see the hub's page"),
        tr(_CONTEXT, "{count} entries set aside at the hub – see the hub's page"),
        entries,
    )


def _offline(status: SyncStatus, formatter: Formatter) -> str:
    words = tr(_CONTEXT, "Offline")
    if status.since:
        words = tr(_CONTEXT, "Offline since {time}").format(time=formatter.time(from_text(status.since)))
    return f"{words} · {waiting_words(status.waiting_sales)}" if status.waiting_sales else words


def _refused_short(status: SyncStatus) -> str:
    known: Mapping[str, str] = {
        "unauthorised": tr(_CONTEXT, "The hub does not know this till"),
        "protocol_too_old": tr(_CONTEXT, "This till's program is too old for the hub"),
        "fork": tr(_CONTEXT, "The hub has another history of this till"),
        "bad_hash": tr(_CONTEXT, "The hub could not verify this till's records"),
    }
    return known.get(status.error_code, tr(_CONTEXT, "The hub refuses this till"))


def _refused_advice(status: SyncStatus) -> str:
    known: Mapping[str, str] = {
        "unauthorised": tr(_CONTEXT, "Selling goes on. Ask the installer to pair the till again."),
        "protocol_too_old": tr(_CONTEXT, "Selling goes on. Ask the installer to update this till."),
        "fork": tr(
            _CONTEXT,
            "Selling goes on and nothing is lost. Ask the installer: a copy of this till may be in use.",
        ),
    }
    advice = known.get(
        status.error_code, tr(_CONTEXT, "Selling goes on and nothing is lost. Tell the installer.")
    )
    return f"{advice} ({status.error_code})" if status.error_code else advice


# ------------------------------------------------------------------ printer


def printer_state(status: PrinterStatus) -> StatusState:
    match status.state:
        case PrinterState.NOT_SET_UP:
            return StatusState(PRINTER_PILL, tr(_CONTEXT, "Receipts on screen"), StatusTone.GOOD, "receipt")
        case PrinterState.READY:
            return StatusState(PRINTER_PILL, tr(_CONTEXT, "Printer"), StatusTone.GOOD, "printer")
        case PrinterState.BUSY:
            return StatusState(PRINTER_PILL, tr(_CONTEXT, "Printing"), StatusTone.GOOD, "printer")
        case PrinterState.WAITING:
            words = tr(_CONTEXT, "Printer: {reason}").format(reason=printer_reason(status.reason))
            return StatusState(PRINTER_PILL, words, StatusTone.BAD, "printer")
        case PrinterState.UNCONFIRMED:
            words = tr(_CONTEXT, "Printer: check the receipt")
            return StatusState(PRINTER_PILL, words, StatusTone.WARN, "printer")


def printer_details(status: PrinterStatus) -> str:
    if status.state is PrinterState.NOT_SET_UP:
        return tr(
            _CONTEXT,
            "This till has no printer: receipts are shown on the screen\nThe installer can set one up.",
        )
    return tr(_CONTEXT, "The printer is ready")


def printer_reason(reason: str) -> str:
    known: Mapping[str, str] = {
        "paper_out": tr(_CONTEXT, "out of paper"),
        "cover_open": tr(_CONTEXT, "cover open"),
        "offline": tr(_CONTEXT, "offline"),
        "error": tr(_CONTEXT, "in error"),
        "unreachable": tr(_CONTEXT, "no answer"),
        "timeout": tr(_CONTEXT, "no answer"),
        "restart": tr(_CONTEXT, "waiting since the restart"),
    }
    return known.get(reason, tr(_CONTEXT, "not ready"))


def printer_waiting_words(status: PrinterStatus) -> str:
    """The sale is safe; what waits, and why."""
    title = _counted(
        tr(_CONTEXT, "A receipt is waiting: printer {reason}"),
        tr(_CONTEXT, "{count} receipts are waiting: printer {reason}"),
        max(1, status.waiting_jobs),
    ).replace("{reason}", printer_reason(status.reason))
    return f"{title}\n{printer_advice(status.reason)}"


def printer_advice(reason: str) -> str:
    known: Mapping[str, str] = {
        "paper_out": tr(_CONTEXT, "The sale is saved. Put in a new roll and it prints by itself."),
        "cover_open": tr(_CONTEXT, "The sale is saved. Close the cover and it prints by itself."),
    }
    return known.get(
        reason,
        tr(_CONTEXT, "The sale is saved. Check the printer's power and cable; it prints by itself."),
    )


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.replace("{count}", str(count))
