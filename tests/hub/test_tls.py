"""The hub's own certificates, given ones, and plain HTTP."""

import hashlib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509

from tests.hub.building import TIMEOUT_S
from tests.hub.conftest import HubPlace
from till_app.hub.__main__ import main
from till_app.hub.server import RunningHub
from till_app.hub.tls import CertificateRefused, GivenTls, OwnAuthority, OwnTls, ServerCertificate, names_of

NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
NAMES = ["127.0.0.1", "hub.example"]


@pytest.fixture
def authority(tmp_path: Path) -> OwnAuthority:
    return OwnAuthority(tmp_path / "tls")


def serial_of(certificate: ServerCertificate) -> int:
    return x509.load_pem_x509_certificate(certificate.certificate.read_bytes()).serial_number


def shown_to(trusting_pem: str, url: str, host: str) -> bytes:
    """The certificate of the server in DER, by a client that trusts one authority."""
    context = ssl.create_default_context(cadata=trusting_pem)
    port = int(url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""


def test_the_authority_is_made_once_and_kept_from_others(authority: OwnAuthority) -> None:
    assert authority.certificate_pem() is None
    assert authority.fingerprint() is None
    authority.server_certificate(NAMES, NOW)
    pem = authority.certificate_pem()
    authority.server_certificate(["other.example"], NOW)
    assert pem is not None
    assert authority.certificate_pem() == pem
    assert b"PRIVATE" not in pem
    der = ssl.PEM_cert_to_DER_cert(pem.decode())
    assert authority.fingerprint() == hashlib.sha256(der).hexdigest()
    for file in authority.folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_server_certificate_is_renewed_before_it_ends_and_for_new_names(authority: OwnAuthority) -> None:
    first = serial_of(authority.server_certificate(NAMES, NOW))
    assert serial_of(authority.server_certificate(NAMES, NOW + timedelta(days=336))) == first
    renewed = serial_of(authority.server_certificate(NAMES, NOW + timedelta(days=338)))
    assert renewed != first
    assert (
        serial_of(authority.server_certificate([*NAMES, "more.example"], NOW + timedelta(days=338)))
        != renewed
    )


def test_a_damaged_server_certificate_is_made_anew_and_a_damaged_authority_is_not(
    authority: OwnAuthority,
) -> None:
    authority.server_certificate(NAMES, NOW)
    (authority.folder / "server.pem").write_text("damaged")
    authority.server_certificate(NAMES, NOW).context()
    (authority.folder / "authority.pem").write_text("damaged")
    with pytest.raises(CertificateRefused, match="cannot be used"):
        authority.server_certificate(NAMES, NOW)


def test_a_till_that_pins_the_authority_reaches_the_hub_by_its_names_only(place: HubPlace) -> None:
    with RunningHub(place.database, data=place.data, tls=OwnTls(["127.0.0.1", "hub.example"])) as hub:
        assert hub.url.startswith("https://127.0.0.1:")
        assert hub.hub is not None
        folder = hub.hub.files.path("tls")
        pem = OwnAuthority(folder).certificate_pem()
        assert pem is not None
        shown = shown_to(pem.decode(), hub.url, "hub.example")
        assert shown_to(pem.decode(), hub.url, "127.0.0.1") == shown
        with pytest.raises(ssl.SSLCertVerificationError):
            shown_to(pem.decode(), hub.url, "else.example")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(hub.url + "/health", timeout=TIMEOUT_S)
        pinned = folder.parent / "pinned.pem"
        pinned.write_bytes(pem)
        answer = requests.get(hub.url + "/v1/authority", timeout=TIMEOUT_S, verify=str(pinned))
        assert (answer.status_code, answer.content) == (200, pem)
        assert answer.headers["Content-Type"].startswith("application/x-pem-file")
        hub.restart()
        assert shown_to(pem.decode(), hub.url, "hub.example") == shown


def test_workers_show_one_certificate(postgresql_place: HubPlace) -> None:
    with RunningHub(
        postgresql_place.database, data=postgresql_place.data, workers=2, tls=OwnTls(["hub.example"])
    ) as hub:
        assert hub.hub is not None
        pem = OwnAuthority(hub.hub.files.path("tls")).certificate_pem()
        assert pem is not None
        assert len({shown_to(pem.decode(), hub.url, "hub.example") for _ in range(8)}) == 1


def test_a_hub_without_an_authority_says_so(sqlite_path: Path) -> None:
    with RunningHub(sqlite_path) as hub:
        answer = requests.get(hub.url + "/v1/authority", timeout=TIMEOUT_S)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_given_certificate_is_shown_and_a_bad_one_refused_in_words(
    sqlite_path: Path, tmp_path: Path, authority: OwnAuthority
) -> None:
    whole = authority.server_certificate(["given.example"], datetime.now(UTC)).certificate
    key, _, certificate = whole.read_text().partition("-----BEGIN CERTIFICATE")
    (tmp_path / "key.pem").write_text(key)
    (tmp_path / "certificate.pem").write_text("-----BEGIN CERTIFICATE" + certificate)
    pem = authority.certificate_pem()
    assert pem is not None
    given = GivenTls(str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem"))
    with RunningHub(sqlite_path, tls=given) as hub:
        assert shown_to(pem.decode(), hub.url, "given.example")
    with pytest.raises(CertificateRefused, match=r"missing\.pem and its key cannot be used"):
        RunningHub(sqlite_path, tls=GivenTls(str(tmp_path / "missing.pem"), str(tmp_path / "key.pem")))


def test_plain_http_beyond_this_computer_is_refused_with_what_to_do(
    sqlite_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve = ["serve", "--database", str(sqlite_path), "--port", "0"]
    assert main([*serve, "--host", "0.0.0.0"]) == 1
    refusal = capsys.readouterr().err
    assert "readable over plain HTTP" in refusal
    assert all(option in refusal for option in ("--tls own", "--tls-certificate", "--insecure-http"))
    assert main([*serve, "--tls-certificate", "a.pem"]) == 1
    assert "needs its key" in capsys.readouterr().err
    assert main([*serve, "--tls", "own", "--tls-certificate", "a.pem", "--tls-key", "b.pem"]) == 1
    assert "has one certificate" in capsys.readouterr().err


def test_a_hub_on_all_addresses_is_certified_for_what_this_computer_is_called() -> None:
    assert {"localhost", "127.0.0.1", "::1", "shop.example"} <= set(names_of("0.0.0.0", ["shop.example"]))
    assert names_of("192.168.1.5") == ["192.168.1.5"]


def test_the_fingerprint_is_what_the_till_compares(
    sqlite_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = ["--database", str(sqlite_path)]
    assert main(["fingerprint", *database]) == 1
    assert "serve --tls own" in capsys.readouterr().err
    own = OwnAuthority(sqlite_path.with_name("hub.sqlite.tls"))
    own.server_certificate(NAMES, NOW)
    assert main(["fingerprint", *database]) == 0
    assert capsys.readouterr().out == f'{{"sha256": "{own.fingerprint()}"}}\n'
