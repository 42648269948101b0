"""What the sync centre says of the link to the hub: its facts, what is set aside there, and whole days."""

from collections.abc import Mapping
from datetime import date, datetime

from till_app.domain.session import TillSession
from till_app.domain.times import from_text
from till_app.services.errors import HubError, HubUnreachable
from till_app.services.session_check import SessionComparison
from till_app.services.status import CheckReport, LinkState, SyncStatus, WaitingAtHub
from till_app.services.sync_control import LinkFacts
from till_app.ui.formatting import Formatter
from till_app.ui.status_words import MASS_REMOVAL, clock_words, load_words
from till_app.ui.translation import tr
from till_app.ui.widgets.fact_table import Fact
from till_app.ui.widgets.note_list import NoteLine, NoteRow

_CONTEXT = "Sync"
LONGEST_NOTE = 600
"""Of what a hub says of one entry; the rest is on its page."""
_BREAK = "\u200b"


def waiting_facts(status: SyncStatus, formatter: Formatter, now: datetime) -> list[Fact]:
    """What the hub does not have yet, and since when."""
    others = max(0, status.waiting_entries - status.waiting_sales)
    return [
        Fact(tr(_CONTEXT, "Sales not sent yet"), formatter.count(status.waiting_sales)),
        Fact(tr(_CONTEXT, "Other records not sent yet"), formatter.count(others)),
        Fact(tr(_CONTEXT, "Waiting since"), _since(status.oldest_waiting_at, formatter, now)),
        Fact(
            tr(_CONTEXT, "Set aside at the hub"),
            formatter.count(status.quarantined),
            "warn" if status.quarantined else "",
        ),
    ]


def _since(moment: str | None, formatter: Formatter, now: datetime) -> str:
    if moment is None:
        return tr(_CONTEXT, "nothing waits")
    at = from_text(moment)
    return f"{formatter.date_and_time(at)} · {formatter.age(at, now)}"


def hub_facts(
    status: SyncStatus, facts: LinkFacts, formatter: Formatter, now: datetime, notable_skew_s: int
) -> list[Fact]:
    """Who is at the other end, and how both understand each other."""
    unknown = tr(_CONTEXT, "not known yet")
    answered = tr(_CONTEXT, "not since the start")
    if status.last_exchange_at is not None:
        at = from_text(status.last_exchange_at)
        answered = f"{formatter.date_and_time(at)} · {formatter.age(at, now)}"
    changes = tr(_CONTEXT, "as they happen") if status.is_live else tr(_CONTEXT, "at each round")
    if status.state is not LinkState.ONLINE:
        changes = tr(_CONTEXT, "not now")
    is_wrong = abs(status.clock_skew_s) >= notable_skew_s
    return [
        Fact(tr(_CONTEXT, "Address"), facts.hub_url.replace("/", "/" + _BREAK) or unknown),
        Fact(tr(_CONTEXT, "Last good answer"), answered),
        Fact(tr(_CONTEXT, "Changes arrive"), changes),
        Fact(
            tr(_CONTEXT, "This till's clock"),
            clock_words(status.clock_skew_s, formatter) if status.protocol else unknown,
            "warn" if is_wrong else "",
        ),
        Fact(
            tr(_CONTEXT, "Versions"),
            tr(_CONTEXT, "till {till}, hub {hub}, protocol {protocol}").format(
                till=facts.till_version,
                hub=status.hub_version or "–",
                protocol=status.protocol or "–",
            ),
        ),
        Fact(tr(_CONTEXT, "This till's secret"), secret_words(facts)),
    ]


def secret_words(facts: LinkFacts) -> str:
    """Where it lies."""
    if not facts.is_paired:
        return tr(_CONTEXT, "none before it is paired")
    if facts.is_in_keyring:
        return tr(_CONTEXT, "in the system's keyring")
    return tr(_CONTEXT, "in a file that only this user can read: {path}").format(
        path=str(facts.secret_file).replace("/", "/" + _BREAK)
    )


def catalogue_facts(
    status: SyncStatus, formatter: Formatter, now: datetime, *, is_checking: bool
) -> list[Fact]:
    """How the shop's data here agree with the hub's."""
    facts = []
    if status.load is not None:
        facts.append(Fact(tr(_CONTEXT, "First load"), load_words(status.load, formatter)))
    if is_checking:
        doing = (
            tr(_CONTEXT, "comparing now …")
            if status.state is LinkState.ONLINE
            else tr(_CONTEXT, "as soon as the hub answers")
        )
        facts.append(Fact(tr(_CONTEXT, "Last check of everything"), doing))
    elif status.check is None:
        facts.append(Fact(tr(_CONTEXT, "Last check of everything"), tr(_CONTEXT, "not since the start")))
    else:
        facts += _check_facts(status.check, formatter, now)
    if status.skipped_records:
        facts.append(
            Fact(
                tr(_CONTEXT, "Not understood"),
                tr(_CONTEXT, "{count} records of a newer hub: update this till").format(
                    count=formatter.count(status.skipped_records)
                ),
                "warn",
            )
        )
    return facts


def _check_facts(check: CheckReport, formatter: Formatter, now: datetime) -> list[Fact]:
    at = from_text(check.at)
    if check.error_code == MASS_REMOVAL:
        result, tone = tr(_CONTEXT, "waits: it would remove many goods"), "warn"
    elif check.error_code:
        result, tone = tr(_CONTEXT, "could not be finished ({code})").format(code=check.error_code), "warn"
    elif not check.different:
        result, tone = tr(_CONTEXT, "everything is the same"), ""
    elif check.mended >= check.different:
        result, tone = tr(_CONTEXT, "{count} differed, all mended"), ""
    else:
        result, tone = tr(_CONTEXT, "{count} differed, {mended} mended"), "warn"
    return [
        Fact(
            tr(_CONTEXT, "Last check of everything"),
            f"{formatter.date_and_time(at)} · {formatter.age(at, now)}",
        ),
        Fact(tr(_CONTEXT, "Records compared"), formatter.count(check.compared)),
        Fact(
            tr(_CONTEXT, "Result"),
            result.format(count=formatter.count(check.different), mended=formatter.count(check.mended)),
            tone,
        ),
    ]


# ------------------------------------------------------------ set aside at the hub


def kind_words(kind: str) -> str:
    """What an entry of the journal is."""
    known: Mapping[str, str] = {
        "sale": tr(_CONTEXT, "Sale or return"),
        "basket_voided": tr(_CONTEXT, "Voided basket"),
        "drawer_movement": tr(_CONTEXT, "Cash in or out"),
        "no_sale": tr(_CONTEXT, "Drawer opened without a sale"),
        "session_opened": tr(_CONTEXT, "Day opened"),
        "z_report": tr(_CONTEXT, "Z report"),
        "x_report": tr(_CONTEXT, "X report"),
        "reprint": tr(_CONTEXT, "Copy or slip of a receipt"),
        "signed_on": tr(_CONTEXT, "Sign-on"),
        "signed_off": tr(_CONTEXT, "Sign-off"),
        "pin_refused": tr(_CONTEXT, "Wrong PIN"),
        "age_check": tr(_CONTEXT, "Age check"),
        "price_overridden": tr(_CONTEXT, "Changed price"),
        "tender_removed": tr(_CONTEXT, "Tender taken back"),
        "customer_added": tr(_CONTEXT, "New customer"),
        "stock_counted": tr(_CONTEXT, "Stock count"),
        "stock_adjusted": tr(_CONTEXT, "Stock adjustment"),
        "till_health": tr(_CONTEXT, "Health of the till"),
        "chain_begun": tr(_CONTEXT, "Pairing"),
        "compensation": tr(_CONTEXT, "Correction"),
        "drawer_event": tr(_CONTEXT, "Cash drawer"),
        "card_payment": tr(_CONTEXT, "Card payment"),
        "settings_changed": tr(_CONTEXT, "Changed settings"),
    }
    return known.get(kind, kind)


def set_aside_row(entry: WaitingAtHub, formatter: Formatter) -> NoteRow:
    lines = [NoteLine(_short(entry.words), "")] if entry.words else []
    if entry.advice:
        lines.append(NoteLine(_short(entry.advice)))
    lines.append(
        NoteLine(tr(_CONTEXT, "Entry {seq} · {code}").format(seq=entry.seq, code=entry.code), "muted")
    )
    moment = formatter.date_and_time(from_text(entry.at))
    return NoteRow(str(entry.seq), kind_words(entry.kind), moment, tuple(lines))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 1] + "…"


# -------------------------------------------------------------------- whole days


def day_row(
    session: TillSession, result: SessionComparison | Exception | None, formatter: Formatter, doing: str = ""
) -> NoteRow:
    """A closed day and what came of comparing it; `doing` while there is no result."""
    title = tr(_CONTEXT, "Day {number} · {date}").format(
        number=session.number, date=formatter.day(date.fromisoformat(session.business_date))
    )
    match result:
        case None:
            return NoteRow(session.session_id, title, doing)
        case SessionComparison(is_equal=True):
            return NoteRow(
                session.session_id, title, tr(_CONTEXT, "the same"), (NoteLine(_counts(result), "good"),)
            )
        case SessionComparison():
            # Counts that differ are among the findings.
            lines = [NoteLine(_counts(result), "")] if result.sales == result.sales_at_hub else []
            lines += [NoteLine(finding, "warn") for finding in result.findings]
            if result.sends_again_from is not None:
                lines.append(NoteLine(tr(_CONTEXT, "What is missing is being sent again."), "muted"))
            return NoteRow(session.session_id, title, tr(_CONTEXT, "differs"), tuple(lines))
        case HubUnreachable():
            words = tr(_CONTEXT, "The hub does not answer just now.")
            return NoteRow(session.session_id, title, tr(_CONTEXT, "not compared"), (NoteLine(words),))
        case HubError(code=code):
            words = tr(_CONTEXT, "The hub refuses to compare it ({code}).").format(code=code)
            return NoteRow(session.session_id, title, tr(_CONTEXT, "not compared"), (NoteLine(words),))
        case _:
            words = tr(_CONTEXT, "It could not be read: {reason}.").format(reason=result)
            return NoteRow(
                session.session_id, title, tr(_CONTEXT, "not compared"), (NoteLine(words, "warn"),)
            )


def _counts(result: SessionComparison) -> str:
    words = tr(_CONTEXT, "{here} sales, {there} at the hub, chain intact")
    if not result.is_equal:
        words = tr(_CONTEXT, "{here} sales, {there} at the hub")
    return words.format(here=result.sales, there=result.sales_at_hub)
