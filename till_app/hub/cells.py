"""What a text or number that a person typed may look like, in a CSV cell or in an edit. No table is read."""

import re
from datetime import date

from till_app.domain.basket_line import MAX_LINE_MINOR
from till_app.domain.gtin import as_gtin14, check_digit, expand_upc_e

MAX_CODE_LENGTH = 48
MAX_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 2_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""With the marks that turn the direction of writing: they would garble what stands after them."""
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_GTIN_LENGTHS = (8, 12, 13, 14)
_BARCODE = re.compile(r"[!-~]{1,48}")


class BadCell(Exception):
    """Why a value is refused: a stable code and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def checked_text(column: str, raw: str, max_length: int, *, required: bool = False) -> str:
    """The text without outer spaces. Refuses what a spreadsheet would run, control characters and length."""
    if raw.startswith(_FORMULA_STARTS):
        raise BadCell(
            "formula", f"{column} starts with {raw[0]!r}, which a spreadsheet would run as a formula"
        )
    text = raw.strip()
    if text.startswith(_FORMULA_STARTS):
        raise BadCell(
            "formula", f"{column} starts with {text[0]!r}, which a spreadsheet would run as a formula"
        )
    if _CONTROL.search(text):
        raise BadCell("control_character", f"{column} contains a control character")
    if len(text) > max_length:
        raise BadCell("too_long", f"{column} is longer than {max_length} characters")
    if required and not text:
        raise BadCell("missing", f"{column} is empty")
    return text


def checked_lines(column: str, raw: str, max_length: int) -> str:
    """Lines parted by line feeds, each a text by itself; empty ones go."""
    lines = (checked_text(column, line, max_length) for line in raw.split("\n"))
    text = "\n".join(line for line in lines if line)
    if len(text) > max_length:
        raise BadCell("too_long", f"{column} is longer than {max_length} characters")
    return text


def checked_phone(column: str, raw: str, max_length: int) -> str:
    """As a text, which here may start with a plus."""
    plus = "+" if raw.startswith("+") else ""
    return plus + checked_text(column, raw.removeprefix(plus), max_length)


def checked_day(column: str, raw: str) -> str | None:
    """An ISO day; empty is open-ended."""
    text = raw.strip()
    if not text:
        return None
    try:
        is_day = len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        raise BadCell("not_a_day", f"{column} {text[:20]!r} is not a day such as 2026-11-24")
    return text


def checked_days(valid_from: str, valid_until: str) -> tuple[str | None, str | None]:
    """Both ends included."""
    first, last = checked_day("valid_from", valid_from), checked_day("valid_until", valid_until)
    if first is not None and last is not None and last < first:
        raise BadCell("ends_before_it_begins", f"valid_until {last} is before valid_from {first}")
    return first, last


def checked_signed_minor(column: str, raw: str, maximum: int) -> int:
    """An amount such as 12.50 or -3.00 in minor units."""
    text = raw.strip()
    minor = checked_decimal(column, text.removeprefix("-"), 2, maximum)
    return -minor if text.startswith("-") else minor


def checked_decimal(column: str, raw: str, decimals: int, maximum: int) -> int:
    """A plain number such as 1.50 as an integer of its last decimal; not negative."""
    text = raw.strip()
    if text.startswith(("=", "@", "+")):
        raise BadCell(
            "formula", f"{column} starts with {text[0]!r}, which a spreadsheet would run as a formula"
        )
    if len(text) > 20 or not _DECIMAL.fullmatch(text):
        raise BadCell("not_a_number", f"{column} {text[:20]!r} is not a number such as 1.50")
    whole, _, fraction = text.lstrip("-").partition(".")
    if text.startswith("-"):
        raise BadCell("negative", f"{column} {text} is negative")
    if len(fraction) > decimals:
        raise BadCell("too_many_decimals", f"{column} {text} has more than {decimals} decimals")
    value = int(whole + fraction.ljust(decimals, "0"))
    if value > maximum:
        raise BadCell("too_large", f"{column} {text} is too large")
    return value


def checked_price_minor(raw: str) -> int:
    return checked_decimal("price", raw, 2, MAX_LINE_MINOR)


def checked_integer(column: str, raw: str, minimum: int, maximum: int) -> int:
    value = checked_decimal(column, raw, 0, maximum)
    if value < minimum:
        raise BadCell("too_small", f"{column} {raw.strip()} is less than {minimum}")
    return value


def checked_choice(column: str, raw: str, choices: tuple[str, ...]) -> str:
    text = raw.strip().lower()
    if text not in choices:
        raise BadCell(f"unknown_{column}", f"{column} {text[:40]!r} is none of {', '.join(choices)}")
    return text


def checked_flag(column: str, raw: str) -> bool:
    text = raw.strip().lower()
    if text in ("1", "yes", "y", "true"):
        return True
    if text in ("", "0", "no", "n", "false"):
        return False
    raise BadCell("not_yes_or_no", f"{column} {text[:40]!r} is neither yes nor no")


def barcode_key(barcode: str) -> str:
    """Under which a barcode is unique: a GTIN's 14-digit form, else the barcode as it stands.

    Refuses digits of a GTIN's length whose check digit is wrong. Shorter ones, such as the seven digits
    of an in-store label's item, and codes with letters stand for themselves.
    """
    if not _BARCODE.fullmatch(barcode):
        raise BadCell("barcode_malformed", f"barcode {barcode[:48]!r} has characters that no barcode holds")
    digits = barcode.replace("-", "")
    if digits != barcode and as_gtin14(digits) is not None:
        raise BadCell("barcode_malformed", f"barcode {barcode} is a GTIN with dashes: write only its digits")
    if not barcode.isdigit() or len(barcode) not in _GTIN_LENGTHS:
        return barcode
    key = as_gtin14(barcode)
    if key is None:
        upc_a = expand_upc_e(barcode)
        key = upc_a.zfill(14) if upc_a else None
    if key is None:
        raise BadCell(
            "bad_check_digit",
            f"barcode {barcode} fails its check digit: {barcode[-1]} should be {check_digit(barcode[:-1])}",
        )
    return key
