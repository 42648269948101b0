"""The hub's records as domain values, and reading a page whose records this release knows only in part."""

import logging
from collections.abc import Sequence

import msgspec

from till_app.domain.catalogue import Department, Item, QuickKey, Role, Shop, StaffMember, StockLevel, Unit
from till_app.domain.currency import currency_by_code
from till_app.domain.errors import DomainError
from till_app.domain.tax import VatKind, VatRate
from till_app.services.ports import CatalogueRecord, Gone
from till_app.services.status import CatalogueChanged
from till_app.wire.changes import (
    ChangesPage,
    DepartmentRecord,
    ItemRecord,
    QuickKeyRecord,
    Record,
    ShopRecord,
    StaffRecord,
    StockRecord,
    Tombstone,
    VatRateRecord,
)

logger = logging.getLogger(__name__)


class _LoosePage(msgspec.Struct, frozen=True):
    """A ChangesPage whose records are read one by one."""

    epoch: str
    records: list[msgspec.Raw]
    next_cursor: str
    more: bool


_PAGE = msgspec.json.Decoder(ChangesPage)
_LOOSE_PAGE = msgspec.json.Decoder(_LoosePage)
_RECORD: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
_KIND_AND_ID = msgspec.json.Decoder(list[msgspec.Raw])


def decode_page(content: bytes) -> ChangesPage:
    """The page without the records that this release cannot read; those are logged.

    Raises msgspec.MsgspecError when it is no page at all.
    """
    try:
        return _PAGE.decode(content)
    except msgspec.ValidationError:
        loose = _LOOSE_PAGE.decode(content)
    records: list[Record] = []
    for raw in loose.records:
        try:
            records.append(_RECORD.decode(raw))
        except msgspec.ValidationError as error:
            logger.info("skipped a record of the hub: %s (%s)", _name(raw), error)
    return ChangesPage(loose.epoch, records, loose.next_cursor, loose.more)


def _name(raw: msgspec.Raw) -> str:
    """Kind and id of a record, for the log."""
    try:
        return " ".join(bytes(part).decode()[:60] for part in _KIND_AND_ID.decode(raw)[:2])
    except msgspec.MsgspecError:
        return bytes(raw[:60]).decode(errors="replace")


def to_domain(records: Sequence[Record]) -> list[CatalogueRecord]:
    """In the same order, without those whose content breaks a rule of the domain; those are logged."""
    values: list[CatalogueRecord] = []
    for record in records:
        try:
            values.append(_value(record))
        except (ValueError, DomainError) as error:
            kind, record_id = record.__struct_config__.tag, _id(record)
            logger.info("skipped a record of the hub: %s %s (%s)", kind, record_id, error)
    return values


def _value(record: Record) -> CatalogueRecord:
    match record:
        case ItemRecord():
            return Item(
                item_id=record.item_id,
                item_code=record.item_code,
                name=record.name,
                description=record.description,
                department_id=record.department_id,
                vat_code=record.vat_code,
                price_minor=record.price_minor,
                unit=Unit(record.unit),
                plu=record.plu,
                barcodes=tuple(record.barcodes),
                minimum_age=record.minimum_age,
                picture=record.picture,
                blocked=record.blocked,
            )
        case StockRecord():
            return StockLevel(record.item_id, record.quantity_milli, record.as_of)
        case DepartmentRecord():
            return Department(record.department_id, record.name, record.position)
        case VatRateRecord():
            return VatRate(record.code, record.name, VatKind(record.kind), record.rate_bp)
        case QuickKeyRecord():
            return QuickKey(
                quick_key_id=record.quick_key_id,
                page=record.page,
                page_position=record.page_position,
                position=record.position,
                item_id=record.item_id,
                label=record.label,
            )
        case StaffRecord():
            return StaffMember(
                staff_id=record.staff_id,
                staff_code=record.staff_code,
                name=record.name,
                role=Role(record.role),
                pin_hash=record.pin_hash,
                active=record.active,
            )
        case ShopRecord():
            return Shop(
                shop_id=record.shop_id,
                name=record.name,
                address=tuple(record.address),
                phone=record.phone,
                vat_number=record.vat_number,
                currency=currency_by_code(record.currency),
                receipt_header=record.receipt_header,
                receipt_footer=record.receipt_footer,
            )
        case Tombstone():
            return Gone(record.kind, record.record_id)


def _id(record: Record) -> str:
    first_field = record.__struct_fields__[1 if isinstance(record, Tombstone) else 0]
    return str(getattr(record, first_field))


def change_of(values: Sequence[CatalogueRecord]) -> CatalogueChanged:
    """What a screen needs to know of a page that was applied."""
    item_ids: set[str] = set()
    kinds: set[str] = set()
    for value in values:
        match value:
            case Item():
                kinds.add("item")
                item_ids.add(value.item_id)
            case StockLevel():
                kinds.add("stock")
                item_ids.add(value.item_id)
            case Gone():
                kinds.add(value.kind)
                if value.kind in ("item", "stock"):
                    item_ids.add(value.record_id)
            case Department():
                kinds.add("department")
            case VatRate():
                kinds.add("vat_rate")
            case QuickKey():
                kinds.add("quick_key")
            case StaffMember():
                kinds.add("staff")
            case Shop():
                kinds.add("shop")
    return CatalogueChanged(frozenset(item_ids), frozenset(kinds))
