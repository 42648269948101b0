"""The pages about tills: all of them at a glance with the latest sales, and one till whole."""

from till_app.hub.custody.quarantine import QuarantinedEntry
from till_app.hub.custody.sessions import SessionView
from till_app.hub.overview import SaleView, TillView
from till_app.hub.pages.html import (
    Cell,
    Html,
    alarm,
    amount,
    facts,
    joined,
    link,
    moment,
    page,
    section,
    table,
    toned,
)
from till_app.hub.pages.waiting import waiting_table

CLOCK_WARNING_S = 120
LOW_DISK_BYTES = 1_000_000_000
_MEGABYTE = 1_000_000


def front_html(tills: list[TillView], sales: list[SaleView]) -> str:
    count = f"{len(tills)} till{'' if len(tills) == 1 else 's'}"
    pairing = Html(
        '<div class="card padded"><form method="post" action="/pairing-codes">'
        "<button>Make a pairing code</button><span>for a new till; it works once, for ten minutes</span>"
        "</form></div>"
    )
    body = [
        section("Tills", _till_table(tills)),
        section("New till", pairing),
        section("Latest sales", _sale_table(sales)),
    ]
    return page("Till hub", count, joined(body))


def _till_table(tills: list[TillView]) -> Html:
    head = (
        "Till",
        "Name",
        "Last seen (UTC)",
        "Entries",
        "Unsent",
        "Sales",
        "Quarantined",
        "Missing receipts",
        "Clock",
        "State",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            link(f"/tills/{till.till_id}", till.till_code),
            till.name,
            moment(till.last_seen_at),
            till.entries,
            till.unsent,
            till.sales,
            alarm(till.quarantined),
            alarm(till.missing_receipts),
            clock_cell(till.clock_skew_s),
            state_cell(till),
        )
        for till in tills
    ]
    return table(head, rows, range(3, 8), "No till is paired yet.")


def clock_cell(skew_s: int) -> Cell:
    if abs(skew_s) < CLOCK_WARNING_S:
        return "right"
    return toned("warn", f"{abs(skew_s) // 60} min {'fast' if skew_s > 0 else 'slow'}")


def state_cell(till: TillView) -> Html:
    if till.revoked_at:
        return toned("bad", "revoked")
    if till.forked_at:
        return toned("bad", "two histories")
    if till.health is not None and till.health.ledger_check != "ok":
        return toned("bad", "ledger damaged")
    if till.health is not None and till.health.free_disk_bytes < LOW_DISK_BYTES:
        return toned("warn", "disk nearly full")
    return toned("good", "paired")


def _sale_table(sales: list[SaleView]) -> Html:
    head = ("Receipt", "Time (UTC)", "Operator", "Tender", "Lines", "VAT", "Total", "Checked")
    rows: list[tuple[Cell, ...]] = [
        (
            sale.receipt_number,
            moment(sale.completed_at),
            sale.operator_name,
            sale.tenders,
            sale.lines,
            amount(sale.tax_minor, sale.currency),
            amount(sale.total_minor, sale.currency),
            toned("bad", sale.difference) if sale.difference else toned("good", "adds up"),
        )
        for sale in sales
    ]
    return table(head, rows, range(4, 7), "No sale has arrived yet.")


def till_html(
    till: TillView, sessions: list[SessionView], waiting: list[QuarantinedEntry], currency: str
) -> str:
    body = [
        facts(_till_facts(till)),
        section("Entries that wait for a person", waiting_table(waiting)),
        section("Sessions", _session_table(sessions, currency)),
    ]
    return page(f"Till {till.till_code}", till.name, joined(body))


def _till_facts(till: TillView) -> list[tuple[str, Cell]]:
    pairs: list[tuple[str, Cell]] = [
        ("State", state_cell(till)),
        ("Last seen (UTC)", moment(till.last_seen_at)),
        ("Paired (UTC)", moment(till.paired_at)),
        ("Version", till.app_version or "–"),
        ("Clock", clock_cell(till.clock_skew_s)),
        ("Entries at the hub", till.entries),
        ("Not sent yet, as it last said", till.unsent),
        ("Wait for a person", alarm(till.quarantined)),
        ("The oldest of them came (UTC)", moment(till.oldest_waiting_at) if till.oldest_waiting_at else "–"),
        ("Missing receipts", alarm(till.missing_receipts)),
    ]
    if till.forked_at:
        words = (
            "two machines, or one that was restored, speak as this till: both histories are kept;"
            " pair the machine anew"
        )
        pairs.append(("Two histories since (UTC)", toned("bad", f"{moment(till.forked_at)} – {words}")))
    if till.continues_till_id:
        pairs.append(("Goes on from", link(f"/tills/{till.continues_till_id}", "an earlier till")))
    if till.health is not None:
        pairs += [
            ("Health said (UTC)", moment(till.health_at)),
            ("System", till.health.system),
            ("Free disk", f"{till.health.free_disk_bytes // _MEGABYTE:,} MB"),
            ("Ledger", f"{till.health.ledger_bytes // _MEGABYTE:,} MB, check: {till.health.ledger_check}"),
            ("Catalogue", f"{till.health.catalogue_bytes // _MEGABYTE:,} MB"),
            ("Printer", till.health.printer),
        ]
    return pairs


def _session_table(sessions: list[SessionView], currency: str) -> Html:
    head = ("Session", "Day", "Opened (UTC)", "Z", "Transactions", "Total", "Cash", "Compared")
    rows: list[tuple[Cell, ...]] = [
        (
            session.number,
            session.business_date,
            moment(session.opened_at),
            session.z_report.z_number if session.z_report else "open",
            session.hub.transactions,
            amount(session.hub.total_minor, currency),
            amount(session.hub.cash_minor, currency),
            _comparison(session),
        )
        for session in sessions
    ]
    return table(head, rows, range(4, 7), "No session yet.")


def _comparison(session: SessionView) -> Html:
    if session.missing_receipts:
        return toned("bad", "missing: " + ", ".join(session.missing_receipts[:20]))
    if session.differences:
        return toned("bad", "; ".join(session.differences))
    if session.z_report is None:
        return toned("good", "nothing missing so far")
    return toned("good", f"{session.hub.transactions} at the till, {session.hub.transactions} at the hub")
