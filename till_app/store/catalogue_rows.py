"""What the hub owns as rows, and back."""

import json
from typing import Any

from sqlalchemy import Row

from till_app.domain.catalogue import (
    Department,
    Item,
    QuickKey,
    Role,
    Shop,
    StaffMember,
    StockLevel,
    Unit,
)
from till_app.domain.currency import currency_by_code
from till_app.domain.tax import VatKind, VatRate

Parameters = dict[str, Any]
AnyRow = Row[Any]


def item_row(item: Item) -> Parameters:
    return {
        "item_id": item.item_id,
        "item_code": item.item_code,
        "name": item.name,
        "description": item.description,
        "department_id": item.department_id,
        "vat_code": item.vat_code,
        "price_minor": item.price_minor,
        "unit": item.unit,
        "plu": item.plu,
        "barcodes": json.dumps(item.barcodes),
        "minimum_age": item.minimum_age,
        "picture": item.picture,
        "blocked": int(item.blocked),
    }


def item_from(row: AnyRow) -> Item:
    """Of all columns in the table's order: reading them by name takes half the time of a search."""
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
        _generation,
    ) = tuple(row)
    return Item(
        item_id=item_id,
        item_code=item_code,
        name=name,
        description=description,
        department_id=department_id,
        vat_code=vat_code,
        price_minor=price_minor,
        unit=Unit(unit),
        plu=plu,
        barcodes=tuple(json.loads(barcodes)),
        minimum_age=minimum_age,
        picture=picture,
        blocked=bool(blocked),
    )


def stock_row(level: StockLevel) -> Parameters:
    return {"item_id": level.item_id, "quantity_milli": level.quantity_milli, "as_of": level.as_of}


def stock_from(row: AnyRow) -> StockLevel:
    return StockLevel(row.item_id, row.quantity_milli, row.as_of)


def department_row(department: Department) -> Parameters:
    return {
        "department_id": department.department_id,
        "name": department.name,
        "position": department.position,
    }


def department_from(row: AnyRow) -> Department:
    return Department(row.department_id, row.name, row.position)


def vat_rate_row(rate: VatRate) -> Parameters:
    return {"code": rate.code, "name": rate.name, "kind": rate.kind, "rate_bp": rate.rate_bp}


def vat_rate_from(row: AnyRow) -> VatRate:
    return VatRate(row.code, row.name, VatKind(row.kind), row.rate_bp)


def quick_key_row(key: QuickKey) -> Parameters:
    return {
        "quick_key_id": key.quick_key_id,
        "page": key.page,
        "page_position": key.page_position,
        "position": key.position,
        "item_id": key.item_id,
        "label": key.label,
    }


def quick_key_from(row: AnyRow) -> QuickKey:
    return QuickKey(row.quick_key_id, row.page, row.page_position, row.position, row.item_id, row.label)


def staff_row(member: StaffMember) -> Parameters:
    return {
        "staff_id": member.staff_id,
        "staff_code": member.staff_code,
        "name": member.name,
        "role": member.role,
        "pin_hash": member.pin_hash,
        "active": int(member.active),
    }


def staff_from(row: AnyRow) -> StaffMember:
    return StaffMember(row.staff_id, row.staff_code, row.name, Role(row.role), row.pin_hash, bool(row.active))


def shop_row(shop: Shop) -> Parameters:
    return {
        "shop_id": shop.shop_id,
        "name": shop.name,
        "address": json.dumps(shop.address),
        "phone": shop.phone,
        "vat_number": shop.vat_number,
        "currency": shop.currency.code,
        "receipt_header": shop.receipt_header,
        "receipt_footer": shop.receipt_footer,
    }


def shop_from(row: AnyRow) -> Shop:
    return Shop(
        row.shop_id,
        row.name,
        tuple(json.loads(row.address)),
        row.phone,
        row.vat_number,
        currency_by_code(row.currency),
        row.receipt_header,
        row.receipt_footer,
    )
