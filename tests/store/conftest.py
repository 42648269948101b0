"""One ledger and one catalogue per test, on real files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.builders import a_catalogue, a_ledger
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.ledger import SqliteLedger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with a_ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    with a_catalogue(tmp_path / "catalogue.sqlite") as opened:
        yield opened
