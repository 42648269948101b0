"""Barcodes in `GS k` commands, read as a printer reads them: what they say, and how their bars stand."""

import importlib
from dataclasses import dataclass

from hardware.simulated.escpos_commands import Command

_SYSTEMS = {
    0: "UPC-A", 2: "EAN-13", 3: "EAN-8", 4: "Code 39", 5: "ITF",
    65: "UPC-A", 67: "EAN-13", 68: "EAN-8", 69: "Code 39", 70: "ITF", 73: "Code 128",
}  # fmt: skip
_STARTS = {"A": 103, "B": 104, "C": 105}
_CHANGES = {"A": 101, "B": 100, "C": 99}
_FNC1 = 102


@dataclass(frozen=True, slots=True)
class PrintedBarcode:
    system: str
    text: str
    """As it would stand below the bars."""
    bars: str
    """One character per module, `1` for a bar; empty for what the printer would refuse."""


def read_barcode(command: Command) -> PrintedBarcode:
    """Of a complete `GS k`, in either of its forms."""
    data = command.data
    content = data[1:-1] if data[0] <= 6 else data[2:]
    system = _SYSTEMS.get(data[0], "unknown")
    if system == "Code 128":
        values, text = _code128(content)
        return PrintedBarcode(system, text, _code128_bars(values) if values else "")
    text = content.decode("ascii", "replace")
    try:
        return PrintedBarcode(system, text, _bars(system, text))
    except (ValueError, KeyError, importlib.import_module("barcode.errors").BarcodeError):
        return PrintedBarcode(system, text, "")


def _code128(content: bytes) -> tuple[list[int], str]:
    """The symbol values, and the text without its FNC1; no values without a code set at the start."""
    values: list[int] = []
    text = ""
    code_set = ""
    at = 0
    while at < len(content):
        byte = content[at]
        mark = chr(content[at + 1]) if byte == 0x7B and at + 1 < len(content) else ""
        if mark in _STARTS:
            values.append((_CHANGES if values else _STARTS)[mark])
            code_set = mark
            at += 2
        elif mark == "1":
            values.append(_FNC1)
            at += 2
        elif mark == "{":
            values.append(ord("{") - 32)
            text += "{"
            at += 2
        else:
            values.append(byte if code_set == "C" else (byte - 32) % 96)
            text += f"{byte:02d}" if code_set == "C" else chr(byte)
            at += 1
    return (values if code_set else []), text


def _code128_bars(values: list[int]) -> str:
    code128 = importlib.import_module("barcode.charsets.code128")
    check_value = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return "".join(code128.CODES[value] for value in [*values, check_value]) + f"{code128.STOP}11"


def _bars(system: str, text: str) -> str:
    kinds: dict[str, tuple[str, str, dict[str, int]]] = {
        "UPC-A": ("upc", "UniversalProductCodeA", {}),
        "EAN-13": ("ean", "EuropeanArticleNumber13", {}),
        "EAN-8": ("ean", "EuropeanArticleNumber8", {}),
        "Code 39": ("codex", "Code39", {"add_checksum": False}),
        "ITF": ("itf", "ITF", {"narrow": 1, "wide": 3}),
    }
    module, kind, options = kinds[system]
    made = getattr(importlib.import_module(f"barcode.{module}"), kind)(text, **options)
    if system in ("UPC-A", "EAN-13", "EAN-8") and made.get_fullcode() != text:
        return ""  # a check digit that does not fit
    return str(made.build()[0])
