"""The order in which a line's characters stand on paper: the bidirectional algorithm (UAX #9) without marks.

Left out are embeddings and isolates, whose control characters no document holds.
"""

import unicodedata
from dataclasses import dataclass
from functools import partial
from itertools import groupby

_NUMBERS = ("EN", "AN")
_NEUTRALS = ("B", "S", "WS", "ON", "ES", "ET", "CS")

_BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "「": "」", "（": "）"}


@dataclass(frozen=True, slots=True)
class DirectedRun:
    """Characters in reading order that stand side by side; from the right to the left when `is_rtl`."""

    text: str
    is_rtl: bool


def visual_runs(text: str) -> list[DirectedRun]:
    """From the left edge to the right; the first letter with a direction decides the line's."""
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    if not any(kind in ("R", "AL", "AN") for kind in kinds):
        return [DirectedRun(text, is_rtl=False)] if text else []
    base = next((int(kind != "L") for kind in kinds if kind in ("L", "R", "AL")), 0)
    levels = _levels(text, kinds, base)
    runs: list[tuple[int, str]] = []
    at = 0
    for level, group in groupby(levels):
        count = len(list(group))
        runs.append((level, text[at : at + count]))
        at += count
    return [DirectedRun(part, is_rtl=level % 2 == 1) for level, part in _reordered(runs)]


def _levels(text: str, kinds: list[str], base: int) -> list[int]:
    resolved = _weak_types(kinds, "R" if base else "L")
    _resolve_brackets(text, resolved, "R" if base else "L")
    _resolve_neutrals(resolved, "R" if base else "L")
    levels = [base + _rise(kind, base) for kind in resolved]
    for index in range(len(kinds) - 1, -1, -1):  # L1: spaces at the end stand where the line ends
        if kinds[index] not in ("WS", "B", "S"):
            break
        levels[index] = base
    return levels


def _rise(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if base:
        return 0 if kind == "R" else 1
    return {"L": 0, "R": 1}.get(kind, 2)


def _weak_types(kinds: list[str], edge: str) -> list[str]:
    """Rules W1 to W7."""
    found = list(kinds)
    for index, kind in enumerate(found):
        if kind in ("NSM", "BN"):
            found[index] = found[index - 1] if index else edge
    strong = edge
    for index, kind in enumerate(found):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            found[index] = "AN"
    found = ["R" if kind == "AL" else kind for kind in found]
    for index in range(1, len(found) - 1):
        before, kind, after = found[index - 1 : index + 2]
        joins = before in _NUMBERS if kind == "CS" else before == "EN" and kind == "ES"
        if before == after and joins:
            found[index] = before
    _join_signs_to_numbers(found)
    strong = edge
    for index, kind in enumerate(found):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            found[index] = "L"
    return found


def _join_signs_to_numbers(found: list[str]) -> None:
    """Rules W5 and W6: a currency or percent sign beside a European number belongs to it."""
    at = 0
    for kind, group in groupby(list(found)):
        count = len(list(group))
        if kind == "ET":
            neighbours = found[max(at - 1, 0) : at] + found[at + count : at + count + 1]
            found[at : at + count] = ["EN" if "EN" in neighbours else "ON"] * count
        at += count


def _resolve_brackets(text: str, found: list[str], edge: str) -> None:
    """Rule N0: both brackets of a pair take the line's direction if that is inside, else that before them."""
    for opening, closing in _bracket_pairs(text, found):
        inside = {_direction(kind) for kind in found[opening + 1 : closing] if kind not in _NEUTRALS}
        if edge in inside:
            direction = edge
        elif inside:
            before = next((kind for kind in reversed(found[:opening]) if kind not in _NEUTRALS), edge)
            direction = _direction(before) if _direction(before) in inside else edge
        else:
            continue
        found[opening] = found[closing] = direction


def _bracket_pairs(text: str, found: list[str]) -> list[tuple[int, int]]:
    """By the place of the opening one."""
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for index, character in enumerate(text):
        if found[index] != "ON":
            continue
        if character in _BRACKETS:
            waiting.append((_BRACKETS[character], index))
        elif any(closing == character for closing, _ in waiting):
            while waiting:
                closing, opening = waiting.pop()
                if closing == character:
                    pairs.append((opening, index))
                    break
    return sorted(pairs)


def _resolve_neutrals(found: list[str], edge: str) -> None:
    """Rules N1 and N2: between two of one direction take that, else the line's."""
    at = 0
    for is_neutral, group in groupby(list(found), lambda kind: kind in _NEUTRALS):
        count = len(list(group))
        if is_neutral:
            before = _direction(found[at - 1]) if at else edge
            after = _direction(found[at + count]) if at + count < len(found) else edge
            found[at : at + count] = [before if before == after else edge] * count
        at += count


def _direction(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _reordered(runs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Rule L2: from the highest level down, every stretch of at least that level is turned round."""
    ordered = list(runs)
    for level in range(max(level for level, _ in runs), 0, -1):
        turned: list[tuple[int, str]] = []
        for is_turned, group in groupby(ordered, partial(_is_at_least, level)):
            stretch = list(group)
            turned += reversed(stretch) if is_turned else stretch
        ordered = turned
    return ordered


def _is_at_least(level: int, run: tuple[int, str]) -> bool:
    return run[0] >= level
