"""The block check character that two of the protocols end their frames with."""

from functools import reduce
from operator import xor


def block_check(content: bytes) -> int:
    """All bytes in exclusive or."""
    return reduce(xor, content, 0)
