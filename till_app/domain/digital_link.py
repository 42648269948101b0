"""GS1 Digital Link: a web address of any domain that carries a GTIN and what a GS1 code says beside it.

GS1 Digital Link Standard, URI syntax; compressed addresses are not read.
"""

from urllib.parse import unquote, urlsplit

from till_app.domain.gs1 import MOST_VALUE_CHARACTERS, Gs1Details, details_in
from till_app.domain.gtin import as_gtin14, is_digits

_SHORT_NAMES = {"gtin": "01", "cpv": "22", "lot": "10", "ser": "21", "exp": "17"}
_QUALIFIERS = frozenset({"22", "10", "21"})
"""What may follow the GTIN in the path."""
_LONGEST_ADDRESS = 2000


def read_digital_link(text: str) -> tuple[str, Gs1Details] | None:
    """GTIN-14 and details, or None when the text is no such address or its GTIN's check digit is wrong."""
    if len(text) > _LONGEST_ADDRESS or not text[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        address = urlsplit(text)
    except ValueError:
        return None
    elements = _in_path([unquote(part) for part in address.path.split("/")])
    if not address.netloc or elements is None:
        return None
    for pair in address.query.replace(";", "&").split("&"):
        name, _, value = pair.partition("=")
        identifier = _identifier(unquote(name))
        if is_digits(identifier):
            elements.setdefault(identifier, unquote(value)[:MOST_VALUE_CHARACTERS])
    return elements["01"], details_in(elements)


def _in_path(parts: list[str]) -> dict[str, str] | None:
    """The last GTIN of the path and its qualifiers: shops put folders of their own before it."""
    for place in range(len(parts) - 2, -1, -1):
        if _identifier(parts[place]) != "01":
            continue
        gtin14 = as_gtin14(parts[place + 1])
        if gtin14 is None:
            continue
        elements = {"01": gtin14}
        rest = parts[place + 2 :]
        for name, value in zip(rest[::2], rest[1::2], strict=False):
            identifier = _identifier(name)
            if identifier not in _QUALIFIERS:
                break
            elements.setdefault(identifier, value)
        return elements
    return None


def _identifier(name: str) -> str:
    return _SHORT_NAMES.get(name.lower(), name)
