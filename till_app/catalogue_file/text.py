"""How text is folded for finding: the keys of codes, and the words of names."""

import re
import unicodedata
from collections.abc import Iterable

from till_app.domain.gtin import as_gtin14

_BARCODE, _GTIN, _CODE, _PLU = "b:", "g:", "i:", "p:"
_EMAIL, _PHONE = "e:", "t:"
_APOSTROPHES = re.compile("['’ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_PHONE_CHARACTERS = re.compile(r"[\s().+/-]")
_AFTER_EVERYTHING = "\U0010ffff"


def item_keys(item_code: str, plu: str | None, barcodes: Iterable[str]) -> frozenset[str]:
    """Each code with its sort in front, so that one index finds them all and none is taken for another."""
    keys = {_CODE + item_code.casefold()}
    if plu is not None:
        keys.add(_PLU + plu)
    for barcode in barcodes:
        keys.add(_BARCODE + barcode)
        gtin14 = as_gtin14(barcode)
        if gtin14 is not None:
            keys.add(_GTIN + gtin14)
    return frozenset(keys)


def keys_for(code: str) -> tuple[str, ...]:
    """The keys under which an item with exactly that code is listed."""
    keys = (_BARCODE + code, _CODE + code.casefold(), _PLU + code)
    gtin14 = as_gtin14(code)
    return keys if gtin14 is None else (*keys, _GTIN + gtin14)


def item_key_ranges(start: str) -> tuple[tuple[str, str], ...]:
    """The ranges, ends excluded, of the keys of items' codes that begin with a text."""
    return _ranges(_BARCODE + start, _CODE + start.casefold(), _PLU + start)


def customer_keys(customer_code: str, phone: str, email: str) -> frozenset[str]:
    keys = {_CODE + customer_code.casefold()}
    if number := _phone_number(phone):
        keys.add(_PHONE + number)
    if email:
        keys.add(_EMAIL + email.casefold())
    return frozenset(keys)


def customer_key_ranges(start: str) -> tuple[tuple[str, str], ...]:
    """As item_key_ranges. A phone number may be typed with or without spaces and brackets."""
    folded = start.casefold()
    number = _phone_number(start)
    phones = (_PHONE + number,) if number.isdecimal() else ()
    return _ranges(_CODE + folded, *phones, _EMAIL + folded)


def _ranges(*starts: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, key + _AFTER_EVERYTHING) for key in starts)


def _phone_number(text: str) -> str:
    return _PHONE_CHARACTERS.sub("", text)


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
