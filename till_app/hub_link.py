"""How this till is bound to its hub: pairing, credential, whose certificates count, and who the till is.

The pairing file is written before anything else follows from a pairing, so that a till that dies in between
finishes it at its next start.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from till_app.credentials import CredentialLocked, CredentialPlace, Credentials
from till_app.domain.errors import DomainError
from till_app.services.chains import ChainReason, begin_chain, known_at
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.journal_export import ExportReport, export_journal
from till_app.services.pairing_text import checked_fingerprint
from till_app.services.ports import Clock, TillIdentity
from till_app.store.ledger import SqliteLedger
from till_app.till_files import Pairing, TillFiles, load_pairing, save_pairing
from till_app.wire.exchange import PairAnswer, PairRequest

if TYPE_CHECKING:
    from till_app.sync.hub_client import HttpHubApi

log = logging.getLogger(__name__)

MOST_PINS = 2
"""The present authority and the one that follows it."""
CREDENTIAL_LOCKED = "credential_locked"


@dataclass(frozen=True, slots=True)
class HubTrust:
    """Whose certificates count for a hub: the system's authorities, unless one is named here."""

    ca_fingerprint: str = ""
    """SHA-256 of the hub's own authority, as scanned or as a person compared it; the hub gives it out."""
    ca_file: Path | None = None
    plain_http: bool = False
    """An installer insists on a connection that everybody on the network can read."""


@dataclass(frozen=True, slots=True)
class HubAccess:
    """All that a client of the hub needs, the secret too."""

    hub_url: str
    token: str = field(repr=False)
    ca_pem: str | None
    allow_plain_http: bool


class HubLink:
    """One till's. Calls that ask the hub or the keyring belong on no GUI thread."""

    def __init__(
        self, files: TillFiles, ledger: SqliteLedger, clock: Clock, credentials: Credentials | None = None
    ) -> None:
        """Raises PairingDamaged."""
        self._files = files
        self._ledger = ledger
        self._clock = clock
        self._credentials = credentials or Credentials()
        self._tokens: dict[str, str] = {}
        """By till; of the keyring, since it was asked."""
        self.pairing = load_pairing(files.pairing)
        self._adopt_identity()

    @property
    def credential_place(self) -> CredentialPlace:
        in_keyring = self.pairing is not None and self.pairing.credential_place == CredentialPlace.KEYRING
        return CredentialPlace.KEYRING if in_keyring else CredentialPlace.FILE

    def pair(
        self,
        hub_url: str,
        code: str,
        till_name: str,
        trust: HubTrust,
        *,
        reason: str = ChainReason.REVOKED,
        export_to: Path | None = None,
    ) -> None:
        """Trade the hub's one-time code for this till's own credential. A till that has recorded something
        before goes on with a new chain; then `reason` is noted, and what is unsent must be exported first.

        Raises HubError, ValueError for an address or an authority that cannot be used, DomainError
        `unsent_facts`, ExportFailed, LedgerUnavailable.
        """
        self.secure_unsent(export_to)
        authorities = _authorities(hub_url, trust)
        hub = _client(HubAccess(hub_url, "", _pem(authorities), trust.plain_http))
        try:
            answer = hub.pair(PairRequest(code, till_name))
        finally:
            hub.close()
        self._keep(hub_url, answer, authorities, trust.plain_http, reason)
        self._adopt_identity()
        if self._must_begin_chain():
            self.connect().close()

    def access(self) -> HubAccess:
        """Raises HubUnreachable `credential_locked` when the keyring does not give it just now."""
        pairing = self._required()
        try:
            token = pairing.token or self._token_from_keyring(pairing.till_id)
        except CredentialLocked as error:
            raise HubUnreachable(CREDENTIAL_LOCKED, str(error)) from error
        self._move_to_keyring(pairing)
        return HubAccess(pairing.hub_url, token, _pem(pairing.authorities), pairing.allows_plain_http)

    def client(self) -> "HttpHubApi":
        """With this till's credential, and nothing more. Raises as `access` does, and ValueError for an
        address that cannot be used."""
        return _client(self.access())

    def connect(self) -> "HttpHubApi":
        """A client with this till's credential, for one thread. Finishes a pairing that was broken off.

        Raises as `client` does, and HubError.
        """
        hub = self.client()
        if self._must_begin_chain():
            try:
                self._begin_chain(hub, self._required())
            except BaseException:
                hub.close()
                raise
        return hub

    def move(self, hub_url: str) -> None:
        """The same hub answers at another address now."""
        if self.pairing is not None:
            self._save(msgspec.structs.replace(self.pairing, hub_url=hub_url))

    def trust_also(self, ca_fingerprint: str) -> None:
        """The hub changes its authority: pin the new one, too, and of older ones only the last.

        Raises HubError, and ValueError for what is no fingerprint.
        """
        pairing = self._required()
        pem = _authorities(pairing.hub_url, HubTrust(ca_fingerprint))[0]
        others = [kept for kept in pairing.authorities if kept != pem]
        self._save(msgspec.structs.replace(pairing, authorities=[*others, pem][-MOST_PINS:]))

    def unpair(self, export_to: Path | None = None) -> None:
        """Forget the hub; the ledger stays whole. Raises as `secure_unsent` does."""
        self.secure_unsent(export_to)
        if self.pairing is None:
            return
        if self.credential_place is CredentialPlace.KEYRING:
            self._credentials.forget(self.pairing.till_id)
        self._files.pairing.unlink(missing_ok=True)
        self.pairing = None

    def secure_unsent(self, export_to: Path | None) -> ExportReport | None:
        """Before anything that could part this till from its unsent facts: export them, or there are none.

        Raises DomainError `unsent_facts`, ExportFailed.
        """
        unsent = self._ledger.unsent().entries
        if export_to is not None:
            return self.export(export_to, unsent_only=True)
        if unsent:
            raise DomainError("unsent_facts", entries=unsent)
        return None

    def export(self, path: Path, *, unsent_only: bool) -> ExportReport:
        """Raises ExportFailed, and DomainError `not_paired` for a till that never had an identity."""
        identity = self._ledger.identity()
        if identity is None:
            raise DomainError("not_paired")
        hub_id = self.pairing.hub_id if self.pairing is not None else ""
        return export_journal(self._ledger, identity, hub_id, path, unsent_only=unsent_only)

    # ------------------------------------------------------------------ parts

    def _keep(
        self, hub_url: str, answer: PairAnswer, authorities: list[str], plain_http: bool, reason: str
    ) -> None:
        moved = self.pairing is not None and self.pairing.hub_id != answer.hub_id
        place = self._credentials.keep(answer.till_id, answer.token)
        self._save(
            Pairing(
                hub_url,
                answer.hub_id,
                answer.token if place is CredentialPlace.FILE else "",
                answer.till_id,
                answer.till_code,
                answer.till_name,
                place,
                authorities,
                plain_http,
                ChainReason.MOVED if moved else reason,
            )
        )

    def _adopt_identity(self) -> None:
        """As far as it needs no new chain."""
        pairing = self.pairing
        if pairing is not None and pairing.till_id and not self._must_begin_chain():
            identity = TillIdentity(pairing.till_id, pairing.till_code, pairing.till_name)
            if self._ledger.identity() != identity:
                self._ledger.set_identity(identity)

    def _must_begin_chain(self) -> bool:
        identity, pairing = self._ledger.identity(), self.pairing
        if identity is None or pairing is None or pairing.till_id in ("", identity.till_id):
            return False
        return self._ledger.journal_head().seq > 0

    def _begin_chain(self, hub: "HttpHubApi", pairing: Pairing) -> None:
        carried_over = begin_chain(
            self._ledger,
            self._clock,
            TillIdentity(pairing.till_id, pairing.till_code, pairing.till_name),
            pairing.chain_reason,
            known_at(hub, self._ledger, self._ledger),
        )
        log.info("the journal goes on as till %s; carried over: %d", pairing.till_code, carried_over)

    def _move_to_keyring(self, pairing: Pairing) -> None:
        """A credential that an older release wrote goes where this one would have put it."""
        identity = self._ledger.identity()
        if pairing.credential_place or identity is None:
            return
        place = self._credentials.keep(identity.till_id, pairing.token)
        self._save(
            msgspec.structs.replace(
                pairing,
                token=pairing.token if place is CredentialPlace.FILE else "",
                till_id=identity.till_id,
                till_code=identity.till_code,
                till_name=identity.till_name,
                credential_place=place,
            )
        )

    def _token_from_keyring(self, till_id: str) -> str:
        """Asked once: each question may be one to a person. Raises CredentialLocked."""
        if till_id not in self._tokens:
            self._tokens = {till_id: self._credentials.token(till_id)}
        return self._tokens[till_id]

    def _required(self) -> Pairing:
        if self.pairing is None:
            raise ValueError("this till is not paired with a hub")
        return self.pairing

    def _save(self, pairing: Pairing) -> None:
        save_pairing(self._files.pairing, pairing)
        self.pairing = pairing


def _authorities(hub_url: str, trust: HubTrust) -> list[str]:
    from till_app.sync.authority import certificates_in, pinned_authority

    if trust.ca_file is not None:
        found = certificates_in(trust.ca_file.read_text(encoding="ascii", errors="replace"))
        if not found:
            raise ValueError(f"{trust.ca_file} holds no certificate in PEM")
        return found[:MOST_PINS]
    if trust.ca_fingerprint:
        return [pinned_authority(hub_url, {checked_fingerprint(trust.ca_fingerprint)})]
    return []


def _pem(authorities: list[str]) -> str | None:
    return "".join(authorities) or None


def _client(access: HubAccess) -> "HttpHubApi":
    """Imports the HTTP library when it is first needed: the sync thread does, once the window is up."""
    from till_app.sync.hub_client import HttpHubApi

    return HttpHubApi(
        access.hub_url, access.token, ca_pem=access.ca_pem, allow_plain_http=access.allow_plain_http
    )


def offered_fingerprint(hub_url: str) -> str:
    """Of the authority that the hub offers, for a person to compare with what the hub shows; empty when it
    offers none."""
    from till_app.sync.authority import fingerprint_of, offered_authorities

    try:
        return fingerprint_of(offered_authorities(hub_url)[0])
    except (HubRefused, HubUnreachable, ValueError):
        return ""
