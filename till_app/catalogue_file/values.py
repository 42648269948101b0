"""What the hub owns as values of the domain: made from rows, and as the records that rows are made of."""

from typing import Any

import msgspec
from sqlalchemy import Row

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
from till_app.domain.promotions import Promotion, PromotionKind
from till_app.domain.tax import VatKind, VatRate
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

AnyRow = Row[Any]
Value = (
    Item
    | StockLevel
    | Location
    | Department
    | VatRate
    | PriceList
    | ListedPrice
    | Promotion
    | Customer
    | ReceiptText
    | Setting
    | QuickKey
    | StaffMember
    | Shop
)
_EACH = Unit.EACH
_texts = msgspec.json.Decoder(tuple[str, ...]).decode
_quantities = msgspec.json.Decoder(dict[str, int]).decode
_changes = msgspec.json.Decoder(tuple[tuple[str, int], ...]).decode

# Each `…_from` is given a whole row of its table and raises ValueError, DomainError or MsgspecError when the
# row breaks a rule of the domain.


def item_from(row: AnyRow) -> Item:
    """Reading the columns by name takes half the time of a search."""
    (
        _number,
        item_id,
        item_code,
        name,
        description,
        department_id,
        vat_code,
        price_minor,
        unit,
        plu,
        barcodes,
        minimum_age,
        picture,
        blocked,
        pictures,
        pack_milli,
        _generation,
    ) = tuple(row)
    return Item(
        item_id,
        item_code,
        name,
        description,
        department_id,
        vat_code,
        price_minor,
        _EACH if unit == "each" else Unit(unit),
        plu,
        _texts(barcodes) if barcodes else (),
        minimum_age,
        picture,
        bool(blocked),
        _texts(pictures) if pictures else (picture,) if picture else (),
        tuple(Pack(barcode, milli) for barcode, milli in sorted(_quantities(pack_milli).items()))
        if pack_milli
        else (),
    )


def stock_from(row: AnyRow) -> StockLevel:
    return StockLevel(row.item_id, row.quantity_milli, row.as_of, row.location_id)


def location_from(row: AnyRow) -> Location:
    return Location(row.location_id, row.name, row.shop_id, bool(row.is_default))


def department_from(row: AnyRow) -> Department:
    return Department(row.department_id, row.name, row.position)


def vat_rate_from(row: AnyRow) -> VatRate:
    changes = _changes(row.changes) if row.changes else ()
    return VatRate(row.code, row.name, VatKind(row.kind), row.rate_bp, changes)


def price_list_from(row: AnyRow) -> PriceList:
    return PriceList(
        row.price_list_id,
        row.name,
        row.priority,
        Validity(row.valid_from, row.valid_until),
        bool(row.customers_only),
    )


def price_from(row: AnyRow) -> ListedPrice:
    return ListedPrice(row.price_id, row.price_list_id, row.item_id, row.price_minor)


def promotion_from(row: AnyRow) -> Promotion:
    return Promotion(
        row.promotion_id,
        row.name,
        PromotionKind(row.kind),
        row.quantity,
        row.value,
        Validity(row.valid_from, row.valid_until),
        frozenset(_texts(row.item_ids) if row.item_ids else ()),
        frozenset(_texts(row.department_ids) if row.department_ids else ()),
    )


def customer_from(row: AnyRow) -> Customer:
    return Customer(
        customer_id=row.customer_id,
        customer_code=row.customer_code,
        name=row.name,
        email=row.email,
        phone=row.phone,
        address=_texts(row.address) if row.address else (),
        price_list_id=row.price_list_id,
        balance_minor=row.balance_minor,
        credit_limit_minor=row.credit_limit_minor,
        balance_at=row.balance_at,
        note=row.note,
        active=bool(row.active),
    )


def receipt_text_from(row: AnyRow) -> ReceiptText:
    return ReceiptText(
        row.receipt_text_id,
        TextPlace(row.place),
        row.position,
        row.text,
        Validity(row.valid_from, row.valid_until),
    )


def setting_from(row: AnyRow) -> Setting:
    return Setting(row.name, row.value)


def quick_key_from(row: AnyRow) -> QuickKey:
    return QuickKey(row.quick_key_id, row.page, row.page_position, row.position, row.item_id, row.label)


def staff_from(row: AnyRow) -> StaffMember:
    return StaffMember(row.staff_id, row.staff_code, row.name, Role(row.role), row.pin_hash, bool(row.active))


def shop_from(row: AnyRow) -> Shop:
    return Shop(
        row.shop_id,
        row.name,
        _texts(row.address) if row.address else (),
        row.phone,
        row.vat_number,
        currency_by_code(row.currency),
        row.receipt_header,
        row.receipt_footer,
    )


def record_of(value: Value) -> LiveRecord:
    """As the hub sent it."""
    match value:
        case Item():
            return ItemRecord(
                item_id=value.item_id,
                item_code=value.item_code,
                name=value.name,
                description=value.description,
                department_id=value.department_id,
                vat_code=value.vat_code,
                price_minor=value.price_minor,
                unit=value.unit.value,
                plu=value.plu,
                barcodes=list(value.barcodes),
                minimum_age=value.minimum_age,
                picture=value.picture,
                blocked=value.blocked,
                pictures=list(value.pictures),
                pack_milli={pack.barcode: pack.quantity_milli for pack in value.packs},
            )
        case StockLevel():
            return StockRecord(value.item_id, value.quantity_milli, value.as_of, value.location_id)
        case ListedPrice():
            return PriceRecord(value.price_id, value.price_list_id, value.item_id, value.price_minor)
        case Customer():
            return CustomerRecord(
                customer_id=value.customer_id,
                customer_code=value.customer_code,
                name=value.name,
                email=value.email,
                phone=value.phone,
                address=list(value.address),
                price_list_id=value.price_list_id,
                balance_minor=value.balance_minor,
                credit_limit_minor=value.credit_limit_minor,
                balance_at=value.balance_at,
                note=value.note,
                active=value.active,
            )
        case _:
            return _small_record_of(value)


def _small_record_of(value: Value) -> LiveRecord:
    match value:
        case Location():
            return LocationRecord(value.location_id, value.name, value.shop_id, value.is_default)
        case Department():
            return DepartmentRecord(value.department_id, value.name, value.position)
        case VatRate():
            changes = list(value.changes)
            return VatRateRecord(value.code, value.name, value.kind.value, value.rate_bp, changes)
        case PriceList():
            return PriceListRecord(
                value.price_list_id,
                value.name,
                value.priority,
                value.validity.first_day,
                value.validity.last_day,
                value.customers_only,
            )
        case Promotion():
            return PromotionRecord(
                promotion_id=value.promotion_id,
                name=value.name,
                kind=value.kind.value,
                valid_from=value.validity.first_day,
                valid_until=value.validity.last_day,
                quantity=value.quantity,
                value=value.value,
                item_ids=sorted(value.item_ids),
                department_ids=sorted(value.department_ids),
            )
        case ReceiptText():
            return ReceiptTextRecord(
                value.receipt_text_id,
                value.place.value,
                value.position,
                value.text,
                value.validity.first_day,
                value.validity.last_day,
            )
        case Setting():
            return SettingRecord(value.name, value.value)
        case QuickKey():
            return QuickKeyRecord(
                quick_key_id=value.quick_key_id,
                page=value.page,
                page_position=value.page_position,
                position=value.position,
                item_id=value.item_id,
                label=value.label,
            )
        case StaffMember():
            return StaffRecord(
                staff_id=value.staff_id,
                staff_code=value.staff_code,
                name=value.name,
                role=value.role.value,
                pin_hash=value.pin_hash,
                active=value.active,
            )
        case Shop():
            return ShopRecord(
                shop_id=value.shop_id,
                name=value.name,
                address=list(value.address),
                phone=value.phone,
                vat_number=value.vat_number,
                currency=value.currency.code,
                receipt_header=value.receipt_header,
                receipt_footer=value.receipt_footer,
            )
        case _:
            raise TypeError(f"the hub sends no {type(value).__name__}")
