"""Whom a till speaks to."""

import ssl
from pathlib import Path

import pytest

from tests.sync.canned_server import CannedServer
from tests.sync.test_hub_client import CERTIFICATE, GOOD, HELLO, HELLO_ANSWER, TOKEN
from till_app.services.errors import HubUnreachable
from till_app.sync.address import checked_address
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.trust import tls_context


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80", "http://[::1]:80", "http://localhost", "http://127.9.9.9"]
)
def test_plain_http_reaches_this_computer(url: str) -> None:
    assert checked_address(url + "/", allow_plain_http=False) == url


@pytest.mark.parametrize("url", ["http://192.168.1.10", "http://hub.example", "http://localhost.example"])
def test_plain_http_over_the_network_needs_an_installer_who_insists(url: str) -> None:
    with pytest.raises(ValueError, match="Use https"):
        checked_address(url, allow_plain_http=False)
    with pytest.raises(ValueError, match="Use https"):
        HttpHubApi(url, TOKEN)
    assert checked_address(url, allow_plain_http=True) == url
    HttpHubApi(url, TOKEN, allow_plain_http=True).close()


def test_a_pinned_authority_is_the_only_one_that_counts() -> None:
    only_theirs = tls_context(ca_pem=certificate_alone())
    assert only_theirs.cert_store_stats()["x509"] == 1
    assert only_theirs.verify_mode is ssl.CERT_REQUIRED
    assert only_theirs.check_hostname
    with CannedServer(GOOD, certificate=CERTIFICATE) as server:
        hub = HttpHubApi(server.url, TOKEN, ca_pem=certificate_alone())
        assert hub.hello(HELLO) == HELLO_ANSWER
        hub.close()


def test_the_systems_authorities_count_when_none_is_pinned() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 0 or ssl.get_default_verify_paths().capath


def test_a_certificate_for_another_name_is_a_failure_of_tls() -> None:
    with CannedServer(GOOD, certificate=CERTIFICATE) as server:
        hub = HttpHubApi(server.url.replace("127.0.0.1", "localhost"), TOKEN, ca_file=str(CERTIFICATE))
        with pytest.raises(HubUnreachable) as caught:
            hub.hello(HELLO)
        hub.close()
        assert server.received == []
    assert caught.value.code == "tls_failed"


def test_an_authority_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="authority cannot be used"):
        HttpHubApi("https://127.0.0.1:1", TOKEN, ca_file=str(tmp_path / "gone.pem"))
    with pytest.raises(ValueError, match="authority cannot be used"):
        HttpHubApi("https://127.0.0.1:1", TOKEN, ca_pem="not a certificate")


def certificate_alone() -> str:
    """Without the key that the test's file also holds."""
    text = CERTIFICATE.read_text()
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return text[text.index(begin) : text.index(end) + len(end)] + "\n"
