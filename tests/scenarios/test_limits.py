"""The table of faults names tests that there are, and every fault is in it."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = TESTS / "LIMITS.md"
FAULTS = 25
_NAMED = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_test_that_the_table_names_exists() -> None:
    named = _NAMED.findall(TABLE.read_text(encoding="utf-8"))
    missing = [f"{file}::{name}" for file, name in named if name not in _functions(TESTS / file)]
    assert len(named) >= 2 * FAULTS
    assert missing == []


def test_each_fault_has_a_row_with_a_test() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, FAULTS + 1))
    assert all(_NAMED.search(row) for row in rows)
    assert all(row.count("|") == 5 for row in rows)
