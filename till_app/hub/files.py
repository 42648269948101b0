"""The hub's own files beside its database: the admin token, certificates, snapshots."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from till_app.hub.engines import DatabaseRefused


@dataclass(frozen=True, slots=True)
class HubFiles:
    """In a folder of the hub's own, or beside an SQLite file with names that begin as the file's."""

    folder: Path
    prefix: str = ""

    @classmethod
    def of(cls, database_path: Path | None, data: Path | None) -> "HubFiles":
        """Raises DatabaseRefused when there is neither."""
        if data is not None:
            return cls(data)
        if database_path is None:
            raise DatabaseRefused(
                "With PostgreSQL the hub needs a folder of its own for its admin token and certificates:"
                " say which with --data FOLDER."
            )
        return cls(database_path.parent, database_path.name + ".")

    @property
    def admin_token_path(self) -> Path:
        return self.path("admin-token")

    def path(self, name: str) -> Path:
        return self.folder / (self.prefix + name)

    def admin_token(self) -> str:
        """Made at the first start, readable by the hub's user only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(self.admin_token_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self.admin_token_path.read_text().strip()
        token = secrets.token_urlsafe(32)
        with os.fdopen(descriptor, "w") as file:
            file.write(token + "\n")
        return token
