"""The hub's records as domain values, and reading a page whose records this release knows only in part."""

import logging
from collections.abc import Sequence

import msgspec

from till_app.domain.catalogue import (
    Customer,
    Department,
    Item,
    ListedPrice,
    Location,
    Pack,
    PriceList,
    QuickKey,
    ReceiptText,
    Role,
    Setting,
    Shop,
    StaffMember,
    StockLevel,
    TextPlace,
    Unit,
    Validity,
)
from till_app.domain.currency import currency_by_code
from till_app.domain.errors import DomainError
from till_app.domain.promotions import Promotion, PromotionKind
from till_app.domain.tax import VatKind, VatRate
from till_app.services.ports import CatalogueRecord, Gone
from till_app.services.status import CatalogueChanged
from till_app.wire.changes import (
    ChangesPage,
    CustomerRecord,
    DepartmentRecord,
    ItemRecord,
    LocationRecord,
    PriceListRecord,
    PriceRecord,
    PromotionRecord,
    QuickKeyRecord,
    ReceiptTextRecord,
    Record,
    SettingRecord,
    ShopRecord,
    StaffRecord,
    StockRecord,
    Tombstone,
    VatRateRecord,
    record_key,
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
_LOOSE_RECORDS = msgspec.json.Decoder(list[msgspec.Raw])
_KIND_AND_ID = msgspec.json.Decoder(list[msgspec.Raw])


def decode_page(content: bytes) -> tuple[ChangesPage, int]:
    """The page without the records that this release cannot read, and how many those are; they are logged.

    Raises msgspec.MsgspecError when it is no page at all.
    """
    try:
        return _PAGE.decode(content), 0
    except msgspec.ValidationError:
        loose = _LOOSE_PAGE.decode(content)
    records = _readable(loose.records)
    page = ChangesPage(loose.epoch, records, loose.next_cursor, loose.more)
    return page, len(loose.records) - len(records)


def decode_records(content: bytes) -> tuple[list[Record], int]:
    """As `decode_page`, of an array of records."""
    raw_records = _LOOSE_RECORDS.decode(content)
    records = _readable(raw_records)
    return records, len(raw_records) - len(records)


def _readable(raw_records: Sequence[msgspec.Raw]) -> list[Record]:
    records: list[Record] = []
    for raw in raw_records:
        try:
            records.append(_RECORD.decode(raw))
        except msgspec.ValidationError as error:
            logger.info("skipped a record of the hub: %s (%s)", _name(raw), error)
    return records


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
                pictures=tuple(record.pictures) or ((record.picture,) if record.picture else ()),
                packs=tuple(Pack(barcode, milli) for barcode, milli in sorted(record.pack_milli.items())),
            )
        case StockRecord():
            return StockLevel(record.item_id, record.quantity_milli, record.as_of, record.location_id)
        case LocationRecord():
            return Location(record.location_id, record.name, record.shop_id, record.is_default)
        case PriceListRecord():
            return PriceList(
                record.price_list_id,
                record.name,
                record.priority,
                Validity(record.valid_from, record.valid_until),
                record.customers_only,
            )
        case PriceRecord():
            return ListedPrice(record.price_id, record.price_list_id, record.item_id, record.price_minor)
        case PromotionRecord():
            return Promotion(
                promotion_id=record.promotion_id,
                name=record.name,
                kind=PromotionKind(record.kind),
                quantity=record.quantity,
                value=record.value,
                validity=Validity(record.valid_from, record.valid_until),
                item_ids=frozenset(record.item_ids),
                department_ids=frozenset(record.department_ids),
            )
        case CustomerRecord():
            return Customer(
                customer_id=record.customer_id,
                customer_code=record.customer_code,
                name=record.name,
                email=record.email,
                phone=record.phone,
                address=tuple(record.address),
                price_list_id=record.price_list_id,
                balance_minor=record.balance_minor,
                credit_limit_minor=record.credit_limit_minor,
                balance_at=record.balance_at,
                note=record.note,
                active=record.active,
            )
        case ReceiptTextRecord():
            return ReceiptText(
                record.receipt_text_id,
                TextPlace(record.place),
                record.position,
                record.text,
                Validity(record.valid_from, record.valid_until),
            )
        case SettingRecord():
            return Setting(record.name, record.value)
        case DepartmentRecord():
            return Department(record.department_id, record.name, record.position)
        case VatRateRecord():
            return VatRate(
                record.code,
                record.name,
                VatKind(record.kind),
                record.rate_bp,
                tuple((first_day, rate_bp) for first_day, rate_bp in record.changes),
            )
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
    return record.record_id if isinstance(record, Tombstone) else record_key(record)[1]


_KIND_OF: dict[type[CatalogueRecord], str] = {
    Item: "item",
    StockLevel: "stock",
    Location: "location",
    Department: "department",
    VatRate: "vat_rate",
    PriceList: "price_list",
    ListedPrice: "price",
    Promotion: "promotion",
    Customer: "customer",
    ReceiptText: "receipt_text",
    Setting: "setting",
    QuickKey: "quick_key",
    StaffMember: "staff",
    Shop: "shop",
}


EVERYTHING_CHANGED = CatalogueChanged(kinds=frozenset(_KIND_OF.values()))
"""Another catalogue took the place of the one before."""


def change_of(values: Sequence[CatalogueRecord]) -> CatalogueChanged:
    """What a screen needs to know of a page that was applied."""
    item_ids: set[str] = set()
    kinds: set[str] = set()
    for value in values:
        match value:
            case Item() | StockLevel() | ListedPrice():
                kinds.add(_KIND_OF[type(value)])
                item_ids.add(value.item_id)
            case Gone():
                kinds.add(value.kind)
                if value.kind in ("item", "stock"):
                    item_ids.add(value.record_id.partition("@")[0])
            case _:
                kinds.add(_KIND_OF[type(value)])
    return CatalogueChanged(frozenset(item_ids), frozenset(kinds))
