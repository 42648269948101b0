"""`python -m till_app.demo`: hub, demo shop and till on this machine, or a day that plays itself."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from till_app.__main__ import CANNOT_OPEN
from till_app.app import TillApplication, log_to_file
from till_app.demo.hub_process import HubFailed
from till_app.demo.shop import DemoShop, open_demo_shop, pin_hints
from till_app.devices.settings import DeviceSettings, SettingsInvalid, load_settings
from till_app.services.errors import HubError

DEFAULT_DATA = Path(".demo")


def main() -> int:
    options = _arguments()
    signal.signal(signal.SIGTERM, _on_terminate)
    try:
        if options.demo_day:
            from till_app.demo.trading_day import play_trading_day  # its simulated devices are for this only

            return play_trading_day(options.demo_day, options.theme)
        log_to_file(options.data / "till" / "till.log")
        print("Starting the hub and loading the demo shop …", flush=True)
        shop = open_demo_shop(options.data, options.port, reset=options.reset_demo)
        try:
            return _open_window(shop, options.theme)
        finally:
            shop.hub.stop()
    except HubFailed as error:
        print(error, file=sys.stderr)
    except HubError as error:
        print(f"The till could not load the shop from its hub ({error.code}): {error}", file=sys.stderr)
    except CANNOT_OPEN as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _on_terminate(_number: int, _frame: FrameType | None) -> None:
    """Ends as Ctrl-C does: whatever was started is stopped in order."""
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m till_app.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="the hub's port on this machine (%(default)s)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="its databases (%(default)s)")
    parser.add_argument("--reset-demo", action="store_true", help="forget the demo shop and begin anew")
    parser.add_argument("--demo-day", type=Path, metavar="FOLDER", help="play a trading day off screen")
    parser.add_argument("--light", dest="theme", action="store_const", const="light", default="light")
    parser.add_argument("--dark", dest="theme", action="store_const", const="dark")
    return parser.parse_args()


def _open_window(shop: DemoShop, theme: str) -> int:
    try:
        devices = load_settings(shop.files.devices)
    except SettingsInvalid as error:
        print(f"{error}. The till starts without devices.", file=sys.stderr)
        devices = DeviceSettings()
    application = TillApplication(shop.files, devices, hints=pin_hints(), theme=theme)
    print(f"The till is open. The hub's page: {shop.hub.url}/", flush=True)
    return application.run()


if __name__ == "__main__":
    sys.exit(main())
