"""Pictures as files named by their own hash, in a folder beside the catalogue."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")


class PictureDiffers(Exception):
    """The bytes are not those that the hash names."""


class PictureFolder:
    """Any thread may call. A file is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, sha256: str) -> bool:
        path = self._path(sha256)
        return path is not None and path.exists()

    def read(self, sha256: str) -> bytes | None:
        path = self._path(sha256)
        try:
            return path.read_bytes() if path is not None else None
        except OSError:
            return None

    def add(self, sha256: str, content: bytes) -> None:
        """Raises PictureDiffers; OSError when the disk fails."""
        path = self._path(sha256)
        if path is None or hashlib.sha256(content).hexdigest() != sha256:
            raise PictureDiffers(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _path(self, sha256: str) -> Path | None:
        """None for what is no hash: the name comes from the hub and becomes a path."""
        if not _SHA256.fullmatch(sha256):
            return None
        return self._folder / sha256[:2] / sha256
