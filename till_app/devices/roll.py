"""The roll of paper in a printer: how many receipts it has printed, kept over restarts."""

import contextlib
from pathlib import Path


class Roll:
    """For one thread. A count that cannot be saved or read is less important than a receipt."""

    def __init__(self, file: Path | None = None) -> None:
        """None: the count is forgotten with the program."""
        self._file = file
        self._must_change = False
        self.is_near_end = False
        self.receipts = 0
        if file is not None:
            with contextlib.suppress(OSError, ValueError):
                self.receipts = int(file.read_text("ascii"))

    def printed(self) -> None:
        self.receipts += 1
        self._save()

    def seen(self, *, is_out: bool, is_near_end: bool) -> None:
        """What the printer says of its paper: a roll that was out, or nearly so, and is not now, is new."""
        if is_out:
            self._must_change = True
        elif self._must_change or (self.is_near_end and not is_near_end):
            self._must_change = False
            self.receipts = 0
            self._save()
        if not is_out:
            self.is_near_end = is_near_end

    def _save(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write_text(str(self.receipts), "ascii")
