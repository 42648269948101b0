"""ZVT on the wire (PA00P015, TCP/IP transport): frames, numbered fields (BMP) and tagged ones (TLV).

Card numbers, tracks and chip data are skipped here and reach nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

LONGEST_DATA = 0xFFFF
_LONG_LENGTH = 0xFF


class ZvtMalformed(ValueError):
    """Bytes that are no ZVT; the text holds none of them."""


class Control(IntEnum):
    """Class and instruction of a message."""

    STATUS_INFORMATION = 0x040F
    INTERMEDIATE_STATUS = 0x04FF
    STATUS_ENQUIRY = 0x0501
    REGISTRATION = 0x0600
    AUTHORISATION = 0x0601
    COMPLETION = 0x060F
    ABORTED = 0x061E
    REPEAT_RECEIPT = 0x0620
    REVERSAL = 0x0630
    REFUND = 0x0631
    END_OF_DAY = 0x0650
    ABORT = 0x06B0
    PRINT_LINE = 0x06D1
    PRINT_TEXT_BLOCK = 0x06D3
    ACKNOWLEDGED = 0x8000


@dataclass(frozen=True, slots=True)
class Apdu:
    control: int
    data: bytes = b""

    @property
    def refusal(self) -> int | None:
        """The error code of a negative acknowledgement."""
        return self.control & 0xFF if self.control >> 8 == 0x84 else None

    def encoded(self) -> bytes:
        length = len(self.data)
        head = self.control.to_bytes(2, "big")
        if length < _LONG_LENGTH:
            return head + bytes([length]) + self.data
        return head + bytes([_LONG_LENGTH]) + length.to_bytes(2, "little") + self.data


class ApduReader:
    """Finds messages in a stream, however it is cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Apdu]:
        """The messages that are complete now. Raises ZvtMalformed; the stream is lost then."""
        self._buffer += data
        found = []
        while (apdu := self._take()) is not None:
            found.append(apdu)
        return found

    def _take(self) -> Apdu | None:
        buffer = self._buffer
        if buffer and buffer[0] not in (0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84):
            raise ZvtMalformed(f"no message begins with {buffer[0]:02x}")
        if len(buffer) < 3:
            return None
        start, length = 3, buffer[2]
        if length == _LONG_LENGTH:
            if len(buffer) < 5:
                return None
            start, length = 5, int.from_bytes(buffer[3:5], "little")
        if len(buffer) < start + length:
            return None
        apdu = Apdu(int.from_bytes(buffer[:2], "big"), bytes(buffer[start : start + length]))
        del buffer[: start + length]
        return apdu


class Bmp(IntEnum):
    """The numbered fields that are read or written here."""

    SERVICE_BYTE = 0x03
    AMOUNT = 0x04
    TLV = 0x06
    TRACE = 0x0B
    STATUS_BYTE = 0x19
    """Also the kind of payment, in a request."""
    RESULT_CODE = 0x27
    AUTHORISATION = 0x3B
    ADDITIONAL_TEXT = 0x3C
    CURRENCY = 0x49
    RECEIPT_NUMBER = 0x87
    CARD_TYPE = 0x8A
    CARD_NAME = 0x8B


_FIXED = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0, 0xD0, 0xD2, 0xD3, 0xE0, 0xE9), 1),
    **dict.fromkeys((0xEA, 0xF0, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    0x04: 6,
    0x29: 4,
    0x2A: 15,
    0x3B: 8,
    0xBA: 5,
    0xEB: 8,
}
"""Field → bytes."""
_LENGTH_DIGITS = {
    **dict.fromkeys((0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)), 2),
    **dict.fromkeys((0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF), 3),
}
"""Field → how many digits its length has (LL or LLL)."""
SECRET_FIELDS = frozenset({0x0E, 0x22, 0x23, 0x24, 0x2D, 0x2E, 0x3A, 0xA7, 0xAF, 0xD1})
"""Expiry, card number, tracks, chip data, card check value, PIN data."""


def read_fields(data: bytes) -> dict[int, bytes]:
    """Field → value, without the secret ones. It ends at the first field that is not known.

    Raises ZvtMalformed.
    """
    return {
        number: data[start:end] for number, start, end in field_extents(data) if number not in SECRET_FIELDS
    }


def field_extents(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Number, and where the value begins and ends, secret or not, up to the first field that is not known.

    Raises ZvtMalformed.
    """
    position = 0
    while position < len(data):
        number = data[position]
        start, length = _extent(data, position + 1, number)
        if start < 0:
            return
        if start + length > len(data):
            raise ZvtMalformed(f"field {number:02x} is cut off")
        yield number, start, start + length
        position = start + length


def _extent(data: bytes, position: int, number: int) -> tuple[int, int]:
    """Where a field's value begins and how long it is; -1 for an unknown field."""
    if number == Bmp.TLV:
        return _read_length(data, position)
    if number in _FIXED:
        return position, _FIXED[number]
    digits = _LENGTH_DIGITS.get(number)
    if digits is None:
        return -1, 0
    encoded = data[position : position + digits]
    if len(encoded) < digits or any(byte & 0x0F > 9 for byte in encoded):
        raise ZvtMalformed(f"the length of field {number:02x} cannot be read")
    return position + digits, int("".join(str(byte & 0x0F) for byte in encoded))


def _read_length(data: bytes, position: int) -> tuple[int, int]:
    first = data[position] if position < len(data) else 0xFF
    if first < 0x80:
        return position + 1, first
    size = first & 0x7F
    if size not in (1, 2) or position + 1 + size > len(data):
        raise ZvtMalformed("the length of a tagged field cannot be read")
    return position + 1 + size, int.from_bytes(data[position + 1 : position + 1 + size], "big")


class Tag(IntEnum):
    TEXT_LINE = 0x07
    PERMITTED_COMMAND = 0x0A
    DISPLAY_TEXTS = 0x24
    PRINT_TEXTS = 0x25
    PERMITTED_COMMANDS = 0x26
    RECEIPT_TYPE = 0x1F07


def read_tagged(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tagged fields of one level, in order. Raises ZvtMalformed."""
    for tag, start, end in tagged_extents(data):
        yield tag, data[start:end]


def tagged_extents(data: bytes) -> Iterator[tuple[int, int, int]]:
    """As read_tagged, but where each value begins and ends."""
    position = 0
    while position < len(data):
        tag = data[position]
        position += 1
        if tag & 0x1F == 0x1F:
            if position >= len(data):
                raise ZvtMalformed("a tag is cut off")
            tag = tag << 8 | data[position]
            position += 1
        start, length = _read_length(data, position)
        if start + length > len(data):
            raise ZvtMalformed(f"tag {tag:x} is cut off")
        yield tag, start, start + length
        position = start + length


def bcd(number: int | str, size: int) -> bytes:
    """Two digits in each byte, leading zeros up to `size` bytes."""
    digits = str(number)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 2 * size:
        raise ValueError(f"{len(digits)} characters are no {2 * size} digits")
    return bytes.fromhex(digits.zfill(2 * size))


def from_bcd(value: bytes) -> int | None:
    """None for a value that holds other than digits, such as the `FFFF` of a missing receipt number."""
    digits = value.hex()
    return int(digits) if digits.isdecimal() else None


def tagged(tag: int, value: bytes) -> bytes:
    """For values of at most 127 bytes."""
    if len(value) > 0x7F:
        raise ValueError("too long a value")
    return tag.to_bytes(2 if tag > 0xFF else 1, "big") + bytes([len(value)]) + value
