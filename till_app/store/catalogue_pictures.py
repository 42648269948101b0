"""Which pictures the catalogue names, and how far its items have been looked through for missing ones."""

from collections.abc import Callable

from sqlalchemy import Connection

from till_app.store.pictures import BYTES_PER_MB, DEFAULT_LIMIT_BYTES, LIMIT_SETTING

_LOOKED_AT_ONCE = 500

_LIMIT = "SELECT value FROM setting WHERE name = ?"
_OF_QUICK_KEYS = """
    SELECT DISTINCT item.picture FROM quick_key JOIN item ON item.item_id = quick_key.item_id
    WHERE item.picture IS NOT NULL ORDER BY quick_key.page_position, quick_key.position
"""
_IS_NAMED = "EXISTS (SELECT 1 FROM item WHERE item.picture = wanted_picture.sha256)"
_WANTED = f"SELECT sha256 FROM wanted_picture WHERE {_IS_NAMED} LIMIT ?"
_DROP_UNNAMED = f"DELETE FROM wanted_picture WHERE NOT {_IS_NAMED}"
_DROP = "DELETE FROM wanted_picture WHERE sha256 = ?"
_WANT = "INSERT INTO wanted_picture (sha256) VALUES (?) ON CONFLICT DO NOTHING"
_LOOKED_THROUGH = "SELECT pictures_looked_through FROM feed_state"
_NOW_LOOKED_THROUGH = "UPDATE feed_state SET pictures_looked_through = ?"
_NEXT = "SELECT DISTINCT picture FROM item WHERE picture > ? ORDER BY picture LIMIT ?"


def limit_bytes(connection: Connection) -> int:
    """Of the cache, as the hub has set it."""
    value = connection.exec_driver_sql(_LIMIT, (LIMIT_SETTING,)).scalar()
    return int(value) * BYTES_PER_MB if value is not None and value.isdecimal() else DEFAULT_LIMIT_BYTES


def of_quick_keys(connection: Connection) -> list[str]:
    """In the order of their tiles."""
    return list(connection.exec_driver_sql(_OF_QUICK_KEYS).scalars())


def wanted(connection: Connection, limit: int) -> list[str]:
    return list(connection.exec_driver_sql(_WANTED, (limit,)).scalars())


def no_longer_wanted(connection: Connection, sha256: str) -> None:
    connection.exec_driver_sql(_DROP, (sha256,))


def look_further(connection: Connection, enough: int, has_picture: Callable[[str], bool]) -> None:
    """Through the first pictures of items, in the order of their hashes, until so many more are wanted."""
    connection.exec_driver_sql(_DROP_UNNAMED)
    looked_through: str = connection.exec_driver_sql(_LOOKED_THROUGH).scalar_one()
    found = 0
    while found < enough:
        asked = (looked_through, _LOOKED_AT_ONCE)
        pictures: list[str] = list(connection.exec_driver_sql(_NEXT, asked).scalars())
        if not pictures:
            break
        missing = [(each,) for each in pictures if not has_picture(each)]
        if missing:
            connection.exec_driver_sql(_WANT, missing)
        found += len(missing)
        looked_through = pictures[-1]
    connection.exec_driver_sql(_NOW_LOOKED_THROUGH, (looked_through,))


def look_through_again(connection: Connection) -> None:
    """After the folder was lost."""
    connection.exec_driver_sql(_NOW_LOOKED_THROUGH, ("",))
