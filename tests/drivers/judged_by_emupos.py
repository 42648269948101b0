"""What emupos read in our print jobs: kept in a file that `python -m tests.drivers.judged_by_emupos` renews.

emupos needs Python 3.13 and is tried in this interpreter, or in the one that `EMUPOS_PYTHON` names.
"""

import base64
import importlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageOps

from tests.drivers import emupos_reader
from tests.drivers.judged_documents import JOBS, JudgedJob

RECORDED = Path(__file__).parent / "data" / "escpos_read_by_emupos.json"
_PAPER_EDGE_DOTS = 40


@dataclass(frozen=True, slots=True)
class Judged:
    dots_across: int
    data: bytes
    read: emupos_reader.Reading
    """As `emupos_reader.read` has it, with `codes` that zxing-cpp read in the pictures instead of those."""


def emupos_python() -> str | None:
    """An interpreter that has emupos; None: there is none."""
    if importlib.util.find_spec("emupos") is not None:
        return sys.executable
    return os.environ.get("EMUPOS_PYTHON")


def readings(python: str, asked: list[tuple[int, bytes]]) -> list[emupos_reader.Reading]:
    question = json.dumps([(dots_across, data.hex()) for dots_across, data in asked])
    command = [python, "-I", emupos_reader.__file__]
    answer = subprocess.run(
        command, input=question, capture_output=True, check=True, encoding="utf-8", timeout=60,
        env={**os.environ, "PYTHONUTF8": "1"},
    ).stdout  # fmt: skip
    return [_with_codes(reading) for reading in json.loads(answer)]


def _with_codes(reading: emupos_reader.Reading) -> emupos_reader.Reading:
    pictures = [base64.b64decode(picture) for picture in reading.pop("pictures")]
    codes = [code for picture in pictures for code in _codes(picture)]
    return {**reading, "codes": sorted(codes)}


def _codes(png: bytes) -> list[list[str]]:
    judge: Any = importlib.import_module("zxingcpp")
    paper = PIL.ImageOps.expand(PIL.Image.open(io.BytesIO(png)).convert("L"), _PAPER_EDGE_DOTS, 255)
    return [[code.format.name, bytes(code.bytes).decode()] for code in judge.read_barcodes(paper)]


def record(python: str) -> None:
    """One job a line."""
    read = readings(python, [_asked(job) for job in JOBS.values()])
    rows = [
        json.dumps([name, *_row(job), reading], ensure_ascii=False)
        for (name, job), reading in zip(JOBS.items(), read, strict=True)
    ]
    RECORDED.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


def _asked(job: JudgedJob) -> tuple[int, bytes]:
    return job.profile.dots_across, job.data


def _row(job: JudgedJob) -> tuple[int, str]:
    return job.profile.dots_across, job.data.hex()


@cache
def recorded() -> dict[str, Judged]:
    """As emupos 0.4.0 read the jobs."""
    rows = json.loads(RECORDED.read_text(encoding="utf-8"))
    return {name: Judged(dots, bytes.fromhex(data), read) for name, dots, data, read in rows}


def main() -> None:
    python = emupos_python()
    if python is None:
        raise SystemExit("emupos is not installed here, and EMUPOS_PYTHON names no interpreter that has it")
    record(python)


if __name__ == "__main__":
    main()
