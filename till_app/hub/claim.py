"""Work that only one process does at a time: a lock on a file, freed by the system when its holder dies."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Claimed(Exception):
    """Another one holds it."""


class Claim:
    """Held from creation until the end of the `with` block."""

    def __init__(self, path: Path) -> None:
        """Raises Claimed, and OSError when the file cannot be made."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise Claimed(path.name) from error
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The file stays: removing it could free a lock that another has just taken on it."""
        os.close(self._descriptor)
