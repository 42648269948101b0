"""Fetching a snapshot: the compressed file from where it was cut off, then unpacked; both checked by hash."""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec
import zstandard

from till_app.services.errors import HubUnreachable
from till_app.sync.codes import SyncCode
from till_app.wire.exchange import SnapshotAnswer

logger = logging.getLogger(__name__)

MOST_CATALOGUE_BYTES = 16_000_000_000
_WINDOW_BYTES = 8 << 20
"""What RFC 8878 asks of every decoder."""
_PIECE_BYTES = 1_000_000
_SPARE_BYTES = 50_000_000
"""Of the disk, for sales."""


class SnapshotHub(Protocol):
    """The part of HubApi that is needed here."""

    def snapshot_bytes(self, sha256: str, start: int) -> Iterator[bytes]: ...


class SnapshotDamaged(Exception):
    """The bytes are not those that the hub spoke of; nothing of them is kept."""


class SnapshotDownload:
    """Of one snapshot; another one's leftovers in the folder are removed."""

    def __init__(
        self, hub: SnapshotHub, folder: Path, answer: SnapshotAnswer, on_progress: Callable[[int, int], None]
    ) -> None:
        self._hub = hub
        self._answer = answer
        self._on_progress = on_progress
        self._said = folder / "snapshot.json"
        self._part = folder / "snapshot.zst.part"
        self._unpacked = folder / "catalogue.unpacked"

    def run(self) -> Path:
        """The unpacked file, not yet on the disk for good. Raises SnapshotDamaged, HubError, OSError."""
        if not 0 < self._answer.catalogue_bytes <= MOST_CATALOGUE_BYTES:
            raise SnapshotDamaged(f"a catalogue of {self._answer.catalogue_bytes} bytes")
        self._forget_another()
        self._require_space()
        try:
            self._fetch()
            self._unpack()
        except SnapshotDamaged:
            self.clear()
            raise
        return self._unpacked

    def clear(self) -> None:
        for path in (self._said, self._part, self._unpacked):
            path.unlink(missing_ok=True)

    def _forget_another(self) -> None:
        said = msgspec.json.encode(self._answer)
        try:
            if self._said.read_bytes() == said:
                return
        except FileNotFoundError:
            pass
        self.clear()
        self._said.write_bytes(said)

    def _require_space(self) -> None:
        fetched = self._part.stat().st_size if self._part.exists() else 0
        needed = self._answer.compressed_bytes - fetched + self._answer.catalogue_bytes + _SPARE_BYTES
        if shutil.disk_usage(self._part.parent).free < needed:
            raise OSError(28, f"{needed // 1_000_000} MB of free space are needed")

    def _fetch(self) -> None:
        """Goes on by itself after a cut, as long as each try brings something."""
        digest = hashlib.sha256()
        with self._part.open("ab+") as part:
            part.seek(0)
            while piece := part.read(_PIECE_BYTES):
                digest.update(piece)
            fetched = part.tell()
            while fetched < self._answer.compressed_bytes:
                before = fetched
                try:
                    for piece in self._hub.snapshot_bytes(self._answer.sha256, fetched):
                        part.write(piece)
                        digest.update(piece)
                        fetched += len(piece)
                        self._on_progress(min(fetched, self._total), self._total)
                        if fetched > self._answer.compressed_bytes:
                            raise SnapshotDamaged("more than was said")
                except HubUnreachable as error:
                    if fetched == before or error.code == SyncCode.STOPPED:
                        raise
                    logger.info("the snapshot was cut off at %s: %s", fetched, error)
                    continue
                if fetched == before:
                    raise HubUnreachable(SyncCode.NO_PROGRESS, "the snapshot ends too early")
        if fetched != self._answer.compressed_bytes or digest.hexdigest() != self._answer.sha256:
            raise SnapshotDamaged("the compressed bytes have another hash")

    def _unpack(self) -> None:
        digest = hashlib.sha256()
        left = self._answer.catalogue_bytes
        decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
        try:
            with (
                self._part.open("rb") as part,
                decompressor.stream_reader(part) as source,
                open(os.open(self._unpacked, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target,
            ):
                while piece := source.read(_PIECE_BYTES):
                    left -= len(piece)
                    if left < 0:
                        raise SnapshotDamaged("it unpacks to more than was said")
                    digest.update(piece)
                    target.write(piece)
        except zstandard.ZstdError as error:
            raise SnapshotDamaged(str(error)) from error
        if left or digest.hexdigest() != self._answer.catalogue_sha256:
            raise SnapshotDamaged("the catalogue has another hash")

    @property
    def _total(self) -> int:
        return self._answer.compressed_bytes
