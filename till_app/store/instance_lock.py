"""One till program per ledger: a lock file that the operating system frees even after a crash.

The file holds a word while the ledger is in use: when it still does at the next opening, the program before
was killed, or the power went.
"""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCKED_BYTE = 1_000
"""Behind the word, which stays readable where locks are for bytes."""
_IN_USE = b"in use\n"


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
                os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                os.lseek(descriptor, 0, os.SEEK_SET)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise AlreadyLocked(path.name) from error
        self._descriptor = descriptor
        self.was_cut_off = os.read(descriptor, len(_IN_USE)) == _IN_USE
        """Whether who held it last never came to `release_in_order`."""

    def mark_in_use(self) -> None:
        """An end without `release_in_order` shows at the next opening."""
        if self._descriptor is not None and not self.was_cut_off:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, _IN_USE)

    def release_in_order(self) -> None:
        """All that was locked is on the disk."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
        self.release()

    def release(self) -> None:
        """The file stays: removing it could free a lock that another has just taken on it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
