"""What the terminal's last transaction was before each attempt: the proof of what came of the attempt."""

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

log = logging.getLogger(__name__)

_KEPT = 50
"""Attempts: an unanswered one is asked about before the next is made."""


@dataclass(frozen=True, slots=True)
class LastTransaction:
    receipt_number: int
    trace: int | None
    amount_minor: int

    @property
    def next_receipt_number(self) -> int:
        return self.receipt_number % 9999 + 1


class ZvtMemory:
    """In a file, so that a till that was killed during a payment can still ask; else in the process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._before = _read(path)

    def keep(self, reference: str, before: LastTransaction | None) -> None:
        """On the disk when it returns, unless the disk fails: that is logged and holds no sale up."""
        self._before.pop(reference, None)
        if before is not None:
            self._before[reference] = before
        for oldest in list(self._before)[:-_KEPT]:
            del self._before[oldest]
        if self._path is None:
            return
        try:
            _write(self._path, self._before)
        except OSError as error:
            log.warning("What the terminal did before a payment could not be kept: %s", error)

    def before(self, reference: str) -> LastTransaction | None:
        return self._before.get(reference)


def _read(path: Path | None) -> dict[str, LastTransaction]:
    if path is None or not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {reference: LastTransaction(**last) for reference, last in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("What the terminal did before the last payments cannot be read: %s", error)
        return {}


def _write(path: Path, before: dict[str, LastTransaction]) -> None:
    aside = path.with_name(path.name + ".new")
    with aside.open("w", encoding="utf-8") as file:
        json.dump({reference: asdict(last) for reference, last in before.items()}, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
