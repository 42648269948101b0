"""What the sync centre and the pairing screen ask of the link to the hub; filled where the till is put
together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from till_app.domain.session import TillSession
from till_app.services.chains import ChainReason
from till_app.services.journal_export import ExportReport
from till_app.services.session_check import SessionComparison


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What is known of the link without asking the hub."""

    is_paired: bool
    hub_url: str
    """Empty before pairing."""
    till_version: str
    is_in_keyring: bool
    """The till's secret is in the system's keyring; else in `secret_file`, readable by its owner only."""
    secret_file: Path


@dataclass(frozen=True, slots=True)
class PairingAsked:
    hub_url: str
    code: str
    till_name: str = ""
    """Empty: the hub gives one."""
    ca_fingerprint: str = ""
    """Of the hub's own authority, as scanned or as a person compared it."""
    allows_plain_http: bool = False
    reason: str = ChainReason.REVOKED
    """Why a till is paired again; see ChainReason."""


@dataclass(frozen=True, slots=True)
class Paired:
    exported_to: Path | None = None
    """Where what the hub did not have was written first."""
    exported_entries: int = 0


@dataclass(frozen=True, slots=True)
class UnknownAuthority:
    """The hub's certificate is of an authority that this till does not know; nothing secret was sent."""

    fingerprint: str
    """SHA-256, hex: for a person to compare with what the hub shows."""


@dataclass(frozen=True, slots=True)
class NotPaired:
    """Nothing was changed."""

    code: str
    """As of HubError, or one of PairingCode."""
    words: str = ""


class PairingCode:
    BAD_ADDRESS = "bad_address"
    OTHER_AUTHORITY = "other_authority"
    """The hub shows another authority than the fingerprint says."""
    EXPORT_FAILED = "export_failed"
    DISK = "disk"


PairingResult = Paired | UnknownAuthority | NotPaired


def reason_for(error_code: str) -> str:
    """Why a till is paired again that shows this error."""
    return {"fork": ChainReason.FORKED, "till_restored": ChainReason.RESTORED}.get(
        error_code, ChainReason.REVOKED
    )


class SyncControl(Protocol):
    """Calls return at once unless they say that they ask the hub: those belong on no GUI thread."""

    def facts(self) -> LinkFacts: ...

    def can_sell(self) -> bool:
        """Whether there are a shop, staff and goods here."""
        ...

    def send_now(self) -> None: ...

    def check_everything(self) -> None: ...

    def accept_removal(self) -> None: ...

    def full_address(self, typed: str) -> str:
        """A hub's address as a person types it, with what goes without saying."""
        ...

    def is_readable_for_all(self, hub_url: str) -> bool:
        """Plain HTTP that leaves this computer."""
        ...

    def suggested_export(self) -> Path:
        """Where a person would look for it."""
        ...

    def export_unsent(self, path: Path) -> ExportReport:
        """Reads all that waits: not on the GUI thread. Raises ExportFailed, and DomainError `not_paired`."""
        ...

    def compare(self, session: TillSession) -> SessionComparison:
        """Asks the hub. Raises HubError, LookupError, LedgerUnavailable."""
        ...

    def pair(self, asked: PairingAsked) -> PairingResult:
        """Asks the hub. What the hub does not have yet is written into a file first."""
        ...

    def closed_sessions(self, limit: int) -> Sequence[TillSession]:
        """The latest first."""
        ...
