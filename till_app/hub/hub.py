"""One hub: its database, its admin token and its clock, opened and closed as a whole."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from till_app.hub.applying import retry_quarantined
from till_app.hub.database import Database, DatabaseRefused, sqlite_url
from till_app.hub.imports.item_apply import finish_accepted


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hub:
    """What the API works on."""

    database: Database
    admin_token: str
    clock: Callable[[], datetime] = utc_now

    def close(self) -> None:
        self.database.close()


def open_hub(database_path: Path, clock: Callable[[], datetime] = utc_now) -> Hub:
    """Open or make the database and the admin token beside it. Raises DatabaseRefused."""
    database_path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(sqlite_url(database_path))
    try:
        database.prepare()
        retry_quarantined(database, clock())
        finish_accepted(database, clock())
        return Hub(database, _admin_token(database_path), clock)
    except OSError as error:
        database.close()
        raise DatabaseRefused(f"The hub cannot write beside {database_path}: {error.strerror}.") from error
    except BaseException:
        database.close()
        raise


def admin_token_path(database_path: Path) -> Path:
    return database_path.with_name(database_path.name + ".admin-token")


def _admin_token(database_path: Path) -> str:
    """Made at the first start, readable by the hub's user only."""
    path = admin_token_path(database_path)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(token + "\n")
    return token
