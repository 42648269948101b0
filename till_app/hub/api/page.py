"""The page for people: tills and latest sales in plain HTML, without scripts; and the health answer."""

from collections.abc import Sequence
from html import escape
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get

from till_app.domain.currency import currency_by_code
from till_app.hub import overview
from till_app.hub.api.access import hub_of, may_see_page
from till_app.hub.overview import SaleView, TillView

AnyRequest = Request[Any, Any, Any]

_STYLE = """
:root { color-scheme: light dark; --ink: #17202b; --soft: #5b6775; --paper: #f4f6f8; --card: #fff;
  --line: #dfe4ea; --accent: #0b6b5d; --bad: #b3261e; --good: #1b7f4d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #9aa7b4; --paper: #12171d;
  --card: #1b222b; --line: #2c3641; --accent: #4fc3ae; --bad: #ff8a80; --good: #66d19e; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.45 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums }
header { padding: 20px 28px; background: var(--card); border-bottom: 1px solid var(--line);
  display: flex; align-items: baseline; gap: 14px }
h1 { font-size: 20px; margin: 0; color: var(--accent) } header span { color: var(--soft) }
main { max-width: 1180px; margin: 24px auto; padding: 0 20px }
h2 { font-size: 16px; margin: 28px 4px 10px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px }
th, td { padding: 10px 14px; border-bottom: 1px solid var(--line); white-space: nowrap }
tr:last-child td { border-bottom: 0 } .n { text-align: right } .bad { color: var(--bad); font-weight: 600 }
.good { color: var(--good) } .none { padding: 26px; text-align: center; color: var(--soft) }
"""


class Health(msgspec.Struct, frozen=True):
    status: str


@get("/health", sync_to_thread=False)
def health() -> Health:
    """That the hub answers."""
    return Health("ok")


@get("/", media_type=MediaType.HTML, sync_to_thread=True, include_in_schema=False)
def front_page(request: AnyRequest) -> Response[str]:
    if not may_see_page(request):
        return Response(
            "Sign in with the hub's admin token as the password.",
            status_code=401,
            media_type=MediaType.TEXT,
            headers={"WWW-Authenticate": 'Basic realm="Till hub", charset="UTF-8"'},
        )
    with hub_of(request).database.reading() as connection:
        html = render_page(overview.tills(connection), overview.latest_sales(connection))
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Cache-Control": "no-store",
        "Refresh": "10",
    }
    return Response(html, media_type=MediaType.HTML, headers=headers)


def render_page(tills: list[TillView], sales: list[SaleView]) -> str:
    count = f"{len(tills)} till{'' if len(tills) == 1 else 's'}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Till hub</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><header><h1>Till hub</h1><span>{count}</span></header><main>"
        f"<h2>Tills</h2>{_till_table(tills)}<h2>Latest sales</h2>{_sale_table(sales)}</main></body></html>"
    )


def _till_table(tills: list[TillView]) -> str:
    head = (
        "Till",
        "Name",
        "Last seen (UTC)",
        "Entries",
        "Unsent",
        "Sales",
        "Quarantined",
        "Missing receipts",
        "State",
    )
    rows = [
        (
            escape(till.till_code),
            escape(till.name),
            _moment(till.last_seen_at),
            str(till.entries),
            str(till.unsent),
            str(till.sales),
            _alarm(till.quarantined),
            _alarm(till.missing_receipts),
            _state(till),
        )
        for till in tills
    ]
    return _table(head, rows, range(3, 8), "No till is paired yet.")


def _state(till: TillView) -> str:
    if till.revoked_at:
        return '<span class="bad">revoked</span>'
    if till.forked_at:
        return '<span class="bad">two histories</span>'
    return '<span class="good">paired</span>'


def _sale_table(sales: list[SaleView]) -> str:
    head = ("Receipt", "Time (UTC)", "Operator", "Tender", "Lines", "VAT", "Total", "Checked")
    rows = [
        (
            escape(sale.receipt_number),
            _moment(sale.completed_at),
            escape(sale.operator_name),
            escape(sale.tenders),
            str(sale.lines),
            amount(sale.tax_minor, sale.currency),
            amount(sale.total_minor, sale.currency),
            f'<span class="bad">{escape(sale.difference)}</span>'
            if sale.difference
            else '<span class="good">adds up</span>',
        )
        for sale in sales
    ]
    return _table(head, rows, range(4, 7), "No sale has arrived yet.")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: range, empty: str) -> str:
    if not rows:
        return f'<div class="card"><div class="none">{empty}</div></div>'

    def cells(tag: str, values: tuple[str, ...]) -> str:
        return "".join(
            f"<{tag}{' class=n' if index in numbers else ''}>{value}</{tag}>"
            for index, value in enumerate(values)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<div class="card"><table><tr>{cells("th", head)}</tr>{body}</table></div>'


def _alarm(count: int) -> str:
    return f'<span class="bad">{count}</span>' if count else "0"


def _moment(text: str | None) -> str:
    return escape(text[:19].replace("T", " ")) if text else "never"


def amount(amount_minor: int, currency_code: str) -> str:
    """Such as £1,234.50 or −£0.80."""
    currency = currency_by_code(currency_code)
    whole, rest = divmod(abs(amount_minor), 10**currency.digits)
    decimals = f".{rest:0{currency.digits}d}" if currency.digits else ""
    return f"{'−' if amount_minor < 0 else ''}{currency.symbol}{whole:,}{decimals}"
