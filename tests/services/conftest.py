from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.counter import ShopCounter, open_counter


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ShopCounter]:
    with open_counter(tmp_path) as opened:
        opened.begin_day()
        yield opened
