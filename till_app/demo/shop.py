"""The demo shop: its hub filled and started, its till paired and loaded, its PINs for the sign-on screen."""

import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

from till_app.bootstrap import Listeners, Till
from till_app.demo.hub_process import HubProcess
from till_app.devices.settings import DeviceSettings
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


def open_demo_shop(folder: Path, port: int, *, reset: bool = False) -> DemoShop:
    """Make what is missing; the second time there is nothing to do but start the hub.

    Raises HubFailed, HubError and the errors of `Till`.
    """
    if reset and folder.exists():
        shutil.rmtree(folder)
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
