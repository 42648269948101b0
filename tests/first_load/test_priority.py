"""The process that loads is behind everything else on the machine, as far as the system lets it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the classes of threads are Linux's")

PROGRAM = """
import os, sys
from pathlib import Path
from till_app.first_load.priority import step_back, step_back_further
before = os.nice(0)
step_back()
step_back_further(Path(sys.argv[1]))
print(min(before + 15, 19) == os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE)
"""


@pytest.mark.parametrize(
    ("ran_ns", "waited_ns", "is_idle_class"), [(100, 99, True), (100, 100, False), (100, 5_000, False)]
)
def test_a_process_that_waited_long_for_a_processor_is_nice_only(
    ran_ns: int, waited_ns: int, is_idle_class: bool, tmp_path: Path
) -> None:
    schedule = tmp_path / "schedstat"
    schedule.write_text(f"{ran_ns} {waited_ns} 7\n")
    assert steps_back(schedule) == f"True {is_idle_class}\n"


def test_where_the_system_does_not_say_it_is_nice_only(tmp_path: Path) -> None:
    assert steps_back(tmp_path / "missing") == "True False\n"


def steps_back(schedule: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(schedule)], capture_output=True, text=True, check=True
    )
    return done.stdout
