"""One hub: its database, its admin token and its clock, opened and closed as a whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from till_app.hub.child_jobs import ChildJobs
from till_app.hub.custody.resolution import retry_quarantined
from till_app.hub.database import Database
from till_app.hub.engines import DatabaseRefused
from till_app.hub.feed_pages import purge_all
from till_app.hub.files import HubFiles
from till_app.hub.imports.accepted import finish_accepted


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hub:
    """What the API works on."""

    database: Database
    files: HubFiles
    admin_token: str
    clock: Callable[[], datetime] = utc_now
    jobs: ChildJobs = field(default_factory=ChildJobs)
    """Long work of this process that is done beside it."""

    def close(self) -> None:
        self.jobs.close()
        self.database.close()


def open_hub(
    place: Path | str,
    clock: Callable[[], datetime] = utc_now,
    *,
    data: Path | None = None,
    is_prepared: bool = False,
) -> Hub:
    """Open or make the database, a file or a `postgresql://` URL, and the admin token.

    `data` is the folder of the hub's own files; beside an SQLite file it may be left out. `is_prepared`: the
    process that started this one has brought the database up to date. Raises DatabaseRefused.
    """
    database = Database(place)
    try:
        files = HubFiles.of(database.path, data)
        if database.path is not None:
            database.path.parent.mkdir(parents=True, exist_ok=True)
        if not is_prepared:
            database.prepare()
            retry_quarantined(database, clock())
            finish_accepted(database, clock())
            purge_all(database, clock())
        return Hub(database, files, files.admin_token(), clock)
    except OSError as error:
        database.close()
        raise DatabaseRefused(
            f"The hub cannot write its files beside {database}: {error.strerror}."
        ) from error
    except BaseException:
        database.close()
        raise


def admin_token_path(database_path: Path) -> Path:
    """Of a hub whose files lie beside its SQLite file."""
    return HubFiles.of(database_path, None).admin_token_path
