"""Text as a display of a few characters can show it: in its code page, cut and padded to its lines."""

import codecs
import unicodedata

from hardware.errors import PermanentDeviceError
from hardware.text_cleaning import clean


class CodePageUnknown(PermanentDeviceError):
    """The display's settings name a code page that does not exist."""

    code = "profile_invalid"


_STAND_INS = {
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2212": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u00d7": "x",
    "\u00b7": ".",
    "\u20ac": "EUR",
    "\u00a3": "GBP",
}
"""What is read the same, for pages that lack a character."""
_ALWAYS_REPLACED = frozenset("\u00a0\u2009\u202f")
"""Pages have a no-break space, and displays draw something else there."""
_UNKNOWN = "?"


def python_codec(code_page: str) -> str:
    """`CP858` as Python calls it. Raises CodePageUnknown."""
    try:
        return codecs.lookup(code_page.strip().lower().replace(" ", "")).name
    except LookupError as error:
        raise CodePageUnknown(f"there is no code page “{code_page}”") from error


def fitted(text: str, columns: int, codec: str) -> bytes:
    """Exactly so many characters in that code page, one byte each; what it lacks is replaced."""
    shown = "".join(_shown(character, codec) for character in clean(text))
    return shown[:columns].ljust(columns).encode(codec)


def _shown(character: str, codec: str) -> str:
    if character not in _ALWAYS_REPLACED and _has(character, codec):
        return character
    if character in _STAND_INS:
        return _STAND_INS[character]
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return "".join(c if _has(c, codec) else _UNKNOWN for c in plain) or ""


def _has(character: str, codec: str) -> bool:
    """One byte for one character; others would shift what follows them."""
    try:
        return len(character.encode(codec)) == 1 and character.isprintable()
    except UnicodeEncodeError:
        return False
