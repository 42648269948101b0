"""Whom a till speaks to: the form of the hub's address, and whose certificates count."""

import ipaddress
import os
import ssl
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH


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


def tls_context(ca_file: str | None = None, ca_pem: str | None = None) -> ssl.SSLContext:
    """Trusts the named authority and no other, else those of the system. Always checks name and certificate.

    `ca_pem` is the authority itself, as a till keeps it that pinned its hub's. Raises ValueError.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file, cadata=ca_pem)
    except (OSError, ValueError) as error:
        raise ValueError(f"the certificate of the hub's authority cannot be used: {error}") from error
    if ca_file is None and ca_pem is None and not _system_has_authorities(context):
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _system_has_authorities(context: ssl.SSLContext) -> bool:
    """A folder of authorities is read as they are needed, so the context does not count them."""
    folder = ssl.get_default_verify_paths().capath
    return bool(context.cert_store_stats()["x509_ca"]) or bool(folder and os.listdir(folder))
