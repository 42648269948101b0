"""One request to the hub and its answer, or the reason why there is none. Knows no call of the protocol."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec
import requests
from requests import exceptions as failures
from urllib3 import exceptions as stream_failures

from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.address import checked_address
from till_app.sync.breakable import BreakableAdapter, Breaker
from till_app.sync.codes import SyncCode
from till_app.sync.trust import tls_context
from till_app.sync.unpacking import ACCEPTED, Unreadable, unpacked
from till_app.wire.exchange import ErrorAnswer, ErrorCode

_PIECE_BYTES = 65_536
_MOST_RETRY_AFTER_S = 3_600.0
_TRY_AGAIN_STATUSES = frozenset({408, 425, 429})
_TOO_LARGE = 413
_PARTIAL = 206
_DRIP_WINDOW_S = 30.0
_DRIP_BYTES = 10_000
"""A stream that brings less than this in that time is a hub that hangs."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    connect_timeout_s: float = 3.05
    read_timeout_s: float = 30.0
    """For each piece of an answer."""
    answer_timeout_s: float = 120.0
    """For the whole of it: a hub that drips is a hub that hangs."""
    most_answer_bytes: int = 32_000_000
    """Unpacked."""


class HttpExchange:
    """For one thread; only `close` may be called from another.

    Settings of the computer's environment (proxies, netrc) are not followed, nor are redirects: the token
    goes to the hub and nowhere else.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        ca_file: str | None = None,
        ca_pem: str | None = None,
        allow_plain_http: bool = False,
        limits: HttpLimits | None = None,
    ) -> None:
        """Raises ValueError for an address, a token or an authority that cannot be used; without naming the
        token."""
        self.base_url = checked_address(base_url, allow_plain_http=allow_plain_http)
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError("the till's token is damaged")
        self._limits = limits or HttpLimits()
        self._breaker = Breaker()
        tls = tls_context(ca_file, ca_pem) if self.base_url.startswith("https:") else None
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = BreakableAdapter(self._breaker, tls)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers.update({"Accept": "application/json", "Accept-Encoding": ACCEPTED})
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """From any thread: breaks off the request under way; each later call fails with code `stopped`."""
        self._breaker.break_off()
        self._session.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        media_type: str = "application/json",
        extra_wait_s: float = 0.0,
    ) -> bytes:
        """The content of a success, which must be of that type, if one is named.

        `extra_wait_s`: how long the hub may keep the request before it begins to answer. Raises
        HubUnreachable and HubRefused.
        """
        with self._answer(method, path, params, body, headers, extra_wait_s) as response:
            content = self._content(response, extra_wait_s)
            if response.status_code not in (200, 201):
                raise _error(f"{method} {path}", response, content)
            if not response.headers.get("Content-Type", "").startswith(media_type):
                raise HubUnreachable(SyncCode.NOT_A_HUB, f"{method} {path}: an answer that is not JSON")
            return content

    def stream(self, path: str, start: int) -> Iterator[bytes]:
        """A file from a byte on, not unpacked; whatever its length. Raises as `ask` does, at any piece."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        with self._answer("GET", path, None, None, headers, 0.0) as response:
            if response.status_code not in (200, _PARTIAL):
                raise _error(f"GET {path}", response, self._content(response, 0.0))
            left_to_skip = start - _first_byte(response)
            if left_to_skip < 0:
                raise HubUnreachable(SyncCode.NOT_A_HUB, f"GET {path}: another part than asked for")
            for piece in _flowing(_pieces(response)):
                if left_to_skip >= len(piece):
                    left_to_skip -= len(piece)
                    continue
                yield piece[left_to_skip:]
                left_to_skip = 0

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None,
        body: bytes | None,
        headers: dict[str, str] | None,
        extra_wait_s: float,
    ) -> Iterator[requests.Response]:
        if self._breaker.is_broken:
            raise HubUnreachable(SyncCode.STOPPED)
        limits = self._limits
        try:
            with self._session.request(
                method,
                self.base_url + path,
                params=params,
                data=body,
                headers=headers,
                timeout=(limits.connect_timeout_s, limits.read_timeout_s + extra_wait_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                yield response
        except (requests.RequestException, stream_failures.HTTPError, Unreadable, OSError) as error:
            code = SyncCode.STOPPED if self._breaker.is_broken else _failure_code(error)
            raise HubUnreachable(code, f"{method} {path}: {type(error).__name__}") from error

    def _content(self, response: requests.Response, extra_wait_s: float) -> bytes:
        deadline = time.monotonic() + self._limits.answer_timeout_s + extra_wait_s
        most_bytes = self._limits.most_answer_bytes
        content = bytearray()
        pieces = _before(deadline, _pieces(response))
        for piece in unpacked(pieces, response.headers.get("Content-Encoding", "")):
            content += piece
            if len(content) > most_bytes:
                raise HubUnreachable(SyncCode.ANSWER_TOO_LARGE, f"over {most_bytes} bytes")
        return bytes(content)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """As they came over the line, and as soon: the body's own coding is not undone."""
    # No `stream`: it waits until a piece is full, and so for ever for one that drips.
    while piece := response.raw.read1(_PIECE_BYTES, decode_content=False):
        yield piece


def _before(deadline: float, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if time.monotonic() > deadline:
            raise HubUnreachable(SyncCode.TIMEOUT, "the answer did not end")
        yield piece


def _flowing(pieces: Iterator[bytes]) -> Iterator[bytes]:
    began, arrived_bytes = time.monotonic(), 0
    for piece in pieces:
        yield piece
        arrived_bytes += len(piece)
        now = time.monotonic()
        if now - began > _DRIP_WINDOW_S:
            if arrived_bytes < _DRIP_BYTES:
                raise HubUnreachable(SyncCode.TIMEOUT, "the file hardly moves")
            began, arrived_bytes = now, 0


def _first_byte(response: requests.Response) -> int:
    """Of the part that the hub sends: all of it when it does not know parts."""
    if response.status_code != _PARTIAL:
        return 0
    unit, _, extent = response.headers.get("Content-Range", "").partition(" ")
    first = extent.partition("-")[0]
    if unit != "bytes" or not (first.isascii() and first.isdigit()):
        raise HubUnreachable(SyncCode.NOT_A_HUB, "a part of a file without its place")
    return int(first)


def _failure_code(error: Exception) -> str:
    match error:
        case failures.SSLError() | stream_failures.SSLError():
            return SyncCode.TLS_FAILED
        case failures.Timeout() | stream_failures.TimeoutError():
            return SyncCode.TIMEOUT
        case stream_failures.HTTPError() | Unreadable():
            return SyncCode.CUT_ANSWER
        case _:
            return SyncCode.NO_CONNECTION


def _error(request: str, response: requests.Response, content: bytes) -> HubUnreachable | HubRefused:
    status = response.status_code
    retry_after_s = _retry_after_s(response)
    try:
        answer = msgspec.json.decode(content, type=ErrorAnswer)
    except msgspec.MsgspecError:
        if status == _TOO_LARGE:  # a proxy before the hub has a limit of its own
            return HubRefused(ErrorCode.TOO_LARGE, f"{request}: status {status}", retry_after_s=retry_after_s)
        code = SyncCode.HUB_FAILED if status >= 500 else SyncCode.NOT_A_HUB
        return HubUnreachable(code, f"{request}: status {status}", retry_after_s)
    if status >= 500 or status in _TRY_AGAIN_STATUSES:
        return HubUnreachable(answer.code, f"{request}: {answer.message}", retry_after_s)
    if status < 400:
        return HubUnreachable(SyncCode.NOT_A_HUB, f"{request}: status {status}")
    acked_seq = answer.acked_through.seq if answer.acked_through else None
    return HubRefused(answer.code, answer.message, acked_seq, retry_after_s)


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
