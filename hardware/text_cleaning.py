"""Text made safe to print: control and invisible characters go, what is left is composed."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"
"""Invisible, but scripts and emoji are written with them."""
_TAG = "[\U000e0020-\U000e007f]"
_REGIONAL = "[\U0001f1e6-\U0001f1ff]"
_PICTURE = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_MODIFIERS = "[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]"
_EMOJI_SEQUENCE = re.compile(
    f"{_REGIONAL}{{2}}|\U0001f3f4{_TAG}+|[#*0-9]\ufe0f?\u20e3"
    f"|{_PICTURE}{_MODIFIERS}*(?:\u200d{_PICTURE}{_MODIFIERS}*)+|{_PICTURE}{_MODIFIERS}+"
)
"""Several characters that show as one picture: a flag, a family, a hand with the colour of its skin."""
_STRAY_TAGS = re.compile(f"(?<!\U0001f3f4)(?<!{_TAG}){_TAG}+")
"""The flag of England is spelt with tags; elsewhere they only hide text."""


def clean(text: str) -> str:
    """Controls (C0, C1) and invisible format characters are dropped, line breaks and tabs become spaces.

    A product's name may hold anything; `ESC @` in it would reset the printer.
    """
    if text.isascii() and text.isprintable():
        return text  # as nearly all is
    cleaned = unicodedata.normalize("NFC", "".join(_cleaned(character) for character in text))
    return _STRAY_TAGS.sub("", cleaned)


def _cleaned(character: str) -> str:
    if character in "\t\n\v\f\r\x85\u2028\u2029":
        return " "
    match unicodedata.category(character):
        case "Cc":
            return ""
        case "Cf":
            is_kept = character in _JOINERS or "\U000e0020" <= character <= "\U000e007f"
            return character if is_kept else ""
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
    if not text or max(text) < "\u0300":
        return len(text)  # before the first mark, and without wide characters
    return sum(map(cluster_width, clusters(text)))


def cluster_width(cluster: str) -> int:
    """In cells; an emoji of several characters takes the two cells that it is drawn in."""
    if _EMOJI_SEQUENCE.fullmatch(cluster):
        return 2
    return sum(map(character_width, cluster))


def clusters(text: str) -> list[str]:
    """The text in pieces that must stay whole: a letter with its marks, an emoji of several characters."""
    found: list[str] = []
    at = 0
    while at < len(text):
        sequence = _EMOJI_SEQUENCE.match(text, at)
        if sequence:
            found.append(sequence.group())
            at = sequence.end()
        elif found and unicodedata.category(text[at]) in ("Mn", "Me", "Mc", "Cf"):
            found[-1] += text[at]
            at += 1
        else:
            found.append(text[at])
            at += 1
    return found
