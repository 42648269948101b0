"""Pictures by file name and by hash; which items show them is the items' matter."""

import hashlib

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select

from till_app.hub.catalogue.item_records import item_record
from till_app.hub.feed import FeedWriter, bump_catalogue_version, require_no_import
from till_app.hub.refusals import Refused
from till_app.hub.tables import item, item_picture, picture, picture_file
from till_app.wire.exchange import ErrorCode

MAX_PICTURE_BYTES = 2_000_000
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}


class StoredPicture(msgspec.Struct, frozen=True):
    file_name: str
    sha256: str
    outcome: str
    """`added`, `changed` or `unchanged`."""
    items_changed: int


def store_picture(connection: Connection, file_name: str, content: bytes) -> StoredPicture:
    """Keep a picture under a file name; items that name the file change with it."""
    require_no_import(connection)
    media_type = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)
    if media_type is None:
        raise Refused(400, ErrorCode.BAD_REQUEST, "The picture is none of PNG, JPEG, WebP and SVG.")
    if len(content) > MAX_PICTURE_BYTES:
        raise Refused(413, ErrorCode.TOO_LARGE, f"A picture has at most {MAX_PICTURE_BYTES} bytes.")
    sha256 = hashlib.sha256(content).hexdigest()
    if connection.execute(select(picture.c.sha256).where(picture.c.sha256 == sha256)).first() is None:
        connection.execute(insert(picture).values(sha256=sha256, media_type=media_type, content=content))
    present = connection.execute(
        select(picture_file.c.sha256).where(picture_file.c.file_name == file_name)
    ).scalar()
    if present == sha256:
        return StoredPicture(file_name, sha256, "unchanged", 0)
    connection.execute(delete(picture_file).where(picture_file.c.file_name == file_name))
    connection.execute(insert(picture_file).values(file_name=file_name, sha256=sha256))
    bump_catalogue_version(connection)
    writer = FeedWriter(connection)
    showing = select(item_picture.c.item_id).where(item_picture.c.file_name == file_name)
    rows = connection.execute(
        select(item).where(or_(item.c.picture_file == file_name, item.c.item_id.in_(showing)))
    ).all()
    changed = sum(writer.put_if_changed(item_record(connection, row)) for row in rows)
    writer.flush()
    return StoredPicture(file_name, sha256, "changed" if present else "added", changed)


def picture_of(connection: Connection, sha256: str) -> tuple[str, bytes]:
    """Media type and bytes. Raises Refused 404."""
    row = None
    if "\0" not in sha256:
        row = connection.execute(
            select(picture.c.media_type, picture.c.content).where(picture.c.sha256 == sha256)
        ).first()
    if row is None:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such picture.")
    return row.media_type, row.content
