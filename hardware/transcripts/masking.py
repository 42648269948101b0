"""Card numbers, tracks and passwords out of a recorded ZVT session, byte for byte as long as it was.

What the driver does not read is blanked too: a terminal may send a card in any field. Fails closed: what
cannot be understood, or still holds a card number, is not written down.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hardware.errors import PermanentDeviceError
from hardware.terminals.terminal import masked
from hardware.terminals.zvt_apdu import Bmp, Control, Tag, ZvtMalformed, field_extents, tagged_extents
from hardware.transcripts.transcript import Event, EventKind

_PASSWORD_BYTES = 3
_WITH_PASSWORD = frozenset(
    {
        Control.REGISTRATION,
        Control.REPEAT_RECEIPT,
        Control.REVERSAL,
        Control.REFUND,
        Control.END_OF_DAY,
        Control.STATUS_ENQUIRY,
    }
)
_TEXT_FIELDS = frozenset({Bmp.ADDITIONAL_TEXT, Bmp.CARD_NAME})
_READ_FIELDS = frozenset(Bmp) - {Bmp.TLV} - _TEXT_FIELDS
_READ_TAGS = frozenset({Tag.PERMITTED_COMMAND, Tag.RECEIPT_TYPE})
_CONSTRUCTED = 0x20
_LONG_NUMBER = re.compile(rb"[0-9](?:[ -]?[0-9]){11,}")
"""Where a card number may be; longer than any other number that a receipt needs to be read for."""
_KEPT_DIGITS = 4
_FEWEST_CARD_DIGITS = 13


class CardNumberInTranscript(PermanentDeviceError):
    """The session may hold a card number, so it is not written down."""

    code = "card_number"


def without_secrets(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events of a session with a ZVT terminal. Raises CardNumberInTranscript."""
    cleaned: list[Event] = []
    for connection in _connections(events):
        by_direction = {
            kind: iter(_portions(connection, kind)) for kind in (EventKind.TO_DEVICE, EventKind.FROM_DEVICE)
        }
        cleaned += [
            replace(event, data=next(by_direction[event.kind])) if event.kind.has_bytes else event
            for event in connection
        ]
    return tuple(cleaned)


def _connections(events: Sequence[Event]) -> Iterator[list[Event]]:
    connection: list[Event] = []
    for event in events:
        if event.kind is EventKind.OPEN and connection:
            yield connection
            connection = []
        connection.append(event)
    if connection:
        yield connection


def _portions(connection: Sequence[Event], kind: EventKind) -> list[bytes]:
    """The stream of one direction without its secrets, cut as it came."""
    pieces = [event.data for event in connection if event.kind is kind]
    stream = b"".join(pieces)
    try:
        blanked = _stream_without_secrets(stream, is_from_device=kind is EventKind.FROM_DEVICE)
    except ZvtMalformed as error:
        raise CardNumberInTranscript(
            f"{error}: what cannot be read may be a card number, so this session is not recorded"
        ) from error
    _refuse_card_numbers(blanked)
    ends, portions = 0, []
    for piece in pieces:
        portions.append(blanked[ends : ends + len(piece)])
        ends += len(piece)
    return portions


def _stream_without_secrets(stream: bytes, *, is_from_device: bool) -> bytes:
    blanked = bytearray(stream)
    position = 0
    while position < len(stream):
        start, end = _message_extent(stream, position)
        if end > len(stream):
            # Cut off in the middle: nobody reads it, and nobody knows what it would have been.
            blanked[min(start, len(stream)) :] = bytes(max(0, len(stream) - start))
            break
        control = int.from_bytes(stream[position : position + 2], "big")
        if is_from_device:
            blanked[start:end] = _answer(control, stream[start:end])
        elif control in _WITH_PASSWORD:
            blanked[start : start + _PASSWORD_BYTES] = bytes(_PASSWORD_BYTES)
        position = end
    return bytes(blanked)


def _message_extent(stream: bytes, position: int) -> tuple[int, int]:
    """Where the data of the message begins and ends; beyond the stream when it is not whole."""
    head = stream[position : position + 5]
    if len(head) < 3 or (head[2] == 0xFF and len(head) < 5):
        return position + 3, len(stream) + 1
    if head[2] == 0xFF:
        return position + 5, position + 5 + int.from_bytes(head[3:5], "little")
    return position + 3, position + 3 + head[2]


def _answer(control: int, data: bytes) -> bytes:
    """The data of a terminal's message: what the driver reads of it, the rest as zeros."""
    match control:
        case Control.STATUS_INFORMATION | Control.COMPLETION | Control.PRINT_TEXT_BLOCK:
            return _fields(data)
        case Control.INTERMEDIATE_STATUS:
            return data[:2] + _fields(data[2:])
        case Control.PRINT_LINE:
            return data[:1] + _starred(data[1:])
        case Control.ABORTED:
            return data[:1] + bytes(max(0, len(data) - 1))
        case _:
            return bytes(len(data))


def _fields(data: bytes) -> bytes:
    kept = bytearray(len(data))
    done = 0
    for number, start, end in field_extents(data):
        kept[done:start] = data[done:start]
        if number in _READ_FIELDS:
            kept[start:end] = data[start:end]
        elif number in _TEXT_FIELDS:
            kept[start:end] = _starred(data[start:end])
        elif number == Bmp.TLV:
            kept[start:end] = _tagged(data[start:end])
        done = end
    kept[done : done + 1] = data[done : done + 1]  # the number of the field that is not known
    return bytes(kept)


def _tagged(data: bytes) -> bytes:
    kept = bytearray(len(data))
    done = 0
    for tag, start, end in tagged_extents(data):
        kept[done:start] = data[done:start]
        first_byte = tag >> 8 or tag
        if tag == Tag.TEXT_LINE:
            kept[start:end] = _starred(data[start:end])
        elif tag in _READ_TAGS:
            kept[start:end] = data[start:end]
        elif first_byte & _CONSTRUCTED:
            kept[start:end] = _tagged(data[start:end])
        done = end
    return bytes(kept)


def _starred(text: bytes) -> bytes:
    """Long numbers but for their last digits as stars, each in its place."""

    def star(found: re.Match[bytes]) -> bytes:
        number = found.group()
        kept = 0
        starred = bytearray(number)
        for place in range(len(number) - 1, -1, -1):
            if chr(number[place]).isdigit():
                kept += 1
                if kept > _KEPT_DIGITS:
                    starred[place] = ord("*")
        return bytes(starred)

    return _LONG_NUMBER.sub(star, text)


def _refuse_card_numbers(stream: bytes) -> None:
    """Raises CardNumberInTranscript."""
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "\n" for byte in stream)
    if any(
        masked(line) != line
        for line in text.split("\n")
        if sum(map(str.isdigit, line)) >= _FEWEST_CARD_DIGITS
    ):
        raise CardNumberInTranscript(
            "what may be a card number is left in it, so this session is not recorded"
        )
