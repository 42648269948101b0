"""Trade item numbers and the codes that become one: check digits, UPC-E, ISBN; not what a scan means."""

GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def is_digits(text: str) -> bool:
    """ASCII digits only; `str.isdigit` takes others for digits, too."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """The GS1 mod-10 check digit for the digits before it."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def has_right_check_digit(digits: str) -> bool:
    return check_digit(digits[:-1]) == digits[-1]


def as_gtin14(text: str) -> str | None:
    """The 14-digit form of a GTIN-8, -12, -13 or -14, or None when it is none or its check digit is wrong."""
    if len(text) not in GTIN_LENGTHS or not is_digits(text):
        return None
    return text.zfill(14) if has_right_check_digit(text) else None


def expand_upc_e(text: str) -> str | None:
    """The UPC-A of an 8-digit UPC-E (number system 0 or 1), or None when it is not one."""
    if len(text) != 8 or not is_digits(text) or text[0] not in "01":
        return None
    system, body, check = text[0], text[1:7], text[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    upc_a = system + middle + check
    return upc_a if has_right_check_digit(upc_a) else None


def isbn13_of_isbn10(text: str) -> str | None:
    """The ISBN-13 of an ISBN-10, hyphens or spaces in it or not; None when it is none (ISO 2108)."""
    digits = text.replace("-", "").replace(" ", "").upper()
    if len(digits) != 10 or not is_digits(digits[:9]) or not (is_digits(digits[9]) or digits[9] == "X"):
        return None
    values = [*map(int, digits[:9]), 10 if digits[9] == "X" else int(digits[9])]
    if sum((10 - place) * value for place, value in enumerate(values)) % 11:
        return None
    body = "978" + digits[:9]
    return body + check_digit(body)


def is_isbn(gtin14: str) -> bool:
    """A book's number; 979-0 is printed music (ISMN)."""
    return gtin14.startswith(("0978", "0979")) and not gtin14.startswith("09790")


def is_issn(gtin14: str) -> bool:
    """A newspaper's or magazine's; the issue is in the add-on."""
    return gtin14.startswith("0977")
