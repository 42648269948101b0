"""Making a snapshot: a scope's feed as a ready catalogue file, compressed, hashed, put in its place.

It is done by a process of its own (`till_app.hub.child`). Nothing is left of one that fails, and of one that
is killed only a folder that the next one empties.
"""

import contextlib
import hashlib
import logging
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard
from sqlalchemy import Connection, delete, insert, select

from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.version import SCHEMA_VERSION
from till_app.domain.times import to_text
from till_app.hub.claim import Claim, Claimed
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.feed_reading import live_pages
from till_app.hub.tables import snapshot
from till_app.wire.changes import LiveRecord

logger = logging.getLogger(__name__)

SNAPSHOTS = "snapshots"
"""Name of their folder among the hub's files."""
KEPT_FOR_EACH_SCOPE = 2
"""The newest, and the one before it for downloads under way."""
_ZSTD_LEVEL = 3
_PIECE_BYTES = 1_000_000

_decode = msgspec.json.Decoder(LiveRecord).decode


def work_name(scope: str) -> str:
    """Of a scope's claim and work folder: whatever a shop's id is, this is a file's name."""
    return f"{hashlib.sha256(scope.encode()).hexdigest()[:16]}-{SCHEMA_VERSION}"


def snapshot_file(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.zst"


def build_snapshot(database: Database, scope: str, folder: Path) -> None:
    """Does nothing when another process is at it. The files in the folder are for the hub's user only: they
    hold the hashes of the staff's PINs."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(Claimed), Claim(folder / f"{work_name(scope)}.claim"):
        work = folder / f"{work_name(scope)}.building"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            _build(database, scope, folder, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def remove_work_of_the_dead(scope: str, folder: Path) -> None:
    """What a killed build left, when none is under way."""
    work = folder / f"{work_name(scope)}.building"
    if work.exists():
        with contextlib.suppress(Claimed), Claim(folder / f"{work_name(scope)}.claim"):
            shutil.rmtree(work, ignore_errors=True)


def _build(database: Database, scope: str, folder: Path, work: Path) -> None:
    with database.reading() as connection:
        hub = identity(connection)
    catalogue, compressed = work / "catalogue.sqlite", work / "catalogue.zst"
    cursor = f"{hub.epoch}:{hub.feed_seq}"
    records = _write_catalogue(database, scope, hub.feed_seq, catalogue, cursor)
    made = _compress(catalogue, compressed)
    with database.writing() as connection:
        if identity(connection).epoch != hub.epoch:
            logger.warning("the hub's data was replaced while a snapshot of it was made")
            return
        connection.execute(
            delete(snapshot).where(snapshot.c.sha256 == made.sha256, snapshot.c.scope == scope)
        )
        connection.execute(
            insert(snapshot).values(
                sha256=made.sha256,
                scope=scope,
                schema_version=SCHEMA_VERSION,
                epoch=hub.epoch,
                seq=hub.feed_seq,
                compressed_bytes=made.compressed_bytes,
                catalogue_sha256=made.catalogue_sha256,
                catalogue_bytes=made.catalogue_bytes,
                records=records,
                built_at=to_text(datetime.now(UTC)),
            )
        )
        _forget_old_ones(connection, scope)
    # After its row: a file without one is left over, while a row without a file is no snapshot yet.
    compressed.replace(snapshot_file(folder, made.sha256))
    _sync_folder(folder)
    _remove_left_over(database, folder)


def forget_useless(database: Database, folder: Path) -> None:
    """Snapshots that no till can go on from any more, and files that are none."""
    with database.writing() as connection:
        hub = identity(connection)
        connection.execute(
            delete(snapshot).where(
                (snapshot.c.epoch != hub.epoch)
                | (snapshot.c.seq < hub.feed_horizon)
                | (snapshot.c.schema_version != SCHEMA_VERSION)
            )
        )
    _remove_left_over(database, folder)


def _remove_left_over(database: Database, folder: Path) -> None:
    files = set(folder.glob("*.zst"))  # before the rows: one that is made meanwhile has its row first
    with database.reading() as connection:
        known = {
            snapshot_file(folder, sha256)
            for sha256 in connection.execute(select(snapshot.c.sha256)).scalars()
        }
    for left_over in files - known:
        with contextlib.suppress(OSError):  # on Windows while somebody reads it; the next time removes it
            left_over.unlink()


def _write_catalogue(database: Database, scope: str, through: int, path: Path, cursor: str) -> int:
    with CatalogueBuilder(path) as builder:
        for page in live_pages(database, scope, through):
            builder.add([_decode(row.payload) for row in page])
            builder.checkpoint(cursor)  # a transaction for all of them would need a journal as large
        return builder.finish(cursor)


@dataclass(frozen=True, slots=True)
class _Made:
    sha256: str
    compressed_bytes: int
    catalogue_sha256: str
    catalogue_bytes: int


def _compress(catalogue: Path, compressed: Path) -> _Made:
    """On the disk when it returns."""
    catalogue_bytes = catalogue.stat().st_size
    catalogue_hash, compressed_hash = hashlib.sha256(), hashlib.sha256()
    compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj(size=catalogue_bytes)
    with catalogue.open("rb") as source, _opened_for_us_only(compressed) as target:

        def write(piece: bytes) -> None:
            compressed_hash.update(piece)
            target.write(piece)

        while piece := source.read(_PIECE_BYTES):
            catalogue_hash.update(piece)
            write(compressor.compress(piece))
        write(compressor.flush())
        target.flush()
        os.fsync(target.fileno())
        compressed_bytes = target.tell()
    return _Made(compressed_hash.hexdigest(), compressed_bytes, catalogue_hash.hexdigest(), catalogue_bytes)


def _opened_for_us_only(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _forget_old_ones(connection: Connection, scope: str) -> None:
    of_scope = connection.execute(
        select(snapshot.c.sha256, snapshot.c.schema_version)
        .where(snapshot.c.scope == scope)
        .order_by(snapshot.c.built_at.desc())
    ).all()
    kept = [row.sha256 for row in of_scope if row.schema_version == SCHEMA_VERSION][:KEPT_FOR_EACH_SCOPE]
    forgotten = [row.sha256 for row in of_scope if row.sha256 not in kept]
    connection.execute(delete(snapshot).where(snapshot.c.sha256.in_(forgotten), snapshot.c.scope == scope))


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # Windows has no such call, and keeps the order of renames itself
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
