"""The entries that wait for a person: what is wrong, what to do, and the buttons that settle them."""

from html import escape

from till_app.hub.custody.quarantine import QuarantinedEntry
from till_app.hub.custody.resolution import Action
from till_app.hub.pages.html import Html, joined, moment, page

_BUTTONS = {Action.APPLY: "Try again", Action.ACCEPT: "Accept as it is", Action.SET_ASIDE: "Set aside"}


def waiting_html(entries: list[QuarantinedEntry]) -> str:
    note = "Nothing waits" if not entries else f"{len(entries)} to settle"
    return page("Waiting entries", note, waiting_table(entries))


def waiting_table(entries: list[QuarantinedEntry]) -> Html:
    if not entries:
        return Html('<div class="card none">No entry waits for a person.</div>')
    return joined([_card(entry) for entry in entries])


def _card(entry: QuarantinedEntry) -> Html:
    title = f"Till {entry.till_code}, entry {entry.seq}: {entry.kind.replace('_', ' ')}"
    return Html(
        f'<div class="card padded"><b>{escape(title)}</b>, {moment(entry.at)} UTC'
        f'<p class="bad">{escape(entry.words)}</p><p>{escape(entry.advice)}</p>{_form(entry)}</div>'
    )


def _form(entry: QuarantinedEntry) -> Html:
    buttons = "".join(
        f'<button name="action" value="{action}">{escape(words)}</button>'
        for action, words in _BUTTONS.items()
        if entry.can_accept or action != Action.ACCEPT
    )
    return Html(
        f'<form method="post" action="/quarantine/{escape(entry.till_id)}/{entry.seq}">'
        '<input name="note" placeholder="Why" aria-label="Why" maxlength="500">'
        f"{buttons}</form>"
    )
