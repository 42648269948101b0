"""`python -m till_app`: the till of a shop, paired with its hub.

Qt and all that needs it is imported inside: --help and Ctrl-C do not wait for it.
"""

import argparse
import sys
from pathlib import Path

from till_app.till_files import TillFiles, default_folder

INTERRUPTED_EXIT_CODE = 130


def main() -> int:
    options = _arguments()
    try:
        return _run(options)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT_CODE


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m till_app", description="The till.")
    parser.add_argument("--data", type=Path, default=default_folder(), help="its folder (%(default)s)")
    parser.add_argument(
        "--pair", nargs=2, metavar=("HUB_URL", "CODE"), help="pair with a hub and load its shop"
    )
    parser.add_argument("--name", default="Till", help="this till's name at the hub, when pairing")
    parser.add_argument("--theme", choices=("light", "dark", "system"), default="light")
    parser.add_argument("--scale", type=float, choices=(1.0, 1.25, 1.5), default=1.0)
    return parser.parse_args()


def _run(options: argparse.Namespace) -> int:
    from till_app.app import TillApplication, log_to_file
    from till_app.bootstrap import CANNOT_OPEN, why_not
    from till_app.services.errors import HubError

    files = TillFiles(options.data)
    try:
        log_to_file(files.log)
        if options.pair:
            hub_url, code = options.pair
            _pair(files, hub_url, code, options.name)
        return TillApplication(files, theme=options.theme, scale=options.scale).run()
    except HubError as error:
        print(f"Pairing failed ({error.code}): {error}. Ask the hub for a fresh code.", file=sys.stderr)
    except CANNOT_OPEN as error:
        print(why_not(error), file=sys.stderr)
    return 1


def _pair(files: TillFiles, hub_url: str, code: str, name: str) -> None:
    from till_app.bootstrap import Listeners, Till
    from till_app.devices.settings import DeviceSettings

    till = Till(files, DeviceSettings(), Listeners())
    try:
        till.pair(hub_url, code, name)
        till.load_catalogue()
    finally:
        till.close()


if __name__ == "__main__":
    sys.exit(main())
