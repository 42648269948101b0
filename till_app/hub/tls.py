"""The hub's certificates: given ones, or those of its own private authority. No server is known here."""

import hashlib
import ipaddress
import os
import socket
import ssl
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_LIFE = timedelta(days=20 * 365)
_SERVER_LIFE = timedelta(days=397)
"""Longer ones are refused by some systems."""
_RENEWED_BEFORE_END = timedelta(days=60)
_CLOCKS_DIFFER = timedelta(days=2)
"""A till whose clock is behind can still trust a new certificate."""
_ANY_HOST = ("0.0.0.0", "::", "")
_ELSEWHERE = ("192.0.2.1", 9)
"""An address for documentation; nothing is sent to it."""


TLS_FOLDER = "tls"
"""Among the hub's own files."""


class OwnTls(msgspec.Struct, frozen=True, tag="own"):
    """A certificate of the hub's own authority, for these hosts' names and addresses."""

    names: list[str]


class GivenTls(msgspec.Struct, frozen=True, tag="given"):
    """A certificate from elsewhere: two files in PEM, read again every hour."""

    certificate: str
    key: str


TlsChoice = OwnTls | GivenTls


class CertificateRefused(Exception):
    """The certificate cannot be used, in words for the person who started the hub."""


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Files in PEM. The key may be in the certificate's file."""

    certificate: Path
    key: Path | None = None

    def load_into(self, context: ssl.SSLContext) -> None:
        """Raises CertificateRefused."""
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise CertificateRefused(
                f"The certificate {self.certificate} and its key cannot be used: {error}."
            ) from error

    def context(self) -> ssl.SSLContext:
        """Raises CertificateRefused."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load_into(context)
        return context


def certificate_for(tls: TlsChoice, folder: Path, now: datetime) -> ServerCertificate:
    """`folder` is that of the hub's own authority. Raises CertificateRefused."""
    match tls:
        case OwnTls(names=names):
            return OwnAuthority(folder).server_certificate(names, now)
        case GivenTls(certificate=certificate, key=key):
            return ServerCertificate(Path(certificate), Path(key))


@dataclass(frozen=True, slots=True)
class OwnAuthority:
    """A private authority in a folder, made once and kept: tills pin it."""

    folder: Path

    def certificate_pem(self) -> bytes | None:
        """None when it was never made."""
        found = self._authority()
        return found[1].public_bytes(serialization.Encoding.PEM) if found is not None else None

    def fingerprint(self) -> str | None:
        """SHA-256 of the certificate's DER, in hex; None when it was never made."""
        pem = self.certificate_pem()
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).hexdigest() if pem else None

    def server_certificate(self, names: Collection[str], now: datetime) -> ServerCertificate:
        """For hosts' names and addresses; made anew when it ends soon or was for others.

        Raises CertificateRefused.
        """
        path = self.folder / "server.pem"
        try:
            key, certificate = self._authority() or self._make_authority(now)
            if not _serves(path, names, certificate, now):
                self.folder.mkdir(parents=True, exist_ok=True)
                _write_private(path, _sign_server(names, key, certificate, now))
        except (OSError, ValueError) as error:
            raise CertificateRefused(
                f"The hub's own certificates in {self.folder} cannot be used: {error}"
            ) from error
        return ServerCertificate(path)

    @property
    def _path(self) -> Path:
        return self.folder / "authority.pem"

    def _authority(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate] | None:
        try:
            pem = self._path.read_bytes()
        except FileNotFoundError:
            return None
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{self._path} holds no key that this hub made")
        return key, x509.load_pem_x509_certificate(pem)

    def _make_authority(self, now: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Till hub authority")])
        certificate = (
            _begun(name, name, key, now, _AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_private(self._path, _pem_of_key(key) + certificate.public_bytes(serialization.Encoding.PEM))
        return key, certificate


def names_of(host: str, others: Collection[str] = ()) -> list[str]:
    """By which tills may call a hub that listens there; on all hosts, whatever this computer is called."""
    names = [*others]
    if host in _ANY_HOST:
        names += ["localhost", "127.0.0.1", "::1", socket.gethostname(), socket.getfqdn(), *_own_addresses()]
    else:
        names.append(host)
    return sorted(set(filter(None, names)))


def _own_addresses() -> set[str]:
    """The address from which this computer would call another one, if any."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return set()
        return {probe.getsockname()[0]}


def _serves(path: Path, names: Collection[str], authority: x509.Certificate, now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        certificate.verify_directly_issued_by(authority)
    except Exception:  # missing, damaged or of another authority: a new one mends all three
        return False
    kept = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        set(kept) == set(_general_names(names))
        and now < certificate.not_valid_after_utc - _RENEWED_BEFORE_END
    )


def _sign_server(
    names: Collection[str], key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, now: datetime
) -> bytes:
    own_key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _begun(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Till hub")]),
            authority.subject,
            own_key,
            now,
            _SERVER_LIFE,
        )
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    return _pem_of_key(own_key) + certificate.public_bytes(serialization.Encoding.PEM)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _general_names(names: Collection[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_private(path: Path, content: bytes) -> None:
    """Whole or not at all, for the owner only."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
