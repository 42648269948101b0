"""What an AIM symbology identifier says of a scan: the kind of its bars, and whether it holds GS1 elements.

ISO/IEC 15424; the GS1 ones from the GS1 General Specifications, "Symbology identifiers".
"""

import re

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
GS1_IDENTIFIERS = frozenset({"]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"})
ADD_ON_ALONE = frozenset({"]E1", "]E2"})
"""The two or five digits beside an EAN or UPC, sent as a scan of their own."""

_NAMES = {
    "]C1": "GS1-128",
    "]d2": "GS1 DataMatrix",
    "]Q3": "GS1 QR Code",
    "]J1": "GS1 DotCode",
    "]E0": "EAN-13",
    "]E1": "EAN add-on 2",
    "]E2": "EAN add-on 5",
    "]E3": "EAN-13 with add-on",
    "]E4": "EAN-8",
}
_FAMILIES = {
    "A": "Code 39",
    "C": "Code 128",
    "d": "DataMatrix",
    "e": "GS1 DataBar",
    "E": "EAN/UPC",
    "F": "Codabar",
    "G": "Code 93",
    "I": "Interleaved 2 of 5",
    "L": "PDF417",
    "M": "MSI",
    "Q": "QR Code",
    "U": "MaxiCode",
    "z": "Aztec",
}
_BY_LENGTH = {8: "EAN-8", 12: "UPC-A", 13: "EAN-13", 14: "GTIN-14"}


def split_identifier(text: str) -> tuple[str, str]:
    """The AIM identifier that a text begins with, or "", and the rest."""
    found = _IDENTIFIER.match(text)
    return (found.group(), text[found.end() :]) if found else ("", text)


def symbology_of(text: str) -> str:
    """The name for a whole scan: by its identifier, else by its length where that says enough."""
    identifier, rest = split_identifier(text)
    if identifier:
        return symbology_name(identifier)
    if "\x1d" in rest:
        return "GS1"
    return _BY_LENGTH.get(len(rest), "") if rest.isascii() and rest.isdigit() else ""


def symbology_name(identifier: str) -> str:
    """As a person calls it; empty when the identifier is none or of a kind that a till does not meet."""
    return _NAMES.get(identifier) or _FAMILIES.get(identifier[1:2], "")
