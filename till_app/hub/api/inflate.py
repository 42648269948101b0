"""Accepts request bodies with `Content-Encoding: gzip`, inflated as they come in."""

import zlib

from litestar.enums import ScopeType
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPRequestEvent,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorCode

MAX_INFLATION = 200
"""Inflated size over sent size; a body that grows more is an attack."""
_FREE_BYTES = 1_000_000


class InflateRequests:
    """ASGI middleware. The limits of the inflated size are those of the route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or (b"content-encoding", b"gzip") not in scope["headers"]:
            await self._app(scope, receive, send)
            return
        dropped = (b"content-encoding", b"content-length")
        scope["headers"] = [header for header in scope["headers"] if header[0] not in dropped]
        inflater = _Inflater()

        async def receive_inflated() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return message
                more = message.get("more_body", False)
                body = inflater.feed(message.get("body", b""), is_last=not more)
                if body or not more:
                    return HTTPRequestEvent(type="http.request", body=body, more_body=more)

        await self._app(scope, receive_inflated, send)


class _Inflater:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._received = 0
        self._inflated = 0

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        self._received += len(data)
        allowed = self._received * MAX_INFLATION + _FREE_BYTES - self._inflated
        try:
            body = self._stream.decompress(data, allowed)
        except zlib.error:
            raise Refused(400, ErrorCode.BAD_REQUEST, "The body is not valid gzip.") from None
        if self._stream.unconsumed_tail:
            raise Refused(413, ErrorCode.TOO_LARGE, "The body inflates beyond all measure.")
        if is_last and not self._stream.eof:
            raise Refused(400, ErrorCode.BAD_REQUEST, "The gzip body is cut off.")
        self._inflated += len(body)
        return body
