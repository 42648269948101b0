"""The barcodes that can be printed: what each may hold, and how Code 128 spells it; nothing is drawn."""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_CODE128_CHARACTERS = 80
_CODE39_CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%")
_GS1_CHARACTERS = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
_GS1_FIXED_LENGTHS = {
    "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, "11": 6, "12": 6, "13": 6, "14": 6, "15": 6, "16": 6,
    "17": 6, "18": 6, "19": 6, "20": 2, "31": 6, "32": 6, "33": 6, "34": 6, "35": 6, "36": 6, "41": 13,
}  # fmt: skip
"""Digits after the application identifier, by its first two digits (GS1 General Specifications, 7.8.5)."""
_GS1_WITH_CHECK_DIGIT = ("00", "01", "02")
_ELEMENT = re.compile(r"\((\d{2,4})\)([^()]+)")
_LONG_RUN_OF_DIGITS = 6
_RUN_OF_DIGITS_AT_AN_END = 4
"""Fewer digits are not worth the change to code set C and back."""


class Symbology(StrEnum):
    CODE128 = "CODE128"
    EAN13 = "EAN13"
    EAN8 = "EAN8"
    UPCA = "UPCA"
    CODE39 = "CODE39"
    ITF14 = "ITF14"
    GS1_128 = "GS1_128"
    """Written with its application identifiers in brackets: `(01)05000159484695(10)AB1`."""


_DIGITS = {Symbology.EAN13: 13, Symbology.EAN8: 8, Symbology.UPCA: 12, Symbology.ITF14: 14}
_NAMES = {
    Symbology.EAN13: "an EAN-13",
    Symbology.EAN8: "an EAN-8",
    Symbology.UPCA: "a UPC-A",
    Symbology.ITF14: "an ITF-14",
}


@dataclass(frozen=True, slots=True)
class CodeSetRun:
    """Characters in one code set of Code 128: `B` letters and signs, `C` pairs of digits, `1` an FNC1."""

    code_set: str
    text: str


def check(symbology: Symbology, data: str) -> None:
    """Raises ValueError with what is wrong with the data."""
    if symbology in _DIGITS:
        count = _DIGITS[symbology]
        if len(data) != count or not has_fitting_check_digit(data):
            raise ValueError(f"{_NAMES[symbology]} has {count} digits, the last a check digit that fits")
    elif symbology is Symbology.CODE39:
        if not 1 <= len(data) <= 40 or not _CODE39_CHARACTERS.issuperset(data):
            raise ValueError("a Code 39 holds 1 to 40 capital letters, digits and - . $ / + % and space")
    elif symbology is Symbology.GS1_128:
        _check_gs1(data)
    elif not 1 <= len(data) <= MOST_CODE128_CHARACTERS or not all(
        " " <= character <= "~" for character in data
    ):
        raise ValueError(f"a Code 128 holds 1 to {MOST_CODE128_CHARACTERS} printable ASCII characters")


def has_fitting_check_digit(digits: str) -> bool:
    """GS1's modulo 10: weights 3 and 1 in turn from the right, the check digit itself counting once."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0


def code128_runs(symbology: Symbology, data: str) -> list[CodeSetRun]:
    """How CODE128 or GS1_128 data is spelt with the fewest bars."""
    if symbology is not Symbology.GS1_128:
        return _runs(data)
    # The separator stands between the elements' texts, so no run of digits goes across it.
    runs: list[CodeSetRun] = [CodeSetRun("1", "")]
    for number, text in enumerate(_gs1_texts(data)):
        runs += [CodeSetRun("1", "")] if number else []
        runs += _runs(text)
    return runs


def code128_values(runs: list[CodeSetRun]) -> list[int]:
    """The symbol values from start to check value, without the stop."""
    current = next((run.code_set for run in runs if run.code_set != "1"), "B")
    values = [{"B": 104, "C": 105}[current]]
    for run in runs:
        if run.code_set == "1":
            values.append(102)
            continue
        if run.code_set != current:
            values.append({"B": 100, "C": 99}[run.code_set])
            current = run.code_set
        if current == "C":
            values += [int(run.text[at : at + 2]) for at in range(0, len(run.text), 2)]
        else:
            values += [ord(character) - 32 for character in run.text]
    check_value = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return [*values, check_value]


def _runs(data: str) -> list[CodeSetRun]:
    runs: list[CodeSetRun] = []
    letters = ""
    at = 0
    while at < len(data):
        digits = re.match(r"[0-9]*", data[at:])
        count = len(digits.group()) if digits else 0
        is_at_an_end = at == 0 or at + count == len(data)
        if count >= (_RUN_OF_DIGITS_AT_AN_END if is_at_an_end else _LONG_RUN_OF_DIGITS) or (
            count == len(data) == 2
        ):
            # An odd digit stays with the letters before the run, or after it where there are none.
            start = at + (count % 2 if at else 0)
            letters += data[at:start]
            if letters:
                runs.append(CodeSetRun("B", letters))
                letters = ""
            end = start + count - count % 2
            runs.append(CodeSetRun("C", data[start:end]))
            at = end
        else:
            letters += data[at : at + max(count, 1)]
            at += max(count, 1)
    return [*runs, CodeSetRun("B", letters)] if letters else runs


def gs1_text(data: str) -> str:
    """What a scanner reads of GS1_128 data: without brackets, elements of no fixed length ended by GS."""
    return "\x1d".join(_gs1_texts(data))


def _gs1_texts(data: str) -> list[str]:
    texts = [""]
    for identifier, value in _ELEMENT.findall(data):
        texts[-1] += identifier + value
        if identifier[:2] not in _GS1_FIXED_LENGTHS:
            texts.append("")
    return [text for text in texts if text]


def _check_gs1(data: str) -> None:
    elements = _ELEMENT.findall(data)
    if not elements or "".join(f"({identifier}){value}" for identifier, value in elements) != data:
        raise ValueError("a GS1-128 is written as (identifier)value, and again")
    if not _GS1_CHARACTERS.issuperset(data) or sum(map(len, _gs1_texts(data))) > 48:
        raise ValueError("a GS1-128 holds up to 48 characters of GS1's set")
    for identifier, value in elements:
        length = _GS1_FIXED_LENGTHS.get(identifier[:2])
        if length is not None and (len(value) != length or not value.isdigit()):
            raise ValueError(f"({identifier}) has {length} digits")
        if identifier in _GS1_WITH_CHECK_DIGIT and not has_fitting_check_digit(value):
            raise ValueError(f"the check digit of ({identifier}) does not fit")
