"""One till program per ledger: a lock file that the operating system frees even after a crash."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class AlreadyLocked(Exception):
    """Another process, or another opening in this one, holds the lock."""


class InstanceLock:
    """Held from creation until `release`."""

    def __init__(self, path: Path) -> None:
        """Raises AlreadyLocked."""
        self._descriptor: int | None = None
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyLocked(path.name) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """The file stays: removing it could free a lock that another has just taken on it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
