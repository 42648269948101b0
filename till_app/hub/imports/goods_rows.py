"""Rows of files about goods: VAT, departments, price lists, promotions, customers, stock."""

from collections.abc import Sequence

from sqlalchemy import select

from till_app.domain.promotions import PromotionKind
from till_app.hub import tables
from till_app.hub.catalogue.customers import MAX_BALANCE_MINOR, CustomerEdit, put_customer, remove_customer
from till_app.hub.catalogue.departments import (
    MAX_POSITION,
    DepartmentEdit,
    put_department,
    remove_department,
)
from till_app.hub.catalogue.editing import checked_code
from till_app.hub.catalogue.price_lists import (
    MAX_PRIORITY,
    PriceListEdit,
    put_price_list,
    remove_price_list,
)
from till_app.hub.catalogue.promotions import (
    MAX_QUANTITY,
    MAX_VALUE,
    PromotionEdit,
    put_promotion,
    remove_promotion,
)
from till_app.hub.catalogue.shops import first_shop_id
from till_app.hub.catalogue.stock import MAX_STOCK_MILLI, count_stock, lock_stock
from till_app.hub.catalogue.vat_rates import (
    MAX_CODE_LENGTH as MAX_VAT_CODE_LENGTH,
)
from till_app.hub.catalogue.vat_rates import (
    VatChange,
    VatEdit,
    changes_of,
    put_vat_rate,
)
from till_app.hub.cells import (
    MAX_CODE_LENGTH,
    BadCell,
    checked_day,
    checked_decimal,
    checked_flag,
    checked_integer,
    checked_signed_minor,
    checked_text,
)
from till_app.hub.imports.csv_file import CsvRow
from till_app.hub.imports.run import Run, is_deleted, parted, shop_code


def take_vat_code(run: Run, row: CsvRow) -> None:
    """A row with a day changes the rate from then on; the row without one comes before it."""
    cells = row.cells
    code = checked_text("code", cells["code"], MAX_VAT_CODE_LENGTH, required=True)
    rate_bp = checked_decimal("rate_percent", cells["rate_percent"], 2, 9_999)
    day = checked_day("valid_from", cells["valid_from"])
    run.first_use(row, (code, day), f"code {code}" + (f" from {day}" if day else ""))
    present = run.edit.row(tables.vat_rate, code=code)
    if day is not None and present is None:
        raise BadCell("unknown_vat_code", f"the row of {code} without valid_from is missing before")
    changes = dict(changes_of(run.edit.connection, code))
    if day is not None and present is not None:
        changes[day], rate_bp = rate_bp, present.rate_bp
    given = VatEdit(
        name=cells["name"],
        kind=cells["kind"],
        rate_bp=rate_bp,
        changes=[VatChange(*change) for change in changes.items()],
    )
    run.count(put_vat_rate(run.edit, code, given))


def take_department(run: Run, row: CsvRow) -> None:
    code = checked_code("code", row.cells["code"])
    if is_deleted(row):
        run.first_use(row, code, f"code {code}")
        run.count_removed(remove_department(run.edit, code))
        return
    position = checked_integer("position", row.cells["position"], 0, MAX_POSITION)
    run.first_use(row, code, f"code {code}")
    run.count(put_department(run.edit, code, DepartmentEdit(row.cells["name"], position)))


def take_price_list(run: Run, row: CsvRow) -> None:
    cells, code = row.cells, checked_code("price_list_code", row.cells["price_list_code"])
    run.first_use(row, code, f"price_list_code {code}")
    if is_deleted(row):
        is_there = run.edit.row(tables.price_list, price_list_code=code) is not None
        if is_there:
            run.afterwards.append(lambda database: remove_price_list(database, code, run.now))
        run.count_removed(is_there)
        return
    given = PriceListEdit(
        name=cells["name"],
        shop=shop_code(row),
        priority=checked_integer("priority", cells["priority"] or "0", 0, MAX_PRIORITY),
        valid_from=cells["valid_from"],
        valid_until=cells["valid_until"],
        customers_only=checked_flag("customers_only", cells["customers_only"]),
    )
    run.count(put_price_list(run.edit, code, given))


def take_promotion(run: Run, row: CsvRow) -> None:
    """`value` is a percentage or an amount, as the kind wants; lists are parted by semicolons."""
    cells, code = row.cells, checked_code("promotion_code", row.cells["promotion_code"])
    run.first_use(row, code, f"promotion_code {code}")
    if is_deleted(row):
        run.count_removed(remove_promotion(run.edit, code))
        return
    given = PromotionEdit(
        name=cells["name"],
        kind=cells["kind"],
        quantity=checked_integer("quantity", cells["quantity"] or "1", 1, MAX_QUANTITY),
        value=checked_decimal("value", cells["value"] or "0", 2, MAX_VALUE),
        shop=shop_code(row),
        valid_from=cells["valid_from"],
        valid_until=cells["valid_until"],
        items=parted(cells["items"], ";"),
        departments=parted(cells["departments"], ";"),
    )
    if given.kind == PromotionKind.MULTIBUY_PRICE and not given.value:
        raise BadCell("missing", "value is empty: what do that many cost together?")
    run.count(put_promotion(run.edit, code, given))


def take_customer(run: Run, row: CsvRow) -> None:
    """An empty balance leaves the one that the hub has."""
    cells, code = row.cells, checked_code("customer_code", row.cells["customer_code"])
    run.first_use(row, code, f"customer_code {code}")
    if is_deleted(row):
        run.count_removed(remove_customer(run.edit, code))
        return
    present = run.edit.row(tables.customer, customer_code=code)
    if cells["balance"].strip():
        balance_minor = checked_signed_minor("balance", cells["balance"], MAX_BALANCE_MINOR)
    else:
        balance_minor = present.balance_minor if present else 0
    given = CustomerEdit(
        name=cells["name"],
        email=cells["email"],
        phone=cells["phone"],
        address=parted(cells["address"], "|"),
        price_list=cells["price_list_code"].strip() or None,
        balance_minor=balance_minor,
        credit_limit_minor=checked_decimal(
            "credit_limit", cells["credit_limit"] or "0", 2, MAX_BALANCE_MINOR
        ),
        note=cells["note"],
        active=not cells["active"].strip() or checked_flag("active", cells["active"]),
    )
    run.count(put_customer(run.edit, code, given))


def begin_stock(run: Run, rows: Sequence[CsvRow]) -> None:
    lock_stock(run.edit.connection, {row.cells["item_code"].strip() for row in rows})


def take_stock(run: Run, row: CsvRow) -> None:
    """A count. Without a location it is the first shop's default one."""
    item_code = checked_code("item_code", row.cells["item_code"])
    location_code = checked_text("location_code", row.cells["location_code"], MAX_CODE_LENGTH)
    location_code = location_code or _default_location_code(run)
    counted_milli = checked_decimal("stock", row.cells["stock"], 3, MAX_STOCK_MILLI)
    item = run.edit.row(tables.item, item_code=item_code)
    if item is not None and item.unit == "each" and counted_milli % 1000:
        raise BadCell("stock_not_whole", f"stock {row.cells['stock'].strip()} is not a whole number")
    key = (item_code, location_code)
    run.first_use(row, key, f"item {item_code} at location {location_code}")
    run.count(count_stock(run.edit, location_code, item_code, counted_milli))


def _default_location_code(run: Run) -> str:
    location = tables.location.c
    connection = run.edit.connection
    code = connection.execute(
        select(location.location_code).where(
            location.shop_id == first_shop_id(connection), location.is_default
        )
    ).scalar_one()
    return str(code)
