"""The hub's records as rows of their tables, and the same records again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Table, Text

from till_app.catalogue_file import schema as t
from till_app.wire.changes import (
    CustomerRecord,
    DepartmentRecord,
    ItemRecord,
    LiveRecord,
    LocationRecord,
    PriceListRecord,
    PriceRecord,
    PromotionRecord,
    QuickKeyRecord,
    ReceiptTextRecord,
    SettingRecord,
    ShopRecord,
    StaffRecord,
    StockRecord,
    VatRateRecord,
)
from till_app.wire.sweeping import canonical

Row = tuple[Any, ...]
"""The values of a record's columns in the order of its fields; without number and generation."""
_STOCK_ID_SEPARATOR = "@"
_encode = msgspec.json.Encoder(order="deterministic").encode


class TextCodec:
    """A list or mapping as JSON text; empty for one without members, as most are."""

    def __init__(self, field_type: Any) -> None:
        self._empty = msgspec.json.decode(b"{}" if _is_mapping(field_type) else b"[]", type=field_type)
        self._decoder = msgspec.json.Decoder(field_type)

    def text(self, value: Any) -> str:
        return _encode(value).decode() if value else ""

    def value(self, text: str) -> Any:
        """Raises msgspec.MsgspecError for what is no such text. Not to be changed by the caller."""
        return self._decoder.decode(text) if text else self._empty


def _is_mapping(field_type: Any) -> bool:
    return getattr(field_type, "__origin__", None) is dict


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of record is kept."""

    name: str
    """On the wire, and of its table."""
    record_type: type[LiveRecord]
    table: Table
    fields: tuple[str, ...]
    """The message's, which are the table's columns."""
    key: tuple[str, ...]
    """Which of them identify a record."""
    codecs: tuple[tuple[int, TextCodec], ...]
    """Of those fields that are lists or mappings, by position."""
    flags: tuple[int, ...]
    """The positions of those that are true or false."""

    def row(self, record: LiveRecord) -> Row:
        record = canonical(record)
        values = list(msgspec.structs.astuple(record))
        for at, codec in self.codecs:
            values[at] = codec.text(values[at])
        for at in self.flags:
            values[at] = int(values[at])
        if isinstance(record, ItemRecord) and record.pictures == [record.picture]:
            values[_PICTURES_AT] = ""
        return tuple(values)

    def record(self, row: Sequence[Any]) -> LiveRecord:
        """Of the fields' values. Raises msgspec.MsgspecError when the row was damaged."""
        values = list(row)
        for at, codec in self.codecs:
            values[at] = codec.value(values[at])
        for at in self.flags:
            values[at] = bool(values[at])
        if self.record_type is ItemRecord and not values[_PICTURES_AT] and values[_PICTURE_AT]:
            values[_PICTURES_AT] = [values[_PICTURE_AT]]
        return self.record_type(*values)

    @property
    def replace_statement(self) -> str:
        """Of the fields' values and the generation. A new row gets the next number, a replaced one keeps
        its own."""
        columns = (*self.fields, "generation")
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in self.key)
        return (
            f"INSERT INTO {self.name} ({_listed(columns)}) VALUES ({', '.join('?' * len(columns))})"
            f" ON CONFLICT ({_listed(self.key)}) DO UPDATE SET {changes}"
        )

    @property
    def remove_statement(self) -> str:
        """Of the values of `key`."""
        return f"DELETE FROM {self.name} WHERE " + " AND ".join(f'"{name}" = ?' for name in self.key)

    def value_when_missing(self, field: str) -> str | int | None:
        """What stands in the column for a record that came without the field: nothing, whatever its type."""
        column = self.table.c[field]
        if column.nullable:
            return None
        return "" if isinstance(column.type, Text) else 0

    def record_id(self, row: Sequence[Any]) -> str:
        """As the wire knows it; of the fields' values."""
        return self.joined_id([row[self.fields.index(name)] for name in self.key])

    def joined_id(self, key: Sequence[str]) -> str:
        return _STOCK_ID_SEPARATOR.join(key)

    def split_id(self, record_id: str) -> tuple[str, ...]:
        """The values of `key`. A stock record's id without a location is of a hub that had none."""
        if len(self.key) == 1:
            return (record_id,)
        item_id, separator, location_id = record_id.rpartition(_STOCK_ID_SEPARATOR)
        return (item_id, location_id) if separator else (record_id, "")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _kind(record_type: type[LiveRecord]) -> Kind:
    name = str(record_type.__struct_config__.tag)
    fields = msgspec.structs.fields(record_type)
    table = t.metadata.tables[name]
    return Kind(
        name=name,
        record_type=record_type,
        table=table,
        fields=tuple(field.name for field in fields),
        key=t.key_of(table),
        codecs=tuple(
            (at, TextCodec(field.type))
            for at, field in enumerate(fields)
            if getattr(field.type, "__origin__", None) in (list, dict)
        ),
        flags=tuple(at for at, field in enumerate(fields) if field.type is bool),
    )


_RECORD_TYPES: tuple[type[LiveRecord], ...] = (
    ItemRecord,
    StockRecord,
    LocationRecord,
    DepartmentRecord,
    VatRateRecord,
    PriceListRecord,
    PriceRecord,
    PromotionRecord,
    CustomerRecord,
    ReceiptTextRecord,
    SettingRecord,
    QuickKeyRecord,
    StaffRecord,
    ShopRecord,
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in map(_kind, _RECORD_TYPES)}
KIND_OF: dict[type[LiveRecord], Kind] = {kind.record_type: kind for kind in KINDS.values()}
ITEM, CUSTOMER = KINDS["item"], KINDS["customer"]
_PICTURE_AT, _PICTURES_AT = (ITEM.fields.index(name) for name in ("picture", "pictures"))
