"""Whose certificates count when a till speaks to its hub."""

import os
import ssl

from requests.utils import DEFAULT_CA_BUNDLE_PATH


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
