"""One HTTPS request: whole answers however they come, limits that hold, nobody trusted without a reason."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hardware.errors import AddressInvalid, DeviceClosed, DeviceError, DeviceTimeout, DeviceUnavailable
from hardware.simulated.cloud_terminal import KEY, TERMINAL_ID, SimulatedCloudTerminal
from hardware.terminals.adyen import AdyenTerminal
from hardware.terminals.http_exchange import (
    AnswerGarbled,
    HttpAddress,
    HttpAnswer,
    HttpConnection,
    ServiceNotTrusted,
    parse_url,
)


@contextmanager
def service(answer: bytes, *, is_bytewise: bool = False, stays_open: bool = False) -> Iterator[HttpAddress]:
    """Reads one request, answers, and closes unless it is to stay open."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                received = b""
                while not received.endswith(b"question"):
                    received += client.recv(4096)
                pieces = [answer[n : n + 1] for n in range(len(answer))] if is_bytewise else [answer]
                for piece in pieces:
                    client.sendall(piece)
                if stays_open:
                    ended.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield HttpAddress("127.0.0.1", listener.getsockname()[1], "/sync", is_secure=False)
        finally:
            ended.set()
            thread.join()


def post(address: HttpAddress, limit_s: float = 10.0) -> HttpAnswer:
    connection = HttpConnection(address, 5.0)
    try:
        return connection.post({"X-API-Key": "k"}, b"question", limit_s, lambda: None)
    finally:
        connection.close()


LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nans\r\n3\r\nwer\r\n0\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.0 200 OK\r\n\r\nanswer"


@pytest.mark.parametrize("is_bytewise", [False, True])
@pytest.mark.parametrize("answer", [LENGTH, CHUNKED, UNTIL_CLOSED])
def test_an_answer_is_read_whole_however_it_comes(answer: bytes, is_bytewise: bool) -> None:
    with service(answer, is_bytewise=is_bytewise) as address:
        assert post(address) == HttpAnswer(200, b"answer")


@pytest.mark.parametrize("answer", [LENGTH, CHUNKED])
def test_an_answer_with_an_end_needs_no_end_of_the_connection(answer: bytes) -> None:
    with service(answer, stays_open=True) as address:
        assert post(address) == HttpAnswer(200, b"answer")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", DeviceClosed),
        (LENGTH[:-1], DeviceClosed),
        (CHUNKED[:-9], DeviceClosed),
        (b"220 mail.example ESMTP\r\n", AnswerGarbled),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b" " * 1_100_000, AnswerGarbled),
    ],
)
def test_what_is_no_whole_answer_is_none(answer: bytes, error: type[DeviceError]) -> None:
    with service(answer) as address, pytest.raises(error):
        post(address)


@pytest.mark.parametrize("answer", [b"", LENGTH[:-1]])
def test_the_limit_holds_while_nothing_or_not_enough_comes(answer: bytes) -> None:
    with service(answer, stays_open=True) as address, pytest.raises(DeviceTimeout):
        post(address, 0.2)


@pytest.mark.parametrize(
    "url",
    ["http://terminal.example", "http://192.168.1.5:8080", "ftp://x", "terminal.example", "https://", "https://a:b@c",
     "https://terminal.example:99999"],
)  # fmt: skip
def test_an_address_that_is_not_safe_or_none_is_refused(url: str) -> None:
    with pytest.raises(AddressInvalid):
        parse_url(url)


def test_addresses_are_read_with_their_path_and_port() -> None:
    assert parse_url("https://terminal.example/v1/sync/") == HttpAddress(
        "terminal.example", 443, "/v1/sync", is_secure=True
    )
    assert parse_url("http://localhost:8080") == HttpAddress("localhost", 8080, "", is_secure=False)
    assert parse_url("http://[::1]:8080").host == "::1"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For 127.0.0.1, signed by nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulated")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls: ssl.SSLContext) -> None:
    with SimulatedCloudTerminal(tls=tls) as peer:
        with pytest.raises(ServiceNotTrusted):
            HttpConnection(parse_url(peer.address), 5.0)
        terminal = AdyenTerminal(peer.address, TERMINAL_ID, KEY)
        assert terminal.check() == "not_trusted"
        assert peer.requests == ()


def test_a_service_that_is_vouched_for_is_used_over_tls(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with SimulatedCloudTerminal(tls=tls) as peer:
        assert AdyenTerminal(peer.address, TERMINAL_ID, KEY).check() == ""


def test_a_certificate_for_another_name_is_not_trusted(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with SimulatedCloudTerminal(tls=tls) as peer, pytest.raises(ServiceNotTrusted):
        HttpConnection(HttpAddress("localhost", peer.port, "/sync", is_secure=True), 5.0)


def test_a_service_that_speaks_no_tls_is_unavailable() -> None:
    with SimulatedCloudTerminal() as peer, pytest.raises((DeviceUnavailable, DeviceTimeout)):
        HttpConnection(HttpAddress(peer.host, peer.port, "/sync", is_secure=True), 2.0)
