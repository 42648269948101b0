"""The link to the hub as the till's screens handle it: pairing, exporting and comparing in one till."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from till_app import __version__
from till_app.bootstrap import Till
from till_app.credentials import CredentialPlace
from till_app.domain.errors import DomainError
from till_app.domain.session import TillSession
from till_app.hub_link import HubTrust, offered_fingerprint
from till_app.services.clock import SystemClock
from till_app.services.errors import HubError
from till_app.services.journal_export import ExportFailed, ExportReport
from till_app.services.ports import Clock, LedgerUnavailable
from till_app.services.session_check import SessionComparison
from till_app.services.sync_control import (
    LinkFacts,
    NotPaired,
    Paired,
    PairingAsked,
    PairingCode,
    PairingResult,
    UnknownAuthority,
)
from till_app.sync.address import is_loopback
from till_app.till_files import TillFiles

TLS_FAILED = "tls_failed"


class HubControl:
    """Implements SyncControl."""

    def __init__(self, till: Till, files: TillFiles, clock: Clock | None = None) -> None:
        self._till = till
        self._files = files
        self._clock = clock or SystemClock()

    def facts(self) -> LinkFacts:
        pairing = self._till.pairing
        return LinkFacts(
            pairing is not None,
            pairing.hub_url if pairing is not None else "",
            __version__,
            self._till.credential_place is CredentialPlace.KEYRING,
            self._files.pairing,
        )

    def can_sell(self) -> bool:
        catalogue = self._till.catalogue
        return catalogue.shop() is not None and bool(catalogue.staff()) and catalogue.has_items()

    def send_now(self) -> None:
        self._till.sync.send_now()

    def check_everything(self) -> None:
        self._till.sync.check_everything()

    def accept_removal(self) -> None:
        self._till.sync.accept_removal()

    def full_address(self, typed: str) -> str:
        address = typed.strip()
        if not address or "://" in address:
            return address
        return f"{'http' if _is_this_computer(f'http://{address}') else 'https'}://{address}"

    def is_readable_for_all(self, hub_url: str) -> bool:
        return hub_url.lower().startswith("http://") and not _is_this_computer(hub_url)

    def suggested_export(self) -> Path:
        return Path(platformdirs.user_documents_dir()) / self._export_name()

    def export_unsent(self, path: Path) -> ExportReport:
        return self._till.export_journal(path)

    def compare(self, session: TillSession) -> SessionComparison:
        return self._till.check_session(session)

    def closed_sessions(self, limit: int) -> Sequence[TillSession]:
        return self._till.ledger.closed_sessions(limit)

    def pair(self, asked: PairingAsked) -> PairingResult:
        before = self._till.pairing
        unsent = self._till.ledger.unsent().entries
        export_to = self._files.folder / "exports" / self._export_name() if unsent else None
        try:
            self._till.pair(
                asked.hub_url,
                asked.code,
                asked.till_name,
                HubTrust(asked.ca_fingerprint, plain_http=asked.allows_plain_http),
                reason=asked.reason,
                export_to=export_to,
            )
        except HubError as error:
            if self._till.pairing is before:
                return self._refused(asked, error)
            # The hub took this till; what is left to do then follows by itself.
        except ValueError as error:
            return NotPaired(PairingCode.BAD_ADDRESS, str(error))
        except ExportFailed as error:
            return NotPaired(PairingCode.EXPORT_FAILED, str(error))
        except DomainError as error:
            return NotPaired(error.code)
        except (LedgerUnavailable, OSError) as error:
            return NotPaired(PairingCode.DISK, str(error))
        return Paired(export_to, unsent)

    def _refused(self, asked: PairingAsked, error: HubError) -> PairingResult:
        if error.code != TLS_FAILED:
            return NotPaired(error.code, str(error))
        if asked.ca_fingerprint:
            return NotPaired(PairingCode.OTHER_AUTHORITY)
        fingerprint = offered_fingerprint(asked.hub_url)
        return UnknownAuthority(fingerprint) if fingerprint else NotPaired(error.code)

    def _export_name(self) -> str:
        identity = self._till.ledger.identity()
        code = identity.till_code if identity is not None else "new"
        return f"till-{code}-unsent-{self._clock.now():%Y%m%dT%H%M%SZ}.jsonl"


def _is_this_computer(address: str) -> bool:
    """By its very name."""
    try:
        return is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False
