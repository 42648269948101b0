"""A hub's own certificate authority, fetched before it can be trusted: only its fingerprint makes it so."""

import hashlib
import http.client
import re
import ssl
from collections.abc import Collection
from urllib.parse import urlsplit

from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.codes import SyncCode
from till_app.wire.exchange import ErrorCode

_TIMEOUT_S = 10.0
_MOST_BYTES = 64_000
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def fingerprint_of(pem: str) -> str:
    """SHA-256 of the certificate, hex. Raises ValueError when it is none."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def certificates_in(text: str) -> list[str]:
    """Each certificate of a PEM file by itself; keys and remarks are left out."""
    return [match + "\n" for match in _CERTIFICATE.findall(text)]


def offered_authorities(hub_url: str) -> list[str]:
    """What the hub says its authorities are, in PEM: nothing that may be believed without its fingerprint.

    Raises HubUnreachable, and HubRefused `not_found` when it has none of its own.
    """
    address = urlsplit(hub_url)
    if address.scheme != "https" or not address.hostname:
        raise HubRefused(SyncCode.TLS_FAILED, "only a hub at an https address has an authority")
    # Nothing secret is sent here, and what comes back is compared with a fingerprint that came another way.
    unverified = ssl.create_default_context()
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(
        address.hostname, address.port, timeout=_TIMEOUT_S, context=unverified
    )
    try:
        connection.request("GET", address.path.rstrip("/") + "/v1/authority")
        response = connection.getresponse()
        content = response.read(_MOST_BYTES)
        if response.status == http.HTTPStatus.NOT_FOUND:
            raise HubRefused(ErrorCode.NOT_FOUND, "the hub has no authority of its own")
        found = certificates_in(content.decode("ascii", "replace"))
        if response.status != http.HTTPStatus.OK or not found:
            raise HubUnreachable(SyncCode.NOT_A_HUB, "no certificate came back")
    except (OSError, http.client.HTTPException) as error:
        raise HubUnreachable(SyncCode.NO_CONNECTION, f"{hub_url}: {type(error).__name__}") from error
    finally:
        connection.close()
    return found


def pinned_authority(hub_url: str, fingerprints: Collection[str]) -> str:
    """The hub's authority in PEM, whose fingerprint must be among those that a person or a scan brought.

    Raises HubError; `tls_failed` when the hub offers another one.
    """
    offered = offered_authorities(hub_url)
    for pem in offered:
        try:
            if fingerprint_of(pem) in fingerprints:
                return pem
        except ValueError:
            continue
    raise HubRefused(
        SyncCode.TLS_FAILED,
        "the hub's certificate authority is not the one whose fingerprint was given:"
        " somebody may stand between this till and the hub, or the fingerprint is of another hub",
    )
