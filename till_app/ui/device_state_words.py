"""How the till's devices are doing, in words: states, what to do about trouble, and what tests showed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from till_app.domain.times import from_text
from till_app.services.device_places import is_set_up, valid_test
from till_app.services.device_ports import TestReport
from till_app.services.device_settings import DeviceId, DeviceSettings
from till_app.services.device_status import DeviceHealth, DeviceState
from till_app.ui.devices_words import base_of, joined
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr

_CONTEXT = "DeviceStates"


def _source(text: str) -> str:
    """Marks a text for the translators; it is translated when it is said."""
    return text


@dataclass(frozen=True, slots=True)
class StateWords:
    """`mark`: `disc`, `triangle`, `square` or `ring`; `tone`: `good`, `warn`, `bad` or `muted`."""

    word: str
    mark: str
    tone: str


_ERRORS: Mapping[str, str] = {
    "timeout": _source("no answer – check its cable and whether it is switched on"),
    "unavailable": _source("not there – check its cable and whether it is switched on"),
    "refused": _source("it takes no connection – is it switched on? Does another till use it?"),
    "closed": _source("the connection broke – check its cable"),
    "not_permitted": _source("this user may not open it – ask for the right to use that port"),
    "address_invalid": _source("its address cannot be read – set it up again"),
    "profile_invalid": _source("its model or code page is not known – set it up again"),
    "library_missing": _source("a part of the program that it needs is not installed"),
    "paper_out": _source("out of paper – put a new roll in"),
    "cover_open": _source("its cover is open – shut it"),
    "printer_error": _source("the printer reports a fault – look at its lights, switch it off and on"),
    "offline": _source("the printer is offline – press its feed or online button"),
    "no_reply": _source("it took what was sent and says nothing – look whether it printed"),
    "no_way_back": _source("it cannot answer – look whether it printed"),
    "nothing_scanned": _source("nothing was scanned – scan any barcode while the test waits"),
    "unstable": _source("the weight does not come to rest – leave the scale alone for a moment"),
    "overloaded": _source("too much lies on the scale – take something off"),
    "under_zero": _source("the scale shows less than nothing – clear it and set it to zero"),
    "not_trusted": _source("its certificate is not trusted – check the service's address"),
    "queue_not_raw": _source("the print queue changes what it is sent – set it up as a raw queue"),
    "queue_stopped": _source("the print queue is stopped – start it again in the system's settings"),
    "not_supported": _source("it cannot do that"),
    "device_error": _source("it failed – switch it off and on"),
    "unit_refused": _source("it weighs in another unit – set it to kilograms"),
    "not_ready": _source("the terminal is not ready – look at its screen"),
    "not_registered": _source("the terminal does not take this till – check its password"),
    "settlement_needed": _source("the terminal wants its end of day first"),
    "settings_invalid": _source("its settings make no sense – set it up again"),
    "dropped_late": _source("it could not be opened in time"),
    "failed": _source("it could not be opened – check its cable"),
    "answer_invalid": _source("what it says cannot be understood – check its protocol and line settings"),
    "garbled": _source("what it says cannot be understood – check its protocol and line settings"),
    "bad_answer": _source("what it says cannot be understood – check its protocol and line settings"),
    "password_wrong": _source("the terminal's password is not right – set it up again"),
    "secret_missing": _source("the service's key is missing – set it up again"),
    "not_set_up": _source("it is not set up yet"),
    "no_screen": _source("there is no second screen – check its cable"),
    "busy": _source("it is busy with something else – try again in a moment"),
}
_FACTS: Mapping[str, Mapping[str, str]] = {
    "paper": {
        "ok": _source("paper ok"),
        "near_end": _source("paper near its end – have a roll ready"),
        "out": _source("out of paper – put a new roll in"),
    },
    "cover": {
        "shut": _source("cover shut"),
        "closed": _source("cover shut"),
        "open": _source("cover open – shut it"),
    },
    "drawer": {
        "open": _source("open"),
        "closed": _source("closed"),
        "unknown": _source("whether it is open cannot be known"),
    },
    "pin_before": {"high": _source("high"), "low": _source("low")},
    "pin_after": {"high": _source("high"), "low": _source("low")},
    "meaning": {
        "item": _source("an item"),
        "book": _source("a book"),
        "periodical": _source("a newspaper or magazine"),
        "label": _source("a label of the shop's own"),
        "receipt": _source("a receipt of this shop"),
        "misread": _source("misread: its last figure does not fit"),
        "label_misread": _source("a label of the shop's own whose price or weight does not fit"),
        "other": _source("a code that is looked up as it stands"),
    },
}


def state_words(health: DeviceHealth, *, is_set_up: bool) -> StateWords:
    if not is_set_up:
        return StateWords("", "ring", "muted")
    match health.state:
        case DeviceState.READY:
            return StateWords(tr(_CONTEXT, "Ready"), "disc", "good")
        case DeviceState.CONNECTING:
            return StateWords(tr(_CONTEXT, "Connecting"), "ring", "muted")
        case DeviceState.NEEDS_SOMEBODY:
            return StateWords(tr(_CONTEXT, "Needs somebody"), "triangle", "warn")
        case DeviceState.UNREACHABLE:
            return StateWords(tr(_CONTEXT, "Not reached"), "square", "bad")
        case DeviceState.NOT_SET_UP:
            return StateWords("", "ring", "muted")


def error_words(code: str) -> str:
    """What went wrong and what to do, as the end of a sentence."""
    text = _ERRORS.get(code)
    return tr(_CONTEXT, text) if text else tr(_CONTEXT, "it failed ({code})").format(code=code)


def status_words(health: DeviceHealth, formatter: Formatter, now: datetime) -> str:
    """The details of a state: facts when all is well, since when and what to do when it is not."""
    if health.state is DeviceState.NOT_SET_UP:
        return ""
    facts = joined(*_fact_words(health, formatter, now))
    queue = _queue_words(health, formatter)
    if health.state is DeviceState.UNREACHABLE:
        since = health.last_heard_at or health.since
        code = error_words(health.error or "timeout")
        if since:
            when = tr(_CONTEXT, "since {time}: ").format(time=_moment(since, formatter, now))
            return joined(when + code, queue)
        return joined(code, queue)
    if health.state is DeviceState.NEEDS_SOMEBODY and health.error:
        return joined(error_words(health.error), queue)
    heard = ""
    if not facts and health.last_heard_at:
        age = formatter.age(from_text(health.last_heard_at), now)
        heard = tr(_CONTEXT, "last heard {age}").format(age=age)
    return joined(facts or heard, queue)


def last_error_words(health: DeviceHealth, formatter: Formatter, now: datetime) -> str:
    """Of a device that is well again; empty when it never failed."""
    if not health.error or not health.error_at or health.state is not DeviceState.READY:
        return ""
    return tr(_CONTEXT, "last trouble {time}: {words}").format(
        time=_moment(health.error_at, formatter, now), words=error_words(health.error).partition(" – ")[0]
    )


def _queue_words(health: DeviceHealth, formatter: Formatter) -> str:
    if not health.queue:
        return ""
    return tr(_CONTEXT, "{count} waiting").format(count=formatter.count(health.queue))


def _fact_words(health: DeviceHealth, formatter: Formatter, now: datetime) -> list[str]:
    facts = health.facts
    words = [
        tr(_CONTEXT, _FACTS[name][value])
        for name, value in facts.items()
        if name in _FACTS and value in _FACTS[name]
    ]
    if rolls := facts.get("receipts_since_roll", ""):
        words.append(tr(_CONTEXT, "{count} receipts since roll").format(count=rolls))
    if opened_at := facts.get("last_opened_at", ""):
        opened = tr(_CONTEXT, "last opened {time}").format(time=_moment(opened_at, formatter, now))
        by = facts.get("last_opened_by", "")
        words.append(tr(_CONTEXT, "{opened} by {name}").format(opened=opened, name=by) if by else opened)
    if scan := facts.get("last_scan", ""):
        gap = facts.get("gap_ms", "")
        parts = (scan, facts.get("symbology", ""), f"{gap} ms" if gap else "")
        words.append(tr(_CONTEXT, "last: {scan}").format(scan=joined(*parts)))
    for name in ("weight", "firmware", "shows", "terminal"):
        if value := facts.get(name, ""):
            words.append(value)
    return words


def _moment(text: str, formatter: Formatter, now: datetime) -> str:
    """The time today, else the date too."""
    moment = from_text(text)
    is_today = formatter.date(moment) == formatter.date(now)
    return formatter.time(moment) if is_today else formatter.date_and_time(moment)


# ------------------------------------------------------------------- tests


def test_words(settings: DeviceSettings, device: str, formatter: Formatter) -> tuple[str, str]:
    """Whether it was tested as it is set now, and the tone."""
    if not is_set_up(settings, device):
        return "", "muted"
    record = valid_test(settings, device)
    if record is None:
        return tr(_CONTEXT, "Not tested"), "warn"
    when, who = formatter.date(from_text(record.at)), record.operator_name
    if not record.passed:
        return tr(_CONTEXT, "Test failed {when}").format(when=when), "bad"
    if not who:
        return tr(_CONTEXT, "Tested {when}").format(when=when), "muted"
    return tr(_CONTEXT, "Tested {when} by {who}").format(when=when, who=who), "muted"


_QUESTIONS: Mapping[str, str] = {
    "did_it_print": _source(
        "Did it print?\nThe ruler ends at the paper's edge, £ € é à ñ are right, and the paper is cut."
    ),
    "did_label_print": _source(
        "Did the label print?\nIts frame lies within the label, and the bars are sharp."
    ),
    "is_it_open": _source("Is the drawer open now?"),
    "is_it_right": _source("Is that what you scanned?"),
    "does_it_show": _source("Does the display show the text?"),
    "is_weight_right": _source("Is that the weight?"),
}
_FACT_NAMES: Mapping[str, str] = {
    "raw": _source("As it came"),
    "text": _source("Read as"),
    "aim": _source("AIM identifier"),
    "symbology": _source("Symbology"),
    "meaning": _source("Means"),
    "gtin": _source("GTIN"),
    "add_on": _source("Add-on"),
    "item": _source("Item's number"),
    "receipt": _source("Receipt"),
    "expected_digit": _source("Its last figure should be"),
    "batch": _source("Batch"),
    "serial": _source("Serial number"),
    "variant": _source("Variant"),
    "produced_on": _source("Produced on"),
    "best_before": _source("Best before"),
    "expires_on": _source("Expires on"),
    "weight_kg": _source("Weight (kg)"),
    "quantity": _source("Weight or count"),
    "price": _source("Price"),
    "amount": _source("Amount"),
    "count": _source("Count"),
    "gap_ms": _source("Longest gap (ms)"),
    "weight": _source("Weight"),
    "state": _source("State"),
    "pin_before": _source("Switch before"),
    "pin_after": _source("Switch after"),
    "firmware": _source("Firmware"),
    "terminal": _source("Terminal"),
    "name": _source("Name"),
    "paper": _source("Paper"),
    "cover": _source("Cover"),
    "text_shown": _source("Text"),
    "device": _source("Device"),
}
_WHILE_TESTING: Mapping[str, str] = {
    DeviceId.DRAWER: _source("Opening the drawer …"),
    DeviceId.SCANNER: _source("Scan any barcode now"),
    DeviceId.SCALE: _source("Lay something on the scale"),
    DeviceId.DISPLAY: _source("Sending a text to the display …"),
    DeviceId.TERMINAL: _source("Asking the terminal …"),
}


def while_testing(device: str) -> str:
    return tr(_CONTEXT, _WHILE_TESTING.get(base_of(device), _source("Printing a test page …")))


def question_words(code: str) -> str:
    text = _QUESTIONS.get(code)
    return tr(_CONTEXT, text) if text else tr(_CONTEXT, "Is it right?")


def fact_words(name: str, value: str) -> tuple[str, str]:
    """A fact of a test: its name, and what holds."""
    return tr(_CONTEXT, _FACT_NAMES.get(name, name)), tr(_CONTEXT, _FACTS.get(name, {}).get(value, value))


def outcome_words(report: TestReport) -> str:
    """Of a test that needs no person's answer, or that got no answer from the device."""
    if report.did_answer and report.code == "ok":
        return tr(_CONTEXT, "It answers as it should")
    words = error_words(report.code)
    return words[:1].upper() + words[1:]
