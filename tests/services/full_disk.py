"""A disk that is full for a while: real transactions run, and their commit fails and keeps nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from till_app.services.ports import LedgerUnavailable
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_write import SqliteLedgerWrite


@contextmanager
def full_disk(ledger: SqliteLedger, *, commits_before: int = 0) -> Iterator[None]:
    """Every commit after the first `commits_before` raises LedgerUnavailable."""
    real_write = ledger.write
    left = [commits_before]

    @contextmanager
    def write() -> Iterator[SqliteLedgerWrite]:
        with real_write() as transaction:
            if left[0] == 0:
                patch.setattr(transaction, "commit", _fail)
            else:
                left[0] -= 1
            yield transaction

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "write", write)
        yield


def _fail() -> None:
    raise LedgerUnavailable("disk_full")
