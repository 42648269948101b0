"""What the disk did wrong while a catalogue was loaded, as the till's own words for it."""

import errno

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


class DiskTrouble(Exception):
    """`code` is `disk_full` or `disk_failed`. What was done is kept as far as it was."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def trouble_of(error: OSError) -> DiskTrouble:
    return DiskTrouble("disk_full" if error.errno in _FULL else "disk_failed", str(error))
