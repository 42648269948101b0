import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = (
    "from hardware.printers.escpos_library import escpos_module; print(escpos_module('escpos.printer').Dummy)"
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="XDG_CACHE_HOME is not read there")


def import_in(cache: Path, count: int = 1) -> list[subprocess.Popen[str]]:
    """So many fresh processes at the same moment, with that folder as the user's cache."""
    return [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "XDG_CACHE_HOME": str(cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]


def outcome(process: "subprocess.Popen[str]") -> tuple[int, str]:
    _out, error = process.communicate(timeout=100)
    return process.returncode, error


def test_processes_that_import_at_the_same_moment_all_can(tmp_path: Path) -> None:
    assert [outcome(process) for process in import_in(tmp_path, 3)] == [(0, "")] * 3
    assert len(list((tmp_path / "till-hardware").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"half of a pickle"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (process,) = import_in(tmp_path)
    assert outcome(process) == (0, "")
    (kept,) = (tmp_path / "till-hardware").iterdir()
    sound = kept.read_bytes()
    kept.write_bytes(content)
    (process,) = import_in(tmp_path)
    assert outcome(process) == (0, "")
    assert kept.read_bytes() == sound


def test_a_cache_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    (process,) = import_in(blocked)
    assert outcome(process) == (0, "")
