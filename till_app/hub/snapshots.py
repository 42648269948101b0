"""Ready catalogue files for tills that begin: which there are, when one is made, which a till may read."""

import logging
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from till_app.catalogue_file.version import SCHEMA_VERSION
from till_app.hub.child_jobs import ChildJobs, JobFailed, SnapshotJob
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.feed_reading import count_rows
from till_app.hub.refusals import Refused
from till_app.hub.snapshot_build import remove_work_of_the_dead, snapshot_file
from till_app.hub.tables import snapshot
from till_app.wire.exchange import ErrorCode, SnapshotAnswer

logger = logging.getLogger(__name__)

SNAPSHOT_FROM_RECORDS = 20_000
"""A till reads a shorter feed by pages as fast."""
_MADE_ANEW_AFTER_PART = 10
"""A tenth of its records."""
_REST_AFTER_FAILURE_S = 300.0
_MOST_BUILDS = 2
"""At a time by one process of the hub, however many shops ask."""


class Snapshots:
    """Any thread may call. Other processes of the hub have their own and see the same table and folder."""

    def __init__(
        self,
        database: Database,
        jobs: ChildJobs,
        folder: Path,
        *,
        from_records: int = SNAPSHOT_FROM_RECORDS,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._folder = folder
        self._from_records = from_records
        self._lock = threading.Lock()
        self._builders = threading.BoundedSemaphore(_MOST_BUILDS)
        self._building: dict[str, threading.Thread] = {}
        self._failed_at: dict[str, float] = {}

    def newest(self, scope: str, schema_version: int) -> SnapshotAnswer:
        """Raises Refused: 404 when there is none to come, 503 while one is being made."""
        if schema_version != SCHEMA_VERSION:
            raise Refused(404, ErrorCode.NOT_FOUND, f"This hub makes snapshots of schema {SCHEMA_VERSION}.")
        with self._database.reading() as connection:
            row = self._newest_row(connection, scope)
            if row is not None:
                tenth = row.records // _MADE_ANEW_AFTER_PART
                has_aged = count_rows(connection, scope, after=row.seq, at_most=tenth + 1) > tenth
            else:
                enough = count_rows(connection, scope, at_most=self._from_records + 1)
        if row is not None:
            if has_aged:
                self._build(scope)
            return _answer(row)
        if enough <= self._from_records or not self._build(scope):
            raise Refused(404, ErrorCode.NOT_FOUND, "There is no snapshot; read the feed by pages.")
        raise Refused(503, ErrorCode.NOT_READY, "The snapshot is being made; ask again.")

    def file(self, scope: str, sha256: str) -> Path:
        """Raises Refused 404 for what is not there or is another shop's."""
        with self._database.reading() as connection:
            known = connection.execute(
                select(snapshot.c.sha256).where(snapshot.c.sha256 == sha256, snapshot.c.scope == scope)
            ).scalar()
        if known is None:
            raise Refused(404, ErrorCode.NOT_FOUND, "There is no such snapshot.")
        return snapshot_file(self._folder, known)

    def _newest_row(self, connection: Connection, scope: str) -> Row[Any] | None:
        hub = identity(connection)
        rows = connection.execute(
            select(snapshot)
            .where(
                snapshot.c.scope == scope,
                snapshot.c.schema_version == SCHEMA_VERSION,
                snapshot.c.epoch == hub.epoch,
                snapshot.c.seq >= hub.feed_horizon,
            )
            .order_by(snapshot.c.seq.desc())
        )
        return next((row for row in rows if snapshot_file(self._folder, row.sha256).exists()), None)

    def _build(self, scope: str) -> bool:
        """Begin in the background; False when that failed a short while ago."""
        with self._lock:
            failed_at = self._failed_at.get(scope)
            if failed_at is not None and time.monotonic() < failed_at + _REST_AFTER_FAILURE_S:
                return False
            if scope not in self._building:
                thread = threading.Thread(target=self._run, args=(scope,), name="snapshot", daemon=True)
                self._building[scope] = thread
                thread.start()
        return True

    def _run(self, scope: str) -> None:
        try:
            with self._builders:
                self._jobs.run(SnapshotJob(self._database.url, scope, str(self._folder)))
        except (JobFailed, OSError) as error:
            if self._jobs.is_closed:
                return
            logger.error("no snapshot was made: %s", error)
            remove_work_of_the_dead(scope, self._folder)
            with self._lock:
                self._failed_at[scope] = time.monotonic()
        finally:
            with self._lock:
                del self._building[scope]


def _answer(row: Row[Any]) -> SnapshotAnswer:
    return SnapshotAnswer(
        sha256=row.sha256,
        compressed_bytes=row.compressed_bytes,
        catalogue_sha256=row.catalogue_sha256,
        catalogue_bytes=row.catalogue_bytes,
        schema_version=row.schema_version,
        epoch=row.epoch,
        cursor=f"{row.epoch}:{row.seq}",
        records=row.records,
    )
