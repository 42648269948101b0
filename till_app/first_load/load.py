"""A first load from its beginning, or from where an earlier one was broken off, to a checked file."""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from till_app.catalogue_file.readiness import NotReady, items_lost
from till_app.catalogue_file.version import SCHEMA_VERSION
from till_app.first_load.ready_file import save_position, saved_position
from till_app.first_load.snapshot import SnapshotDamaged, SnapshotDownload, SnapshotHub
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.pull import FeedPosition, MassRemoval, is_mass_removal
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import ErrorCode, SnapshotAnswer

logger = logging.getLogger(__name__)

MOST_WAIT_FOR_SNAPSHOT_S = 180.0
"""A hub makes one of a million records in less; reading them by pages would take as long."""
_USUAL_WAIT_S = 2.0
_TRIES_OF_A_DAMAGED_SNAPSHOT = 2
_NO_SNAPSHOT = frozenset({ErrorCode.NOT_FOUND, ErrorCode.BAD_REQUEST})
"""What a hub says that has none for us, or knows no snapshots at all."""

OnProgress = Callable[[int, int], None]


class LoadableHub(SnapshotHub, Protocol):
    """The part of HubApi that a first load needs."""

    def changes(self, cursor: str, limit: int) -> ChangesPage: ...

    def snapshot(self, schema_version: int) -> SnapshotAnswer: ...


class Load:
    """The files of its folder are its own; the catalogue in use is only read."""

    def __init__(
        self,
        hub: LoadableHub,
        folder: Path,
        catalogue: Path,
        *,
        expected_records: int,
        on_progress: OnProgress,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._hub = hub
        self._folder = folder
        self._catalogue = catalogue
        self._expected_records = expected_records
        self._on_progress = on_progress
        self._sleep = sleep
        self._ready = folder / "catalogue.ready"

    def run(self, *, removal_accepted: bool) -> Path:
        """The finished file. Raises HubError, DiskTrouble, OSError, and MassRemoval with the file kept."""
        if not self._is_ready():
            self._ready.unlink(missing_ok=True)
            self._load()
        if not removal_accepted:
            self._check_removals()
        return self._ready

    def _is_ready(self) -> bool:
        """Whether an earlier load finished a file from which the hub's feed still goes on."""
        saved = saved_position(self._ready)
        if saved is None:
            return False
        try:
            self._hub.changes(saved.hub_cursor, 1)
        except HubRefused as error:
            if error.code in (ErrorCode.CURSOR_UNKNOWN, ErrorCode.EPOCH_CHANGED):
                return False
            raise
        return True

    def _load(self) -> None:
        for _ in range(_TRIES_OF_A_DAMAGED_SNAPSHOT):
            answer = self._snapshot()
            if answer is None:
                break
            try:
                self._load_snapshot(answer)
            except SnapshotDamaged as error:
                logger.warning("a snapshot is not what the hub said: %s", error)
            else:
                return
        self._load_pages()

    def _load_pages(self) -> None:
        # Imported only now: what writes a catalogue takes longer to start than all of a snapshot does.
        from till_app.first_load.pages import build_from_pages

        pages = self._folder / "catalogue.pages"
        position = build_from_pages(self._hub, pages, self._expected_records, self._on_progress)
        logger.info("loaded by pages through %s", position.hub_cursor)
        pages.replace(self._ready)

    def _snapshot(self) -> SnapshotAnswer | None:
        """Waits while the hub makes one; None when it has none for us."""
        waited_s = 0.0
        while True:
            try:
                return self._hub.snapshot(SCHEMA_VERSION)
            except HubRefused as error:
                if error.code not in _NO_SNAPSHOT:
                    raise
                return None
            except HubUnreachable as error:
                if error.code != ErrorCode.NOT_READY:
                    raise
                if waited_s >= MOST_WAIT_FOR_SNAPSHOT_S:
                    return None
                wait_s = error.retry_after_s or _USUAL_WAIT_S
            self._on_progress(0, 0)
            self._sleep(wait_s)
            waited_s += wait_s

    def _load_snapshot(self, answer: SnapshotAnswer) -> None:
        download = SnapshotDownload(self._hub, self._folder, answer, self._on_progress)
        unpacked = download.run()
        try:
            save_position(unpacked, FeedPosition(answer.epoch, answer.cursor, from_start=False, removed=0))
        except NotReady as error:
            download.clear()
            raise SnapshotDamaged(str(error)) from error
        unpacked.replace(self._ready)
        download.clear()

    def _check_removals(self) -> None:
        with contextlib.suppress(NotReady, FileNotFoundError):  # then there is nothing to be removed
            lost, had = items_lost(self._catalogue, self._ready)
            if is_mass_removal(lost, had):
                raise MassRemoval(f"{lost} of {had} items would go")
