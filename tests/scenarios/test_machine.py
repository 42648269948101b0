"""Random days of a shop with everything that goes wrong; what is found shrinks to the shortest such day.

`TILL_MACHINE_EXAMPLES=500` makes it a long search with new seeds; without it the same days come each time.
"""

import logging
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scenarios.machine import ShopMachine

EXAMPLES = int(os.environ.get("TILL_MACHINE_EXAMPLES", "0"))
SHORT = settings(
    max_examples=12,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(
    SHORT, max_examples=max(EXAMPLES, 1), stateful_step_count=40, derandomize=False, print_blob=True
)


@pytest.mark.timeout(0 if EXAMPLES else 300)
def test_nothing_is_lost_and_nothing_is_doubled_whatever_happens(
    stocked_sqlite_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="till_app"):  # what is meant to go wrong is told as a warning
        run_state_machine_as_test(_machine_of(stocked_sqlite_file), settings=LONG if EXAMPLES else SHORT)


def _machine_of(stocked_file: Path) -> type[ShopMachine]:
    class Machine(ShopMachine):
        def __init__(self) -> None:
            super().__init__(stocked_file)

    return Machine
