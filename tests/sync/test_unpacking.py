"""What travels packed comes out as it went in, or not at all; and never as more than memory has."""

import gzip
from collections.abc import Iterator

import pytest
import zstandard

from till_app.sync.unpacking import Coding, Unreadable, packed, unpacked

CONTENT = b'{"name":"Apples"}' * 10_000


def in_pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.parametrize("coding", Coding)
@pytest.mark.parametrize("size", [1, 7, 511, 65_536])
def test_what_was_packed_is_unpacked(coding: Coding, size: int) -> None:
    small = packed(CONTENT, coding)
    assert len(small) < len(CONTENT) / 20
    assert b"".join(unpacked(in_pieces(small, size), coding)) == CONTENT


def test_what_was_not_packed_passes() -> None:
    for coding in ("", "identity"):
        assert b"".join(unpacked([b"ab", b"c"], coding)) == b"abc"


def test_a_coding_that_nobody_asked_for_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="br"):
        list(unpacked([b"x"], "br"))


@pytest.mark.parametrize("coding", Coding)
def test_what_is_cut_damaged_or_followed_by_something_is_unreadable(coding: Coding) -> None:
    small = packed(CONTENT, coding)
    for wrong in (small[:-1], small[:4], b"", b"nonsense" + small, small + b"x", small + small):
        with pytest.raises(Unreadable):
            list(unpacked([wrong], coding))


@pytest.mark.parametrize(
    "bomb",
    [
        (Coding.GZIP, gzip.compress(bytes(200_000_000), 1)),
        (Coding.ZSTD, zstandard.ZstdCompressor(1).compress(bytes(200_000_000))),
    ],
    ids=["gzip", "zstd"],
)
def test_a_bomb_comes_in_pieces_that_can_be_stopped(bomb: tuple[Coding, bytes]) -> None:
    coding, content = bomb
    first = next(piece for piece in unpacked([content], coding) if piece)
    assert len(first) <= 16_000_000 * 1.1


def test_a_window_that_takes_more_than_eight_megabytes_is_unreadable() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=26, compression_level=1)
    wide = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = wide.compress(bytes(100_000)) + wide.flush()
    with pytest.raises(Unreadable):
        list(unpacked([content], Coding.ZSTD))
