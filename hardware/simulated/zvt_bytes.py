"""The bytes of a simulated ZVT terminal, built and read without the driver's code: each judges the other."""

import struct

from hardware.simulated.terminal_book import BookEntry

ACKNOWLEDGEMENT = b"\x80\x00\x00"
_CURRENCIES = {"GBP": b"\x08\x26", "EUR": b"\x09\x78"}


def message(instruction_class: int, instruction: int, data: bytes = b"") -> bytes:
    if len(data) > 254:
        return struct.pack("<BBBH", instruction_class, instruction, 0xFF, len(data)) + data
    return struct.pack("BBB", instruction_class, instruction, len(data)) + data


def size_of(beginning: bytes | bytearray) -> int | None:
    """Of the message that begins so; None while it cannot be known."""
    if len(beginning) < 3:
        return None
    if beginning[2] != 0xFF:
        return 3 + int(beginning[2])
    if len(beginning) < 5:
        return None
    return 5 + int(struct.unpack_from("<H", beginning, 3)[0])


def data_of(whole: bytes) -> bytes:
    return whole[5:] if whole[2] == 0xFF else whole[3:]


def digits(number: int, size: int) -> bytes:
    text = f"{number:0{2 * size}d}"
    return bytes(int(text[i]) << 4 | int(text[i + 1]) for i in range(0, 2 * size, 2))


def currency(code: str) -> bytes:
    return _CURRENCIES[code]


def amount_in(data: bytes) -> int:
    """Of a payment's fields, which begin with it."""
    if data[:1] != b"\x04":
        raise ValueError("a payment begins with its amount")
    return _number(data[1:7])


def receipt_number_in(data: bytes) -> int:
    if data[:1] != b"\x87":
        raise ValueError("a reversal names its receipt")
    return _number(data[1:3])


def _number(packed: bytes) -> int:
    value = 0
    for byte in packed:
        value = value * 100 + (byte >> 4) * 10 + (byte & 15)
    return value


def status(entry: BookEntry, card: str) -> bytes:
    """A status information about an approved transaction, with the card's number, as terminals send it."""
    packed_card = bytes(int(card[i]) << 4 | int(card[i + 1]) for i in range(0, len(card), 2))
    name = b"Visa\x00"
    text = b"Card " + card.encode()
    return message(
        0x04,
        0x0F,
        b"\x27\x00"
        + b"\x04" + digits(entry.approved_minor, 6)
        + b"\x49" + currency(entry.currency)
        + b"\x0c\x12\x34\x56" + b"\x0d\x11\x24" + b"\x0e\x29\x12"
        + b"\x22" + _long_length(len(packed_card), 2) + packed_card
        + b"\x87" + digits(entry.number, 2)
        + b"\x3b" + f"{750000 + entry.number}".encode().ljust(8, b"\x00")
        + b"\x0b" + digits(1000 + entry.number, 3)
        + b"\x19\x60\x29\x52\x52\x35\x35"
        + b"\x8a\x0a"
        + b"\x8b" + _long_length(len(name), 2) + name
        + b"\x3c" + _long_length(len(text), 3) + text,
    )  # fmt: skip


def _long_length(length: int, count: int) -> bytes:
    """LL or LLL: a digit in the lower half of each byte."""
    return bytes(0xF0 | int(digit) for digit in str(length).zfill(count))


def text_block(kind: int, lines: tuple[str, ...]) -> bytes:
    """`kind`: 1 for the merchant, 2 for the customer, 3 for the administration."""
    texts = b"".join(_tagged(b"\x07", line.encode("cp437")) for line in lines)
    return message(
        0x06, 0xD3, b"\x06" + _with_length(b"\x1f\x07\x01" + bytes([kind]) + _tagged(b"\x25", texts))
    )


def print_lines(lines: tuple[str, ...]) -> list[bytes]:
    last = len(lines) - 1
    return [
        message(0x06, 0xD1, (b"\x81" if index == last else b"\x00") + line.encode("cp437"))
        for index, line in enumerate(lines)
    ]


def _tagged(tag: bytes, value: bytes) -> bytes:
    return tag + _with_length(value)


def _with_length(value: bytes) -> bytes:
    if len(value) < 0x80:
        return bytes([len(value)]) + value
    if len(value) < 0x100:
        return b"\x81" + bytes([len(value)]) + value
    return b"\x82" + struct.pack(">H", len(value)) + value
