"""Amounts as they are typed at the bench."""

import re

from hardware.bench.console import UsageError

_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d{2}))?")


def minor_of(amount: str) -> int:
    """`12.34` is 1234, `12` is 1200. Raises UsageError."""
    found = _AMOUNT.fullmatch(amount.strip())
    minor = int(found[1]) * 100 + int(found[2] or "0") if found else 0
    if minor <= 0:
        raise UsageError(f"“{amount}” is no amount; write it as 12.34")
    return minor
