"""What an installer asks of a till without its window: pairing, exporting, resetting, recovering."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from till_app.bootstrap import Listeners, Till
from till_app.credentials import CredentialPlace
from till_app.domain.errors import DomainError
from till_app.hub_link import HubTrust, offered_fingerprint
from till_app.rescue import RescueImpossible, rescue
from till_app.services.clock import SystemClock
from till_app.services.device_settings import DeviceSettings
from till_app.services.errors import HubError
from till_app.services.journal_export import ExportFailed
from till_app.services.pairing_text import parse_pairing_text
from till_app.sync.codes import SyncCode
from till_app.till_files import TillFiles

CANNOT_MAINTAIN = (DomainError, ExportFailed, RescueImpossible, ValueError)


def maintain(files: TillFiles, options: argparse.Namespace) -> int:
    """Raises HubError, CANNOT_MAINTAIN, and what keeps a till from opening."""
    if options.recover:
        _recover(files)
    elif options.reset:
        _reset(files, options.export)
    else:
        with _open(files) as till:
            if options.export_journal:
                _export(till, options.export_journal, unsent_only=not options.all)
            elif options.trust:
                till.trust_also(options.trust)
                _say("The hub's next certificate authority is pinned.")
            elif options.unpair:
                till.unpair(options.export)
                _say("This till is not paired any more. All that was sold at it is still here.")
    return 0


def pair(files: TillFiles, options: argparse.Namespace) -> None:
    """Raises as `maintain` does."""
    hub_url, code, fingerprint = _hub_of(options)
    with _open(files) as till:
        till.pair(
            hub_url,
            code,
            options.name,
            HubTrust(fingerprint, options.ca_file, options.insecure_http),
            reason=options.reason,
            export_to=options.export,
        )
        _say(
            "Paired. The till's credential is in the system's keyring."
            if till.credential_place is CredentialPlace.KEYRING
            else f"Paired. The till's credential is in {files.pairing}, readable by this user only:"
            " no keyring of the system could take it."
        )
        try:
            till.load_catalogue()
        except HubError as error:
            _say(f"The shop could not be loaded yet ({error.code}); the till goes on with it by itself.")


def why_not_maintained(error: Exception, options: argparse.Namespace) -> str:
    """In plain sentences."""
    match error:
        case DomainError(code="unsent_facts"):
            return (
                "The hub does not have everything yet that was recorded here. Let the till send it, or add"
                " --export FILE to write it into a file that the hub can import. Nothing was changed."
            )
        case DomainError(code="not_paired"):
            return "This till was never paired with a hub: there is no journal."
        case HubError(code=SyncCode.TLS_FAILED):
            return f"{_certificate_words(options)} Nothing was changed."
        case HubError() if options.pair or options.pair_text:
            return f"Pairing failed ({error.code}): {error}. Ask the hub for a fresh code."
        case _:
            return f"{error}."


def _certificate_words(options: argparse.Namespace) -> str:
    hub_url = _hub_of(options)[0] if options.pair or options.pair_text else ""
    fingerprint = offered_fingerprint(hub_url) if hub_url else ""
    words = "The hub's certificate is not one that this till trusts."
    if not fingerprint:
        return words
    return (
        f"{words} If it is the hub's own, compare this fingerprint with the one that the hub shows, and pair"
        f" with --ca-fingerprint {fingerprint} only if they are the same."
    )


def _hub_of(options: argparse.Namespace) -> tuple[str, str, str]:
    if options.pair_text:
        text = parse_pairing_text(options.pair_text)
        return text.hub_url, text.code, text.ca_fingerprint or options.ca_fingerprint
    hub_url, code = options.pair
    return hub_url, code, options.ca_fingerprint


def _export(till: Till, path: Path, *, unsent_only: bool) -> None:
    report = till.export_journal(path, unsent_only)
    _say(
        f"{report.path}: {report.entries} entries, {report.sales} of them sales. Import the file at the hub."
    )


def _reset(files: TillFiles, export_to: Path | None) -> None:
    """The folder is moved, never emptied."""
    if not files.ledger.exists():
        raise ValueError(f"there is no till in {files.folder}")
    if export_to is not None and export_to.resolve().is_relative_to(files.folder.resolve()):
        raise ValueError("the export must lie outside the folder that is moved aside")
    with _open(files) as till:
        if till.ledger.identity() is not None:
            report = till.link.secure_unsent(export_to)
            if report is not None:
                _say(f"{report.path}: {report.entries} entries that the hub does not have.")
    aside = _free_name(files.folder, SystemClock().now())
    files.folder.rename(aside)
    _say(f"This till begins anew. What it was is in {aside}.")


def _free_name(folder: Path, now: datetime) -> Path:
    aside = folder.with_name(f"{folder.name}.reset-{now:%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise ValueError(f"{aside} exists already")
    return aside


def _recover(files: TillFiles) -> None:
    report = rescue(files, SystemClock())
    _say(f"The ledger is whole again: {report.entries} entries, {report.from_hub} of them from the hub.")
    if report.recorded_again:
        _say(
            f"{report.recorded_again} entries were recorded again: what came before them is lost in the file"
            " and was never at the hub. Compare the receipts of that time."
        )
    if report.hub_trouble:
        _say(f"The hub could not be asked ({report.hub_trouble}); the till asks it when it is connected.")
    _say(f"The damaged file is kept in {report.damaged}.")


@contextmanager
def _open(files: TillFiles) -> Iterator[Till]:
    till = Till(files, DeviceSettings(), Listeners())
    try:
        yield till
    finally:
        till.close()


def _say(words: str) -> None:
    print(words, flush=True)
