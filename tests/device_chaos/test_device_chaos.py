"""200 fast sales while every device of the counter is unplugged, killed and stalled: nothing is lost, nothing
is doubled, the drawer is never late, and the thread that sells touches no device.

`python -m tests.device_chaos --seeds 100` goes on longer; how long a sale takes is in `tests.benchmarks`.
"""

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.device_chaos.__main__ import main
from tests.device_chaos.run import run
from tests.device_chaos.window import open_window_rush

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")

SALES = 200
SALES_AT_THE_WINDOW = 40


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("seed", "resumes"), [(1, True), (2, False)])
def test_no_sale_is_lost_and_no_receipt_doubled_whatever_happens_to_the_devices(
    tmp_path: Path, seed: int, resumes: bool
) -> None:
    """With a pole display of its own, and with one behind the printer."""
    report = run(tmp_path, seed, SALES, resumes=resumes, display_behind_printer=not resumes)
    assert len(report.delays_ms) == SALES + 1
    assert len(report.happened) > 15, report.words()


@pytest.mark.timeout(180)
def test_the_whole_window_sells_on_whatever_happens_to_the_devices(tmp_path: Path, qtbot: QtBot) -> None:
    report = run(tmp_path, 4, SALES_AT_THE_WINDOW, open_one=open_window_rush)
    assert len(report.delays_ms) == SALES_AT_THE_WINDOW + 1
    assert len(report.happened) > 10, report.words()


def test_more_seeds_are_run_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "1", "--first-seed", "7", "--sales", "5"]) == 0
    said = capsys.readouterr().out
    assert "seed 7: " in said
    assert "a sale's steps beside those of a till without devices" in said
