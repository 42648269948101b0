"""Where a till keeps its files, and its pairing with a hub. Reads and writes only these small files."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs


@dataclass(frozen=True, slots=True)
class TillFiles:
    """The data folder of one till."""

    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def ledger_backup(self) -> Path:
        return self.folder / "ledger.backup.sqlite"

    @property
    def ledger_lock(self) -> Path:
        """Held by the till that has the ledger open."""
        return self.folder / "ledger.sqlite.lock"

    @property
    def catalogue(self) -> Path:
        return self.folder / "catalogue.sqlite"

    @property
    def pairing(self) -> Path:
        return self.folder / "pairing.json"

    @property
    def devices(self) -> Path:
        return self.folder / "devices.json"

    @property
    def device_secrets(self) -> Path:
        """Where there is no keyring: keys of devices, for the till's user only."""
        return self.folder / "device-secrets.json"

    @property
    def terminal_memory(self) -> Path:
        """By which a till that was killed can ask a card terminal about its last payment."""
        return self.folder / "terminal-memory.json"

    @property
    def logo(self) -> Path:
        """Of the shop, on its receipts; a PNG."""
        return self.folder / "logo.png"

    @property
    def log(self) -> Path:
        return self.folder / "till.log"


class PairingDamaged(Exception):
    """The pairing file cannot be read; the message says what to do."""


class Pairing(msgspec.Struct, frozen=True):
    """How this till reaches its hub, and who it is there. The token is a secret: the file is readable by its
    owner only."""

    hub_url: str
    hub_id: str
    token: str = ""
    """Empty when the system's keyring has it."""
    till_id: str = ""
    till_code: str = ""
    till_name: str = ""
    credential_place: str = ""
    """`keyring` or `file`; empty when an older release wrote this."""
    authorities: list[str] = []
    """Certificates in PEM that alone count for this hub, two at most; none: those of the system count."""
    allows_plain_http: bool = False
    chain_reason: str = ""
    """Why this till was paired again; its journal goes on as a new chain for it."""

    def __repr__(self) -> str:
        return f"Pairing(hub_url={self.hub_url!r}, hub_id={self.hub_id!r}, till_id={self.till_id!r})"


def default_folder() -> Path:
    return Path(platformdirs.user_data_dir("till-app", appauthor=False))


def load_pairing(path: Path) -> Pairing | None:
    """None before pairing. Raises PairingDamaged."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(content, type=Pairing)
    except msgspec.MsgspecError as error:
        raise PairingDamaged(
            f"{path} is damaged ({error}). No sale is in it: remove it, then pair this till again."
        ) from error


def save_pairing(path: Path, pairing: Pairing) -> None:
    """Written aside, for its owner only, then renamed."""
    aside = path.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(pairing))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
