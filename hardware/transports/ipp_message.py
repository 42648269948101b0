"""Messages of the Internet Printing Protocol as bytes and back (RFC 8010); what they ask for is elsewhere."""

import struct
from dataclasses import dataclass
from enum import IntEnum

_END = 0x03
_FIRST_VALUE_TAG = 0x10
_VERSION = b"\x01\x01"

Value = int | str | bytes | None
"""A boolean is 0 or 1; None is "no value" or "unknown"; bytes is a syntax that nothing here needs."""


class GroupTag(IntEnum):
    OPERATION = 0x01
    JOB = 0x02
    PRINTER = 0x04


class ValueTag(IntEnum):
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


@dataclass(frozen=True, slots=True)
class Attribute:
    tag: int
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    tag: int
    attributes: tuple[Attribute, ...] = ()

    def all(self, name: str) -> tuple[Value, ...]:
        return next((attribute.values for attribute in self.attributes if attribute.name == name), ())

    def number(self, name: str) -> int | None:
        value = next(iter(self.all(name)), None)
        return value if isinstance(value, int) else None

    def text(self, name: str) -> str:
        value = next(iter(self.all(name)), None)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(value for value in self.all(name) if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class IppMessage:
    code: int
    """The operation of a request, the status of an answer."""
    groups: tuple[Group, ...]
    request_id: int = 1

    def of(self, tag: GroupTag) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.tag == tag)

    def first(self, tag: GroupTag) -> Group:
        return next(iter(self.of(tag)), Group(tag))


class MessageInvalid(ValueError):
    """These bytes are no IPP message."""


def encode(message: IppMessage) -> bytes:
    parts = [_VERSION, struct.pack(">HI", message.code, message.request_id)]
    for group in message.groups:
        parts.append(bytes([group.tag]))
        for attribute in group.attributes:
            name = attribute.name.encode()
            for value in attribute.values:
                data = _value_bytes(attribute.tag, value)
                parts.append(struct.pack(">BH", attribute.tag, len(name)) + name)
                parts.append(struct.pack(">H", len(data)) + data)
                name = b""
    parts.append(bytes([_END]))
    return b"".join(parts)


def _value_bytes(tag: int, value: Value) -> bytes:
    match value:
        case None:
            return b""
        case bytes():
            return value
        case str():
            return value.encode()
        case _ if tag == ValueTag.BOOLEAN:
            return bytes([value])
        case _:
            return struct.pack(">i", value)


def decode(data: bytes) -> tuple[IppMessage, bytes]:
    """The message and what follows it, which is a document. Raises MessageInvalid."""
    reader = _Reader(data)
    reader.take(2)
    code, request_id = struct.unpack(">HI", reader.take(6))
    groups: list[Group] = []
    attributes: list[Attribute] = []
    while (tag := reader.take(1)[0]) != _END:
        if tag < _FIRST_VALUE_TAG:
            attributes = []
            groups.append(Group(tag))
            continue
        if not groups:
            raise MessageInvalid("an attribute outside a group")
        name = reader.take(reader.length()).decode(errors="replace")
        value = _value(tag, reader.take(reader.length()))
        if name or not attributes:
            attributes.append(Attribute(tag, name, (value,)))
        else:
            last = attributes[-1]
            attributes[-1] = Attribute(last.tag, last.name, (*last.values, value))
        groups[-1] = Group(groups[-1].tag, tuple(attributes))
    return IppMessage(code, tuple(groups), request_id), reader.rest


def _value(tag: int, data: bytes) -> Value:
    if 0x10 <= tag <= 0x1F:
        return None
    if tag in (ValueTag.INTEGER, ValueTag.ENUM) and len(data) == 4:
        return int.from_bytes(data, "big", signed=True)
    if tag == ValueTag.BOOLEAN and len(data) == 1:
        return data[0]
    if 0x40 <= tag <= 0x49:
        return data.decode(errors="replace")
    return data


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        if len(self.rest) < count:
            raise MessageInvalid("the message ends too early")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def length(self) -> int:
        return int.from_bytes(self.take(2), "big")
