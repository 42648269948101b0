"""The hub over HTTP. Nothing counts as success that was not read as the answer it should be."""

import gzip
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec
import requests
from requests import exceptions as failures

from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.breakable import BreakableAdapter, Breaker
from till_app.sync.codes import SyncCode
from till_app.sync.records import decode_page
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import (
    ErrorAnswer,
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalRequest,
    PairAnswer,
    PairRequest,
    TillTotals,
)

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer", HelloAnswer, JournalAnswer, PairAnswer, TillTotals)

_COMPRESS_FROM_BYTES = 8_192
_CHUNK_BYTES = 65_536
_MOST_RETRY_AFTER_S = 3_600.0
_TRY_AGAIN_STATUSES = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class HttpLimits:
    connect_timeout_s: float = 3.05
    read_timeout_s: float = 30.0
    """For each piece of an answer."""
    answer_timeout_s: float = 120.0
    """For the whole of it: a hub that drips is a hub that hangs."""
    most_answer_bytes: int = 32_000_000
    """Unpacked."""


class HttpHubApi:
    """Implements HubApi. For one thread; only `close` may be called from another.

    `ca_file` names the certificate authority of a hub whose certificate is the shop's own; the certificate
    is always checked. Settings of the computer's environment (proxies, netrc) are not followed, nor are
    redirects: the token goes to the hub and nowhere else.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        ca_file: str | None = None,
        limits: HttpLimits | None = None,
    ) -> None:
        """Raises ValueError for an address or a token that cannot be used; without naming the token."""
        address = urlsplit(base_url)
        if address.scheme not in ("http", "https") or not address.hostname or address.username:
            raise ValueError("the hub's address is not an http or https URL")
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError("the till's token is damaged")
        self._base_url = base_url.rstrip("/")
        self._limits = limits or HttpLimits()
        self._breaker = Breaker()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        adapter = BreakableAdapter(self._breaker)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip"})
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def __repr__(self) -> str:
        return f"HttpHubApi({self._base_url!r})"

    def close(self) -> None:
        """From any thread: breaks off the request under way; each later call fails with code `stopped`."""
        self._breaker.break_off()
        self._session.close()

    def pair(self, request: PairRequest) -> PairAnswer:
        return self._decoded(self._post("/v1/pair", request), PairAnswer)

    def hello(self, request: HelloRequest) -> HelloAnswer:
        return self._decoded(self._post("/v1/hello", request), HelloAnswer)

    def changes(self, cursor: str, limit: int) -> ChangesPage:
        content = self._ask("GET", "/v1/changes", params={"cursor": cursor, "limit": str(limit)})
        try:
            return decode_page(content)
        except msgspec.MsgspecError as error:
            raise HubUnreachable(SyncCode.NOT_A_HUB, f"a page of changes: {error}") from error

    def send_journal(self, request: JournalRequest) -> JournalAnswer:
        return self._decoded(self._post("/v1/journal", request), JournalAnswer)

    def picture(self, sha256: str) -> bytes:
        return self._ask("GET", f"/v1/pictures/{quote(sha256, safe='')}", json=False)

    def totals(self) -> TillTotals:
        return self._decoded(self._ask("GET", "/v1/totals"), TillTotals)

    def _post(self, path: str, request: msgspec.Struct) -> bytes:
        body = msgspec.json.encode(request)
        headers = {"Content-Type": "application/json"}
        if len(body) >= _COMPRESS_FROM_BYTES:
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        return self._ask("POST", path, body=body, headers=headers)

    @staticmethod
    def _decoded(content: bytes, answer_type: type[Answer]) -> Answer:
        try:
            return msgspec.json.decode(content, type=answer_type)
        except msgspec.MsgspecError as error:
            raise HubUnreachable(SyncCode.NOT_A_HUB, f"{answer_type.__name__}: {error}") from error

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        json: bool = True,
    ) -> bytes:
        """The content of a success. Raises HubUnreachable and HubRefused."""
        if self._breaker.is_broken:
            raise HubUnreachable(SyncCode.STOPPED)
        try:
            with self._session.request(
                method,
                self._base_url + path,
                params=params,
                data=body,
                headers=headers,
                timeout=(self._limits.connect_timeout_s, self._limits.read_timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._content(response)
        except (requests.RequestException, OSError) as error:
            code = SyncCode.STOPPED if self._breaker.is_broken else _failure_code(error)
            raise HubUnreachable(code, f"{method} {path}: {type(error).__name__}") from error
        if response.status_code in (200, 201):
            if json and not response.headers.get("Content-Type", "").startswith("application/json"):
                raise HubUnreachable(SyncCode.NOT_A_HUB, f"{method} {path}: an answer that is not JSON")
            return content
        raise _error(f"{method} {path}", response, content)

    def _content(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self._limits.answer_timeout_s
        content = bytearray()
        for piece in response.iter_content(_CHUNK_BYTES):
            content += piece
            if len(content) > self._limits.most_answer_bytes:
                raise HubUnreachable(
                    SyncCode.ANSWER_TOO_LARGE, f"over {self._limits.most_answer_bytes} bytes"
                )
            if time.monotonic() > deadline:
                raise HubUnreachable(SyncCode.TIMEOUT, "the answer did not end")
        return bytes(content)


def _failure_code(error: Exception) -> str:
    match error:
        case failures.SSLError():
            return SyncCode.TLS_FAILED
        case failures.Timeout():
            return SyncCode.TIMEOUT
        case failures.ChunkedEncodingError() | failures.ContentDecodingError():
            return SyncCode.CUT_ANSWER
        case failures.ConnectionError() if "Read timed out" in str(error):
            return SyncCode.TIMEOUT  # requests reports a timeout within the body as a ConnectionError
        case _:
            return SyncCode.NO_CONNECTION


def _error(request: str, response: requests.Response, content: bytes) -> HubUnreachable | HubRefused:
    status = response.status_code
    try:
        answer = msgspec.json.decode(content, type=ErrorAnswer)
    except msgspec.MsgspecError:
        code = SyncCode.HUB_FAILED if status >= 500 else SyncCode.NOT_A_HUB
        return HubUnreachable(code, f"{request}: status {status}", _retry_after_s(response))
    if status >= 500 or status in _TRY_AGAIN_STATUSES:
        return HubUnreachable(answer.code, f"{request}: {answer.message}", _retry_after_s(response))
    if status < 400:
        return HubUnreachable(SyncCode.NOT_A_HUB, f"{request}: status {status}")
    acked_seq = answer.acked_through.seq if answer.acked_through else None
    return HubRefused(answer.code, answer.message, acked_seq)


def _retry_after_s(response: requests.Response) -> float | None:
    """Seconds or an HTTP date; None when absent or not understood."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    else:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), _MOST_RETRY_AFTER_S)
