"""An item's record in the feed, gathered from its rows."""

from sqlalchemy import Connection, select

from till_app.hub.catalogue.editing import AnyRow
from till_app.hub.tables import item_barcode, item_picture, picture_file
from till_app.wire.changes import ItemRecord

ONE_MILLI = 1000


def item_record(connection: Connection, row: AnyRow) -> ItemRecord:
    """Of a row of `item`."""
    barcodes = connection.execute(
        select(item_barcode.c.barcode, item_barcode.c.quantity_milli)
        .where(item_barcode.c.item_id == row.item_id)
        .order_by(item_barcode.c.position)
    ).all()
    hashes = picture_hashes(connection, picture_files(connection, row))
    return ItemRecord(
        item_id=row.item_id,
        item_code=row.item_code,
        name=row.name,
        description=row.description,
        department_id=row.department_id,
        vat_code=row.vat_code,
        price_minor=row.price_minor,
        unit=row.unit,
        plu=row.plu,
        barcodes=[code.barcode for code in barcodes],
        minimum_age=row.minimum_age,
        picture=hashes[0] if hashes else None,
        blocked=row.blocked,
        pictures=hashes,
        pack_milli={
            code.barcode: code.quantity_milli for code in barcodes if code.quantity_milli != ONE_MILLI
        },
    )


def picture_files(connection: Connection, row: AnyRow) -> list[str]:
    """File names in the order of the item's pictures; of some the picture may not be there yet."""
    if row.picture_file is None:
        return []
    others = connection.execute(
        select(item_picture.c.file_name)
        .where(item_picture.c.item_id == row.item_id)
        .order_by(item_picture.c.position)
    ).scalars()
    return [row.picture_file, *others]


def picture_hashes(connection: Connection, file_names: list[str]) -> list[str]:
    """Of those whose picture is there, in their order."""
    if not file_names:
        return []
    known = dict(
        connection.execute(
            select(picture_file.c.file_name, picture_file.c.sha256).where(
                picture_file.c.file_name.in_(file_names)
            )
        ).all()
    )
    return [known[name] for name in file_names if name in known]
