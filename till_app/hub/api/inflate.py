"""Accepts request bodies with `Content-Encoding` gzip or zstd, inflated as they come in."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import zstandard
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
_ZSTD_SLICE_BYTES = 64
"""A block of zstd takes 4 bytes and makes 128 kB at most: so much is held before the size is looked at."""
_MAX_ZSTD_WINDOW_BYTES = 2**23
_ENCODING = b"content-encoding"


class InflateRequests:
    """ASGI middleware. The limits of the inflated size are those of the route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        stream = _stream_of(scope)
        if stream is None:
            await self._app(scope, receive, send)
            return
        dropped = (_ENCODING, b"content-length")
        scope["headers"] = [header for header in scope["headers"] if header[0] not in dropped]
        inflater = _Inflater(stream)

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


class _Stream(Protocol):
    """Something compressed that comes in pieces."""

    name: str

    @property
    def is_whole(self) -> bool: ...

    def pieces(self, data: bytes, allowed: int) -> Iterator[bytes]:
        """What it holds, not much more than `allowed` at a time. Raises ValueError when it is damaged."""
        ...


def _stream_of(scope: Scope) -> _Stream | None:
    if scope["type"] != ScopeType.HTTP:
        return None
    match next((value for name, value in scope["headers"] if name == _ENCODING), b""):
        case b"gzip":
            return _Gzip()
        case b"zstd":
            return _Zstd()
    return None


class _Gzip:
    name = "gzip"

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def is_whole(self) -> bool:
        return self._stream.eof

    def pieces(self, data: bytes, allowed: int) -> Iterator[bytes]:
        try:
            yield self._stream.decompress(data, allowed + 1)
        except zlib.error as error:
            raise ValueError("not gzip") from error


class _Zstd:
    name = "zstd"

    def __init__(self) -> None:
        decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW_BYTES)
        self._stream = decompressor.decompressobj()

    @property
    def is_whole(self) -> bool:
        return self._stream.eof

    def pieces(self, data: bytes, allowed: int) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE_BYTES):
            try:
                yield self._stream.decompress(data[start : start + _ZSTD_SLICE_BYTES])
            except zstandard.ZstdError as error:
                raise ValueError("not zstd") from error


class _Inflater:
    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._received = 0
        self._inflated = 0

    def feed(self, data: bytes, *, is_last: bool) -> bytes:
        self._received += len(data)
        allowed = self._received * MAX_INFLATION + _FREE_BYTES - self._inflated
        body = bytearray()
        try:
            for piece in self._stream.pieces(data, allowed):
                body += piece
                if len(body) > allowed:
                    raise Refused(413, ErrorCode.TOO_LARGE, "The body inflates beyond all measure.")
        except ValueError:
            raise Refused(400, ErrorCode.BAD_REQUEST, f"The body is not valid {self._stream.name}.") from None
        if is_last and not self._stream.is_whole:
            raise Refused(400, ErrorCode.BAD_REQUEST, f"The {self._stream.name} body is cut off.")
        self._inflated += len(body)
        return bytes(body)
