"""Plain words: what each error of a device means and what to do about it, and what a device said."""

from collections.abc import Mapping

from hardware.bench.console import ExitCode
from hardware.errors import DeviceError
from hardware.printers.receipt_printer import (
    DrawerKicked,
    DrawerOutcome,
    NotSent,
    Printed,
    PrintOutcome,
    Unconfirmed,
)
from hardware.printers.status import PrinterCondition
from hardware.scales.scale import WeightReading, WeightState

WHAT_TO_DO: Mapping[str, str] = {
    "unavailable": "Is it plugged in and switched on? `python -m hardware list` shows what is there now.",
    "refused": "It takes nobody: another program or till may have it. Switching it off and on helps.",
    "timeout": "It does not answer. Check the cable, its speed and its address, and that it is switched on.",
    "closed": "The connection broke. Check the cable and the power, then try again.",
    "queue_stopped": "Start the print queue again in the system's settings.",
    "not_permitted": "Give this user the right to use the device, then sign in again.",
    "queue_not_raw": "Set the print queue up as raw, without a driver.",
    "address_invalid": "`python -m hardware list` shows addresses that can be used.",
    "profile_invalid": "Choose another model or code page.",
    "answer_invalid": "It answers in another way. Check protocol, baud, bits and parity at the device.",
    "unit_refused": "A weight is never converted here.",
    "not_supported": "Use the key on the device itself.",
    "garbled": "What answers there is not the device that was expected. Check the address and the port.",
    "not_trusted": "Check this machine's clock, and that nothing stands between it and the service.",
    "transcript_invalid": "Record it anew, or mend the line that is named.",
    "card_number": "Record with a test card in the terminal's training mode.",
    "paper_out": "Put a new roll in.",
    "cover_open": "Close the printer's cover.",
    "printer_error": "Look at the printer: a jam, or its light. Switching it off and on ends most faults.",
    "offline": "Press the printer's FEED or ONLINE key; look whether its cover is closed.",
    "no_reply": "It took the data and says nothing. Look at the paper before trying again.",
    "no_way_back": "This connection carries no answers. Look at the device.",
    "too_late": "The printer was reached too late, and the drawer was left shut.",
    "busy": "The terminal is doing something else. Try again when its screen is idle.",
    "aborted": "Given up; no money moved.",
    "declined": "The card was declined; no money moved.",
    "query_impossible": "This terminal cannot be asked. Look at its own list of payments.",
    "nothing_known_before": "Nothing is known of that attempt here. Look at the terminal's own list.",
    "another_transaction": "The terminal was used since. Look at its own list of payments.",
    "last_transaction_not_told": "The terminal does not tell its last payment. Look at its own list.",
    "no_result": "The terminal ended without a result. Look at its own list of payments.",
    "no_amount": "The terminal named no amount. Look at its own list of payments.",
    "amount_unreadable": "The amount in the answer cannot be read. Look at the terminal's own list.",
    "currency_differs": "The terminal works in another currency. Look at its own list of payments.",
    "currency_unknown": "This driver does not know the currency.",
    "initialisation_needed": "Start the terminal's initialisation in its menu.",
    "diagnosis_needed": "Start the terminal's diagnosis in its menu.",
    "terminal_reference_invalid": "Use the receipt number or reference that the terminal gave.",
    "terminal_unreachable": "The service does not reach the terminal. Is it switched on and online?",
    "in_progress": "The terminal is still at it. Ask again in a moment.",
    "driver_failed": "The driver has a fault. Look at the terminal's own list of payments.",
    "interrupted": "It was left before it ended. Look at the terminal's own list of payments.",
    "automatic": "The service settles by itself; nothing is to be done.",
    "http_401": "The service refuses the key. Check it.",
    "http_403": "The service refuses the key. Check it.",
}
"""By `DeviceError.code`, and by the reasons of printers, drawers and terminals."""


def explained(error: DeviceError) -> str:
    return with_advice(str(error), error.code)


def with_advice(words: str, code: str) -> str:
    """`Words. What to do (code)`."""
    advice = WHAT_TO_DO.get(code, "")
    sentence = f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""
    return " ".join(filter(None, (sentence, advice, f"({code})")))


def print_words(outcome: PrintOutcome) -> tuple[str, ExitCode]:
    match outcome:
        case Printed(paper_near_end=True):
            return "Printed. The roll is near its end.", ExitCode.DONE
        case Printed():
            return "Printed.", ExitCode.DONE
        case NotSent(reason):
            return with_advice("Nothing was printed", reason), ExitCode.FAILED
        case Unconfirmed(reason):
            return with_advice("It may have printed, wholly or in part", reason), ExitCode.NOT_KNOWN


def drawer_words(outcome: DrawerOutcome) -> tuple[str, ExitCode]:
    match outcome:
        case DrawerKicked():
            return "The drawer was told to open.", ExitCode.DONE
        case NotSent(reason):
            return with_advice("The drawer was not opened", reason), ExitCode.FAILED
        case Unconfirmed(reason):
            return with_advice("The drawer may have opened", reason), ExitCode.NOT_KNOWN


def condition_words(condition: PrinterCondition | None) -> tuple[str, ExitCode]:
    if condition is None:
        return "It is there and does not answer questions about its status.", ExitCode.DONE
    pin = f"Drawer pin {'high' if condition.drawer_pin_high else 'low'}."
    if condition.not_ready is not None:
        return f"{with_advice('Not ready', condition.not_ready.value)} {pin}", ExitCode.FAILED
    paper = "The roll is near its end." if condition.paper_near_end else "Paper is there."
    return f"Ready. {paper} {pin}", ExitCode.DONE


def weight_words(reading: WeightReading) -> str:
    match reading.state:
        case WeightState.STABLE:
            return f"{reading.grams} g{' net' if reading.is_net else ''}, stable"
        case WeightState.MOVING if reading.grams:
            return f"{reading.grams} g, moving"
        case WeightState.MOVING:
            return "moving"
        case WeightState.ZERO:
            return f"0 g{' net' if reading.is_net else ''}, stable"
        case WeightState.UNDER:
            return "under zero: empty it, then set it to zero"
        case WeightState.OVER:
            return "overloaded: take something off"
