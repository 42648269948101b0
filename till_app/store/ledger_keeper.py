"""Looks after the ledger while nobody sells: its log, and once a day a copy of it and a check."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from till_app.services.ports import LedgerUnavailable
from till_app.store.ledger import SqliteLedger

log = logging.getLogger(__name__)

LOOK_EVERY_S = 15.0
IDLE_S = 20.0
"""Without a new entry for so long, nobody is waiting for the ledger."""
BACKUP_EVERY_S = 86_400.0
JOIN_S = 2.0


class LedgerKeeper:
    """A thread of its own from `start` to `stop`; `look` is one round of it."""

    def __init__(
        self,
        ledger: SqliteLedger,
        backup: Path,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._backup = backup
        self._monotonic = monotonic
        self._wall_clock = wall_clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._last_seq = -1
        self._changed_at = 0.0
        self._checkpointed_seq = -1
        self._next_backup_try = 0.0
        self._next_check = monotonic() + BACKUP_EVERY_S

    def start(self) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="ledger keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Waits for a copy under way, two seconds at most: a copy that is cut off is none."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(JOIN_S)
            self._thread = None

    def look(self) -> None:
        now, seq = self._monotonic(), self._ledger.journal_head().seq
        if seq != self._last_seq:
            self._last_seq, self._changed_at = seq, now
        if now - self._changed_at < IDLE_S:
            return
        if seq != self._checkpointed_seq:
            self._ledger.checkpoint()
            self._checkpointed_seq = seq
        if now >= self._next_check:
            self._next_check = now + BACKUP_EVERY_S
            if self._ledger.check() != "ok":
                log.error("the ledger is damaged: %s", self._ledger.last_check)
        if self._ledger.last_check == "ok" and seq and self._is_backup_due() and now >= self._next_backup_try:
            self._next_backup_try = now + BACKUP_EVERY_S / 24
            self._ledger.back_up(self._backup)

    def _is_backup_due(self) -> bool:
        try:
            made_at = self._backup.stat().st_mtime
        except FileNotFoundError:
            return True
        age_s = self._wall_clock() - made_at
        return age_s >= BACKUP_EVERY_S or age_s < 0

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.look()
            except (LedgerUnavailable, OSError) as error:
                log.warning("the ledger could not be looked after: %s", error)
