"""Text made safe to print: control and invisible characters go, what is left is composed."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""Invisible, but scripts and emoji are written with them."""


def clean(text: str) -> str:
    """Controls (C0, C1) and invisible format characters are dropped, line breaks and tabs become spaces.

    A product's name may hold anything; `ESC @` in it would reset the printer.
    """
    if text.isascii() and text.isprintable():
        return text  # as nearly all is
    return unicodedata.normalize("NFC", "".join(_cleaned(character) for character in text))


def _cleaned(character: str) -> str:
    if character in "\t\n\v\f\r\x85\u2028\u2029":
        return " "
    match unicodedata.category(character):
        case "Cc":
            return ""
        case "Cf":
            return character if character in _JOINERS else ""
        case "Cs":
            return "\ufffd"
        case _:
            return character


def character_width(character: str) -> int:
    """Cells that one character takes: 2 for wide ones such as CJK, 0 for combining marks, else 1."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def text_width(text: str) -> int:
    """In cells."""
    return sum(map(character_width, text))
