"""Print jobs and the printer's state in words; the reasons are codes of drivers and of the print queue."""

from collections.abc import Mapping

from till_app.services.ports import JobState, PrintJob
from till_app.services.status import PrinterState, PrinterStatus
from till_app.ui.translation import tr

_CONTEXT = "Status"


def printer_reason(reason: str) -> str:
    known: Mapping[str, str] = {
        "paper_out": tr(_CONTEXT, "out of paper"),
        "cover_open": tr(_CONTEXT, "cover open"),
        "printer_error": tr(_CONTEXT, "in error"),
        "offline": tr(_CONTEXT, "offline"),
        "error": tr(_CONTEXT, "in error"),
        "unreachable": tr(_CONTEXT, "no answer"),
        "unavailable": tr(_CONTEXT, "not found"),
        "refused": tr(_CONTEXT, "not taking jobs"),
        "closed": tr(_CONTEXT, "connection lost"),
        "no_reply": tr(_CONTEXT, "no answer"),
        "timeout": tr(_CONTEXT, "no answer"),
        "queue_stopped": tr(_CONTEXT, "stopped by the system"),
        "queue_not_raw": tr(_CONTEXT, "set up with a driver"),
        "not_permitted": tr(_CONTEXT, "not permitted"),
        "address_invalid": tr(_CONTEXT, "set up wrongly"),
        "profile_invalid": tr(_CONTEXT, "set up wrongly"),
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


def held_words(status: PrinterStatus) -> str:
    title = _counted(
        tr(_CONTEXT, "A receipt was not printed before the till was restarted"),
        tr(_CONTEXT, "{count} receipts were not printed before the till was restarted"),
        status.held_jobs,
    )
    advice = tr(_CONTEXT, "The sales are saved. They print only if you want them.")
    return f"{title}\n{advice}"


def printer_advice(reason: str) -> str:
    known: Mapping[str, str] = {
        "paper_out": tr(_CONTEXT, "The sale is saved. Put in a new roll: what waits prints by itself."),
        "cover_open": tr(_CONTEXT, "The sale is saved. Close the cover: what waits prints by itself."),
        "printer_error": tr(
            _CONTEXT, "The sale is saved. Look for jammed paper, then switch the printer off and on."
        ),
        "queue_stopped": tr(
            _CONTEXT, "The sale is saved. Start the print queue again in the system's settings."
        ),
        "queue_not_raw": tr(
            _CONTEXT, "The sale is saved. The print queue must be set up as raw: call the installer."
        ),
        "not_permitted": tr(_CONTEXT, "The sale is saved. Call the installer."),
    }
    return known.get(
        reason,
        tr(_CONTEXT, "The sale is saved. Check the printer's power and cable: what waits prints by itself."),
    )


def unconfirmed_words(status: PrinterStatus) -> str:
    title = tr(_CONTEXT, "Did “{title}” print?").format(title=status.unconfirmed_title)
    return f"{title}\n{_why_unconfirmed(status.reason)} {tr(_CONTEXT, 'The sale is saved.')}"


def _why_unconfirmed(reason: str) -> str:
    match reason:
        case "no_way_back":
            return tr(_CONTEXT, "Its connection carries no answers: look at the paper.")
        case "restart":
            return tr(_CONTEXT, "The till ended in the middle of it.")
        case "paper_out" | "cover_open" | "printer_error" | "offline":
            words = tr(_CONTEXT, "The printer stopped in the middle of it: {reason}.")
            return words.format(reason=printer_reason(reason))
        case _:
            return tr(_CONTEXT, "The printer went silent in the middle of it.")


def printed_elsewhere_words(title: str) -> str:
    return tr(_CONTEXT, "Printed on the other printer: {title}").format(title=title)


def unreadable_words(title: str) -> str:
    words = tr(_CONTEXT, "“{title}” cannot be printed\nThe sale is saved. Print a copy from the receipts.")
    return words.format(title=title)


def given_up_words(documents: int) -> str:
    title = _counted(
        tr(_CONTEXT, "A document was not printed: this till has no printer any more"),
        tr(_CONTEXT, "{count} documents were not printed: this till has no printer any more"),
        documents,
    )
    return f"{title}\n{tr(_CONTEXT, 'The sales are saved. Copies can be printed from the receipts.')}"


def near_end_words() -> str:
    return tr(_CONTEXT, "The receipt roll is nearly used up\nHave a new one at hand.")


def printer_details(status: PrinterStatus) -> str:
    if status.state is PrinterState.NOT_SET_UP:
        return tr(
            _CONTEXT,
            "This till has no printer: receipts are shown on the screen\nThe installer can set one up.",
        )
    if status.state is PrinterState.WAITING:
        words = tr(_CONTEXT, "The printer cannot print: {reason}\nNothing is waiting for it now.")
        return words.format(reason=printer_reason(status.reason))
    if status.is_paper_near_end:
        return near_end_words()
    return tr(_CONTEXT, "The printer is ready")


def job_state_words(job: PrintJob) -> str:
    match job.state:
        case _ if job.is_held:
            return tr(_CONTEXT, "Not printed before the restart")
        case JobState.UNCONFIRMED:
            return tr(_CONTEXT, "Did it print?")
        case JobState.SENDING:
            return tr(_CONTEXT, "Printing")
        case JobState.WAITING:
            return tr(_CONTEXT, "Waiting: {reason}").format(reason=printer_reason(job.reason))
        case _:
            return tr(_CONTEXT, "Next")


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.replace("{count}", str(count))
