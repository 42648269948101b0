"""The `Range` header of RFC 9110, for one range of bytes; anything else is as if it were not there."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class NotSatisfiable(Exception):
    """The range begins beyond the end."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    first: int
    beyond: int


def asked_range(header: str, size: int) -> ByteRange | None:
    """None for the whole. Raises NotSatisfiable."""
    found = _ONE_RANGE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        if not length:
            raise NotSatisfiable(header)
        return ByteRange(size - length, size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotSatisfiable(header)
    return ByteRange(int(first), min(int(last) + 1, size) if last else size)
