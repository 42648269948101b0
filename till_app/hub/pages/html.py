"""How the hub's pages look: frame, tables, moments and amounts in plain HTML, without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from till_app.domain.currency import currency_by_code

_STYLE = """
:root { color-scheme: light dark; --ink: #17202b; --soft: #5b6775; --paper: #f4f6f8; --card: #fff;
  --line: #dfe4ea; --accent: #0b6b5d; --bad: #b3261e; --warn: #8a5a00; --good: #1b7f4d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #9aa7b4; --paper: #12171d;
  --card: #1b222b; --line: #2c3641; --accent: #4fc3ae; --bad: #ff8a80; --warn: #f0b95a; --good: #66d19e; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.45 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums }
header { padding: 20px 28px; background: var(--card); border-bottom: 1px solid var(--line);
  display: flex; align-items: baseline; gap: 14px }
h1 { font-size: 20px; margin: 0; color: var(--accent) } header span { color: var(--soft) }
main { max-width: 1320px; margin: 24px auto; padding: 0 20px }
h2 { font-size: 16px; margin: 28px 4px 10px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px }
th, td { padding: 10px 14px; border-bottom: 1px solid var(--line); white-space: nowrap }
tr:last-child td { border-bottom: 0 } .n { text-align: right } .bad { color: var(--bad); font-weight: 600 }
.warn { color: var(--warn); font-weight: 600 }
.good { color: var(--good) } a { color: var(--accent) } nav a { margin-right: 16px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 18px; margin: 0; padding: 16px 18px }
dt { color: var(--soft) } dd { margin: 0 } td.wrap { white-space: normal; min-width: 260px }
button, input { font: inherit; min-height: 44px; padding: 0 14px; border-radius: 8px; color: var(--ink);
  border: 1px solid var(--line); background: var(--paper) }
button { cursor: pointer } button:hover, :focus-visible { outline: 2px solid var(--accent) }
form { display: flex; gap: 8px; flex-wrap: wrap; align-items: center } .padded { padding: 16px 18px }
.padded + .padded { margin-top: 12px } p { margin: 8px 0 }
code { font-size: 18px; overflow-wrap: anywhere }
.none { padding: 26px; text-align: center; color: var(--soft) }
"""


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is HTML already; plain text is escaped wherever it is shown."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | Html


def shown(value: Cell) -> str:
    return value.text if isinstance(value, Html) else escape(str(value))


def page(title: str, note: str, body: Html) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} – Till hub</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(title)}</h1>"
        f'<span>{escape(note)}</span><nav><a href="/">Tills</a><a href="/quarantine">Waiting entries</a>'
        f"</nav></header><main>{body}</main></body></html>"
    )


def section(heading: str, content: Html) -> Html:
    return Html(f"<h2>{escape(heading)}</h2>{content}")


def joined(parts: Sequence[Html]) -> Html:
    return Html("".join(part.text for part in parts))


def table(head: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], numbers: range, empty: str) -> Html:
    """`numbers`: which columns stand to the right."""
    if not rows:
        return Html(f'<div class="card"><div class="none">{escape(empty)}</div></div>')

    def cells(tag: str, values: tuple[Cell, ...]) -> str:
        return "".join(
            f"<{tag}{' class=n' if index in numbers else ''}>{shown(value)}</{tag}>"
            for index, value in enumerate(values)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return Html(f'<div class="card"><table><tr>{cells("th", head)}</tr>{body}</table></div>')


def facts(pairs: Sequence[tuple[str, Cell]]) -> Html:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{shown(value)}</dd>" for name, value in pairs)
    return Html(f'<div class="card"><dl>{rows}</dl></div>')


def toned(tone: str, text: str) -> Html:
    """`tone`: good, warn or bad."""
    return Html(f'<span class="{tone}">{escape(text)}</span>')


def alarm(count: int) -> Cell:
    return toned("bad", str(count)) if count else 0


def link(path: str, text: str) -> Html:
    return Html(f'<a href="{escape(path)}">{escape(text)}</a>')


def moment(text: str | None) -> str:
    return text[:19].replace("T", " ") if text else "never"


def amount(amount_minor: int, currency_code: str) -> str:
    """Such as £1,234.50 or −£0.80."""
    currency = currency_by_code(currency_code)
    whole, rest = divmod(abs(amount_minor), 10**currency.digits)
    decimals = f".{rest:0{currency.digits}d}" if currency.digits else ""
    return f"{'−' if amount_minor < 0 else ''}{currency.symbol}{whole:,}{decimals}"
