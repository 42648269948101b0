"""What a hub shows to be scanned for pairing: `tillpair:<hub's URL>?code=…&ca=<fingerprint>`."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

PREFIX = "tillpair:"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PairingText:
    hub_url: str
    code: str
    ca_fingerprint: str
    """SHA-256 of the hub's own authority, hex; empty when the system's authorities count."""


def parse_pairing_text(text: str) -> PairingText:
    """As a scanner delivers it. Raises ValueError, in words for people."""
    text = text.strip()
    if not text.lower().startswith(PREFIX):
        raise ValueError("this is no pairing code of a hub")
    hub_url, _, query = text[len(PREFIX) :].rpartition("?")
    address = urlsplit(hub_url)
    values = parse_qs(query)
    code = values.get("code", [""])[0]
    if address.scheme not in ("http", "https") or not address.hostname or not code:
        raise ValueError("the pairing code is cut off or damaged")
    fingerprint = values.get("ca", [""])[0]
    return PairingText(hub_url, code, checked_fingerprint(fingerprint) if fingerprint else "")


def checked_fingerprint(text: str) -> str:
    """As hex without separators, in lower case. Raises ValueError, in words for people."""
    plain = re.sub(r"[\s:]", "", text).lower()
    if not _FINGERPRINT.fullmatch(plain):
        raise ValueError("a fingerprint has 64 digits from 0 to 9 and a to f")
    return plain
