"""The demo shop: its hub filled and started, its till paired and loaded, its PINs for the sign-on screen."""

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from till_app.bootstrap import Listeners, Till
from till_app.demo.hub_process import HubFailed, HubProcess
from till_app.services.device_settings import DeviceSettings
from till_app.store.instance_lock import AlreadyLocked, InstanceLock
from till_app.till_files import TillFiles
from till_app.ui.screens.sign_on import PinHint
from till_app.ui.theme.resource_files import resource_path

TILL_NAME = "Till 1"
_LOADED_MARK = "demo-loaded"


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A hub that answers and a till that is paired with it and has its catalogue."""

    hub: HubProcess
    files: TillFiles


@contextmanager
def the_only_one_in(folder: Path) -> Iterator[None]:
    """No other demo shop runs there, whatever its port. Raises HubFailed."""
    with _locked(folder / "demo.lock", folder):
        yield


@contextmanager
def _locked(lock_file: Path, folder: Path) -> Iterator[None]:
    try:
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        lock = InstanceLock(lock_file)
    except AlreadyLocked as error:
        raise HubFailed(
            f"The demo shop in {folder.absolute()} is open already: close its window first, or choose another"
            " folder with --data."
        ) from error
    except OSError as error:
        raise HubFailed(
            f"{folder.absolute()} cannot be used: {error.strerror}. Choose another folder with --data."
        ) from error
    try:
        yield
    finally:
        lock.release()


def open_demo_shop(folder: Path, port: int, *, reset: bool = False) -> DemoShop:
    """Make what is missing; the second time there is nothing to do but start the hub.

    Raises HubFailed, HubError and the errors of `Till`.
    """
    if reset:
        forget(folder)
    hub_folder = folder / "hub"
    hub_folder.mkdir(parents=True, exist_ok=True)
    hub = HubProcess(hub_folder / "hub.sqlite", port)
    mark = hub_folder / _LOADED_MARK
    if not mark.exists():
        hub.import_folder(resource_path("demo"))
        mark.touch()
    hub.start()
    files = TillFiles(folder / "till")
    try:
        _pair_and_load(files, hub)
    except BaseException:
        hub.stop()
        raise
    return DemoShop(hub, files)


def forget(folder: Path) -> None:
    """Only what the demo shop made itself: the folder may be one that holds other things too. What an
    installer set up, and the log, which is open, stay. Raises HubFailed while a till is open there."""
    files = TillFiles(folder / "till")
    with _locked(files.ledger_lock, folder):
        shutil.rmtree(folder / "hub", ignore_errors=True)
        for database in (files.ledger, files.catalogue):
            for end in ("", "-wal", "-shm"):
                database.with_name(database.name + end).unlink(missing_ok=True)
        files.pairing.unlink(missing_ok=True)


def _pair_and_load(files: TillFiles, hub: HubProcess) -> None:
    till = Till(files, DeviceSettings(), Listeners())
    try:
        if till.pairing is None or till.ledger.identity() is None:
            till.pair(hub.url, hub.pairing_code(), TILL_NAME)
        elif till.pairing.hub_url != hub.url:
            till.move_hub(hub.url)
        till.load_catalogue()
    finally:
        till.close()


def pin_hints() -> tuple[PinHint, ...]:
    """The demo's PINs, as its staff file has them."""
    with (resource_path("demo") / "staff.csv").open(encoding="utf-8", newline="") as file:
        return tuple(PinHint(row["staff_code"], row["pin"]) for row in csv.DictReader(file))
