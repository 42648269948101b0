"""How text is folded for finding: the keys of an item's codes, and the words of its name."""

import re
import unicodedata

from till_app.domain.barcode import as_gtin14
from till_app.domain.catalogue import Item

_BARCODE, _GTIN, _ITEM_CODE, _PLU = "b:", "g:", "i:", "p:"
_APOSTROPHES = re.compile("['’ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_AFTER_EVERYTHING = "\U0010ffff"


def item_keys(item: Item) -> frozenset[str]:
    """Each code with its sort in front, so that one index finds them all and none is taken for another."""
    keys = {_ITEM_CODE + item.item_code.casefold()}
    if item.plu is not None:
        keys.add(_PLU + item.plu)
    for barcode in item.barcodes:
        keys.add(_BARCODE + barcode)
        gtin14 = as_gtin14(barcode)
        if gtin14 is not None:
            keys.add(_GTIN + gtin14)
    return frozenset(keys)


def keys_for(code: str) -> tuple[str, ...]:
    """The keys under which an item with exactly that code is listed."""
    keys = (_BARCODE + code, _ITEM_CODE + code.casefold(), _PLU + code)
    gtin14 = as_gtin14(code)
    return keys if gtin14 is None else (*keys, _GTIN + gtin14)


def key_ranges(start: str) -> tuple[tuple[str, str], ...]:
    """The ranges, ends excluded, of the keys of codes that begin with a text."""
    starts = (_BARCODE + start, _ITEM_CODE + start.casefold(), _PLU + start)
    return tuple((key, key + _AFTER_EVERYTHING) for key in starts)


def folded_words(text: str) -> list[str]:
    """Words without case, accents and apostrophes: `Nestlé's` and `nestles` are the same."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _WORD.findall(_APOSTROPHES.sub("", text).casefold())


def search_expression(typed: str) -> str:
    """An FTS5 expression for names with a word that begins with each word typed; empty when there is none.

    The words are letters and digits only and stand in quotes: nothing typed is taken for an operator.
    """
    return " AND ".join(f'"{word}"*' for word in dict.fromkeys(folded_words(typed)))
