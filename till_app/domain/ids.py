"""Time-ordered identities (UUID version 7, RFC 9562) and the printed receipt number, which is none."""

import secrets
import uuid
from datetime import datetime


def new_uuid7(now: datetime) -> str:
    """A version 7 UUID for the given moment: 48 bits of milliseconds, the rest random."""
    milliseconds = int(now.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def receipt_number(till_code: str, counter: int) -> str:
    """The number that people read: till, then the till's gapless counter, such as `2-004182`."""
    return f"{till_code}-{counter:06d}"


RECEIPT_BARCODE_PREFIX = "RN"
GIFT_BARCODE_PREFIX = "GR"


def receipt_barcode(number: str) -> str:
    """What the Code 128 at the foot of a receipt holds."""
    return RECEIPT_BARCODE_PREFIX + number


def gift_barcode(number: str) -> str:
    """What the Code 128 of a gift receipt holds: the same sale, brought by somebody who may not have paid."""
    return GIFT_BARCODE_PREFIX + number
