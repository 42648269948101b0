"""The form of a hub's address. Needs no HTTP library: a screen asks, too."""

import ipaddress
from urllib.parse import urlsplit


def checked_address(base_url: str, *, allow_plain_http: bool) -> str:
    """The hub's address without a slash at the end. Raises ValueError, in words for people."""
    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname or address.username:
        raise ValueError("the hub's address is not an http or https URL")
    if address.scheme == "http" and not allow_plain_http and not is_loopback(address.hostname):
        raise ValueError(
            "the hub's address begins with http: sales and the till's credential would travel readable for"
            " everyone on the network. Use https, or have the installer allow plain HTTP for this till"
        )
    return base_url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether the host is this computer by its very name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
