"""The table of what devices do to a till names tests that there are; a row without one says why."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS / "DEVICES.md"
LEAST_ROWS = 90
_NAMED = re.compile(r"`([a-z_0-9/]+\.py)::(test_\w+)`")
_ROW = re.compile(r"\| (\d+) \|")


def _rows() -> list[str]:
    return [line for line in TABLE.read_text(encoding="utf-8").splitlines() if _ROW.match(line)]


@cache
def _functions(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_test_that_the_table_names_exists() -> None:
    named = _NAMED.findall(TABLE.read_text(encoding="utf-8"))
    missing = [f"{file}::{name}" for file, name in named if name not in _functions(TESTS / file)]
    assert missing == []


def test_each_row_has_its_number_and_a_test_or_a_reason() -> None:
    rows = _rows()
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= LEAST_ROWS
    assert all(row.count("|") == 5 for row in rows)
    assert [row for row in rows if not _NAMED.search(row) and not row.split("|")[4].strip()] == []
