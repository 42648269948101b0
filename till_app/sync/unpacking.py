"""Content codings of HTTP, both ways, in bounded memory. The HTTP library here knows gzip only, and unpacks a
whole piece at once however large it grows."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from enum import StrEnum

import zstandard

_PIECE_BYTES = 65_536
_ZSTD_SLICE_BYTES = 512
"""A block of 4 bytes can stand for 128 KB, so this much grows to 16 MB at the most."""
_ZSTD_WINDOW_BYTES = 8 << 20
"""What RFC 8878 asks of every decoder, and RFC 9659 allows in HTTP."""
_GZIP = 31
"""zlib's number for a gzip header around 32 KB of window."""


class Coding(StrEnum):
    """Values of `Content-Encoding`."""

    GZIP = "gzip"
    ZSTD = "zstd"


ACCEPTED = f"{Coding.ZSTD}, {Coding.GZIP}"


class Unreadable(Exception):
    """What came is cut off, damaged, or packed in a way that was not asked for."""


def packed(content: bytes, coding: Coding) -> bytes:
    """At the fastest level: the till's processor has sales to ring up."""
    if coding is Coding.ZSTD:
        return zstandard.ZstdCompressor(level=1).compress(content)
    return gzip.compress(content, compresslevel=1, mtime=0)


def unpacked(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The content piece by piece; none larger than 16 MB, whatever was sent. Raises Unreadable."""
    match coding.strip().lower():
        case "" | "identity":
            yield from pieces
        case Coding.GZIP:
            yield from _gunzipped(pieces)
        case Coding.ZSTD:
            yield from _unzstd(pieces)
        case other:
            raise Unreadable(f"packed as {other[:40]!r}")


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP)
    try:
        for piece in pieces:
            if decoder.eof:
                raise Unreadable("something follows the end")
            yield decoder.decompress(piece, _PIECE_BYTES)
            while decoder.unconsumed_tail and not decoder.eof:
                yield decoder.decompress(decoder.unconsumed_tail, _PIECE_BYTES)
        yield decoder.flush()
    except zlib.error as error:
        raise Unreadable(str(error)) from error
    _check_end(decoder.eof, decoder.unused_data + decoder.unconsumed_tail)


def _unzstd(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()
    try:
        for piece in pieces:
            for start in range(0, len(piece), _ZSTD_SLICE_BYTES):
                if decoder.eof:
                    raise Unreadable("something follows the end")
                yield decoder.decompress(piece[start : start + _ZSTD_SLICE_BYTES])
    except zstandard.ZstdError as error:
        raise Unreadable(str(error)) from error
    _check_end(decoder.eof, decoder.unused_data)


def _check_end(is_whole: bool, left: bytes) -> None:
    if not is_whole:
        raise Unreadable("cut off")
    if left:
        raise Unreadable("something follows the end")
