"""The addresses of the hub's pages, who may see them and who may press their buttons.

Whoever sits at the hub's own machine may look. A button wants a token as the password, any name, and a form
that comes from the hub's own page.
"""

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from anyio import to_thread
from litestar import MediaType, Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from till_app.domain.currency import GBP
from till_app.hub import audit, overview, tills
from till_app.hub.access_tokens import Caller, Role
from till_app.hub.api.access import hub_of, may_see_page, page_caller
from till_app.hub.custody import quarantine, resolution, sessions
from till_app.hub.custody.resolution import Resolution
from till_app.hub.pages.html import Cell, Html, facts, moment, page
from till_app.hub.pages.tills import front_html, till_html
from till_app.hub.pages.waiting import waiting_html
from till_app.hub.refusals import Refused
from till_app.hub.tls import TLS_FOLDER, OwnAuthority
from till_app.wire.exchange import ErrorCode

_MAX_FORM_BYTES = 16_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}

AnyRequest = Request[Any, Any, Any]


@get("/", media_type=MediaType.HTML, sync_to_thread=True)
def front_page(request: AnyRequest) -> Response[str]:
    if not may_see_page(request):
        return _sign_in()
    with hub_of(request).database.reading() as connection:
        html = front_html(overview.tills(connection), overview.latest_sales(connection))
    return _html(html, refresh=True)


@get("/tills/{till_id:str}", media_type=MediaType.HTML, sync_to_thread=True)
def till_page(request: AnyRequest, till_id: FromPath[str]) -> Response[str]:
    if not may_see_page(request):
        return _sign_in()
    with hub_of(request).database.reading() as connection:
        found = next((till for till in overview.tills(connection) if till.till_id == till_id), None)
        if found is None:
            return _problem(Refused(404, ErrorCode.NOT_FOUND, "There is no such till."))
        waiting = [entry for entry in quarantine.quarantined(connection) if entry.till_id == till_id]
        currency = overview.currency_of(connection, found.shop_id) or GBP.code
        return _html(till_html(found, sessions.till_sessions(connection, till_id), waiting, currency))


@get("/quarantine", media_type=MediaType.HTML, sync_to_thread=True)
def waiting_page(request: AnyRequest) -> Response[str]:
    if not may_see_page(request):
        return _sign_in()
    with hub_of(request).database.reading() as connection:
        return _html(waiting_html(quarantine.quarantined(connection)))


@post("/quarantine/{till_id:str}/{seq:int}", request_max_body_size=_MAX_FORM_BYTES)
async def settle(request: AnyRequest, till_id: FromPath[str], seq: FromPath[int]) -> Response[Any]:
    form = parse_qs((await request.body()).decode(errors="replace"))
    wish = Resolution(action=form.get("action", [""])[0], note=form.get("note", [""])[0])

    def act(caller: Caller) -> Response[Any]:
        hub = hub_of(request)
        resolution.resolve(hub.database, till_id, seq, wish, caller.name, hub.clock())
        return Redirect("/quarantine", status_code=303)

    return await to_thread.run_sync(_pressed, request, act)


@post("/pairing-codes", status_code=200, request_max_body_size=_MAX_FORM_BYTES)
async def make_code(request: AnyRequest) -> Response[Any]:
    def act(_caller: Caller) -> Response[Any]:
        hub = hub_of(request)
        with hub.database.writing() as connection:
            code, expires_at = tills.new_pairing_code(connection, hub.clock())
        return _html(_code_html(request, code, expires_at))

    return await to_thread.run_sync(_pressed, request, act)


def _code_html(request: AnyRequest, code: str, expires_at: str) -> str:
    authority = OwnAuthority(hub_of(request).files.path(TLS_FOLDER)).fingerprint()
    url = str(request.base_url).rstrip("/")
    scanned = f"tillpair:{url}?code={code}" + (f"&ca={authority}" if authority else "")
    rows: list[tuple[str, Cell]] = [
        ("Address", _set_off(url)),
        ("Code", _set_off(f"{code[:4]} {code[4:]}")),
        ("Until (UTC)", moment(expires_at)),
        ("All of it, to be scanned", _set_off(scanned)),
    ]
    if authority:
        groups = " ".join(authority[at : at + 4] for at in range(0, len(authority), 4))
        rows.append(("Fingerprint to compare", _set_off(groups)))
    return page("Pair a till", "type this at the till, once", facts(rows))


def _set_off(text: str) -> Html:
    return Html(f"<code>{escape(text)}</code>")


def _pressed(request: AnyRequest, act: Callable[[Caller], Response[Any]]) -> Response[Any]:
    """Do what a button says for a caller who may; every press is noted for the audit first."""
    try:
        caller = page_caller(request)
        if caller is None:
            return _sign_in()
        if caller.role < Role.MANAGER:
            raise Refused(403, ErrorCode.FORBIDDEN, "This takes the token of a manager.")
        origin = request.headers.get("origin", "")
        if urlsplit(origin).netloc != request.headers.get("host", ""):
            raise Refused(403, ErrorCode.FORBIDDEN, "This form does not come from the hub's own page.")
        hub = hub_of(request)
        with hub.database.writing() as connection:
            audit.note(connection, hub.clock(), caller.name, "POST", request.url.path)
        response: Response[Any] = act(caller)
    except Refused as refused:
        return _problem(refused)
    return response


def _html(html: str, *, refresh: bool = False) -> Response[str]:
    headers = _HEADERS | ({"Refresh": "10"} if refresh else {})
    return Response(html, media_type=MediaType.HTML, headers=headers, status_code=200)


def _problem(refused: Refused) -> Response[str]:
    html = page("That did not work", "", Html(f'<div class="card none">{escape(str(refused))}</div>'))
    return Response(html, media_type=MediaType.HTML, headers=_HEADERS, status_code=refused.status)


def _sign_in() -> Response[str]:
    return Response(
        "Sign in with a token of the hub as the password.",
        status_code=401,
        media_type=MediaType.TEXT,
        headers={"WWW-Authenticate": 'Basic realm="Till hub", charset="UTF-8"'},
    )


PAGE_ROUTER = Router(
    "/",
    route_handlers=[front_page, till_page, waiting_page, settle, make_code],
    include_in_schema=False,
)
