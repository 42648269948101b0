"""A damaged ledger made whole: what can be read of it and of its copies, then what the hub has of this till.

The journal says everything, so a new ledger is built from its entries alone. The damaged file is kept.
"""

import logging
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from till_app.domain.journal import JournalEntry
from till_app.hub_link import HubLink
from till_app.services.entries import stored_entry
from till_app.services.errors import HubError
from till_app.services.ports import Clock, ReadBackRefused
from till_app.services.recovery import JournalRecovery
from till_app.store.instance_lock import AlreadyLocked, InstanceLock
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_salvage import Salvaged, SalvagedChain, salvage
from till_app.store.ledger_schema import LedgerInUse
from till_app.till_files import TillFiles
from till_app.wire.protocol import MAX_BATCH_ENTRIES

log = logging.getLogger(__name__)

_ENDS = ("", "-wal", "-shm")
_ASIDE = "damaged-"


class RescueImpossible(Exception):
    """In the words: why, and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class RescueReport:
    damaged: Path
    """The folder in which the damaged files are kept."""
    entries: int
    """Of the present chain, in the new ledger."""
    from_hub: int
    recorded_again: int
    """Facts that were behind a gap which neither the files nor the hub could fill."""
    hub_trouble: str
    """Why the hub could not be asked; what it has is read back at the next exchange."""


def rescue(files: TillFiles, clock: Clock) -> RescueReport:
    """Raises RescueImpossible, LedgerInUse, PairingDamaged, LedgerUnavailable and OSError."""
    try:
        lock = InstanceLock(files.ledger_lock)
    except AlreadyLocked as error:
        raise LedgerInUse(f"{files.ledger.name} is in use by a till program on this computer.") from error
    try:
        report = _rescue(files, clock)
        lock.release_in_order()
        return report
    finally:
        lock.release()


def _rescue(files: TillFiles, clock: Clock) -> RescueReport:
    found = [_read(path) for path in _sources(files)]
    kept = _kept_aside(files, clock.now())
    new = files.ledger.with_name("recovered.sqlite")
    _remove(new)
    ledger = SqliteLedger(new)
    try:
        chains = _merged(found)
        _put_in(ledger, chains)
        link = HubLink(files, ledger, clock)
        if ledger.identity() is None:
            raise RescueImpossible(
                "Neither the ledger, nor a copy of it, nor the pairing says which till this is. The damaged"
                f" file is kept in {kept}; restore a copy of the data folder, or pair this till anew."
            )
        rest = chains[-1].entries if chains else {}
        acked = chains[-1].acked_through if chains else 0
        from_hub, trouble = _fill_from_hub(ledger, link)
        follow = _following(ledger, rest)
        JournalRecovery(ledger).take_back(follow, acknowledged=False)
        behind_gap = [rest[seq] for seq in sorted(rest) if seq > ledger.journal_head().seq]
        if behind_gap and trouble:
            raise RescueImpossible(
                f"Entry {ledger.journal_head().seq + 1} of the journal cannot be read, and the hub, which may"
                f" have it, cannot be asked ({trouble}). Nothing was changed: connect it and try again."
            )
        JournalRecovery(ledger).record_again(behind_gap)
        ledger.acknowledge(min(max(acked, ledger.acked_through().seq), ledger.journal_head().seq))
        ledger.put_back(found[0].rows if found else {})
        entries = ledger.journal_head().seq
    finally:
        ledger.close()
    for end in _ENDS:
        files.ledger.with_name(files.ledger.name + end).unlink(missing_ok=True)
    new.replace(files.ledger)
    _remove(new)
    return RescueReport(kept, entries, from_hub, len(behind_gap), trouble)


def _sources(files: TillFiles) -> list[Path]:
    """The ledger, its daily copy, and what earlier rescues kept, the newest first."""
    earlier = sorted(files.folder.glob(f"{_ASIDE}*/{files.ledger.name}"), reverse=True)
    return [path for path in (files.ledger, files.ledger_backup, *earlier) if path.exists()]


def _read(path: Path) -> Salvaged:
    """From a copy: SQLite writes into a file even as it opens it."""
    with tempfile.TemporaryDirectory(prefix="till-rescue-") as scratch:
        copy = Path(scratch) / path.name
        for end in _ENDS:
            source = path.with_name(path.name + end)
            if source.exists():
                shutil.copy(source, copy.with_name(copy.name + end))
        return salvage(copy)


def _kept_aside(files: TillFiles, now: datetime) -> Path:
    kept = files.folder / f"{_ASIDE}{now:%Y%m%dT%H%M%SZ}"
    kept.mkdir(parents=True, exist_ok=True)
    for end in _ENDS:
        source = files.ledger.with_name(files.ledger.name + end)
        if source.exists():
            shutil.copy2(source, kept / source.name)
    return kept


def _merged(found: list[Salvaged]) -> list[SalvagedChain]:
    """Each chain with the entries of all sources; an earlier source's word counts where they differ."""
    merged: dict[str, SalvagedChain] = {}
    for salvaged in found:
        for chain in salvaged.chains:
            known = merged.setdefault(chain.identity.till_id, chain)
            for seq, entry in chain.entries.items():
                known.entries.setdefault(seq, entry)
    return sorted(merged.values(), key=lambda chain: chain.began_at or "")


def _put_in(ledger: SqliteLedger, chains: list[SalvagedChain]) -> None:
    recovery = JournalRecovery(ledger)
    for chain in chains:
        if ledger.identity() is None:
            ledger.set_identity(chain.identity)
        else:
            with ledger.restore() as write:
                write.begin_chain(chain.identity, chain.reason, chain.began_at or "")
                write.commit()
        recovery.take_back(chain.unbroken, acknowledged=False)


def _fill_from_hub(ledger: SqliteLedger, link: HubLink) -> tuple[int, str]:
    """What the hub has after this journal's end: how many entries, and why not all, if so."""
    identity = ledger.identity()
    if link.pairing is None or identity is None or link.pairing.till_id not in ("", identity.till_id):
        return 0, ""
    recovery = JournalRecovery(ledger)
    before = ledger.journal_head().seq
    try:
        hub = link.client()
        try:
            more = True
            while more:
                page = hub.journal(ledger.journal_head().seq, MAX_BATCH_ENTRIES)
                recovery.take_back([stored_entry(entry) for entry in page.entries], acknowledged=True)
                more = page.more and bool(page.entries)
        finally:
            hub.close()
    except (HubError, ReadBackRefused, ValueError) as error:
        log.warning("the hub could not complete the ledger: %s", error)
        return ledger.journal_head().seq - before, str(error)
    return ledger.journal_head().seq - before, ""


def _following(ledger: SqliteLedger, rest: dict[int, JournalEntry]) -> list[JournalEntry]:
    head = ledger.journal_head()
    seq, previous = head.seq, head.hash
    found: list[JournalEntry] = []
    while (entry := rest.get(seq + 1)) is not None and entry.prev_hash == previous:
        found.append(entry)
        seq, previous = entry.seq, entry.hash
    return found


def _remove(ledger: Path) -> None:
    for end in (*_ENDS, ".lock"):
        ledger.with_name(ledger.name + end).unlink(missing_ok=True)
