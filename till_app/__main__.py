"""`python -m till_app`: the till of a shop, paired with its hub."""

import argparse
import sys
from pathlib import Path

import msgspec

from till_app.app import TillApplication, log_to_file
from till_app.bootstrap import Listeners, Till
from till_app.devices.settings import DeviceSettings, SettingsInvalid, load_settings
from till_app.services.errors import HubError
from till_app.services.ports import CatalogueUnavailable, LedgerUnavailable
from till_app.store.ledger_schema import LedgerDamaged, LedgerInUse, LedgerTooNew
from till_app.store.sqlite_engine import SqliteTooOld
from till_app.till_files import TillFiles, default_folder

CANNOT_OPEN = (
    CatalogueUnavailable,
    LedgerDamaged,
    LedgerInUse,
    LedgerTooNew,
    LedgerUnavailable,
    SqliteTooOld,
    msgspec.MsgspecError,
)
"""Why a till's files could not be opened; each message is for a person."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m till_app", description="The till.")
    parser.add_argument("--data", type=Path, default=default_folder(), help="its folder (%(default)s)")
    parser.add_argument(
        "--pair", nargs=2, metavar=("HUB_URL", "CODE"), help="pair with a hub and load its shop"
    )
    parser.add_argument("--name", default="Till", help="this till's name at the hub, when pairing")
    parser.add_argument("--theme", choices=("light", "dark", "system"), default="light")
    parser.add_argument("--scale", type=float, choices=(1.0, 1.25, 1.5), default=1.0)
    options = parser.parse_args()
    files = TillFiles(options.data)
    log_to_file(files.log)
    try:
        devices = load_settings(files.devices)
    except SettingsInvalid as error:
        print(f"{error}. The till starts without devices; mend the file and start again.", file=sys.stderr)
        devices = DeviceSettings()
    try:
        if options.pair:
            hub_url, code = options.pair
            _pair(files, hub_url, code, options.name)
        return TillApplication(files, devices, theme=options.theme, scale=options.scale).run()
    except HubError as error:
        print(f"Pairing failed ({error.code}): {error}. Ask the hub for a fresh code.", file=sys.stderr)
    except CANNOT_OPEN as error:
        print(error, file=sys.stderr)
    return 1


def _pair(files: TillFiles, hub_url: str, code: str, name: str) -> None:
    till = Till(files, DeviceSettings(), Listeners())
    try:
        till.pair(hub_url, code, name)
        till.load_catalogue()
    finally:
        till.close()


if __name__ == "__main__":
    sys.exit(main())
