"""`python -m till_app.demo`: hub, demo shop and till on this machine, or a day that plays itself.

Qt and all that needs it is imported inside: --help and Ctrl-C do not wait for it.
"""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

DEFAULT_DATA = Path(".demo")
INTERRUPTED_EXIT_CODE = 130


def main() -> int:
    options = _arguments()
    signal.signal(signal.SIGTERM, _on_terminate)
    try:
        return _run(options)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT_CODE


def _on_terminate(_number: int, _frame: FrameType | None) -> None:
    """Ends as Ctrl-C does: whatever was started is stopped in order."""
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m till_app.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="the hub's port on this machine (%(default)s)")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="its databases (%(default)s)")
    parser.add_argument("--reset-demo", action="store_true", help="forget the demo shop and begin anew")
    parser.add_argument("--demo-day", type=Path, metavar="FOLDER", help="play a trading day off screen")
    parser.add_argument("--no-devices", action="store_true", help="leave the window of virtual devices out")
    parser.add_argument("--light", dest="theme", action="store_const", const="light", default="light")
    parser.add_argument("--dark", dest="theme", action="store_const", const="dark")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> int:
    from till_app.bootstrap import CANNOT_OPEN, why_not
    from till_app.demo.hub_process import HubFailed
    from till_app.services.errors import HubError

    try:
        if options.demo_day:
            from till_app.demo.trading_day import play_trading_day  # its simulated devices are for this only

            return play_trading_day(options.demo_day, options.theme)
        return _sell(options)
    except HubFailed as error:
        print(error, file=sys.stderr)
    except HubError as error:
        print(f"The till could not load the shop from its hub ({error.code}): {error}", file=sys.stderr)
    except CANNOT_OPEN as error:
        print(why_not(error), file=sys.stderr)
    return 1


def _sell(options: argparse.Namespace) -> int:
    """Until the window is closed."""
    from till_app.app import TillApplication, log_to_file
    from till_app.demo.shop import open_demo_shop, pin_hints, the_only_one_in
    from till_app.demo.virtual_devices.desk import VirtualDesk, memory_of, plugged_in, settings_without

    with the_only_one_in(options.data):
        log_to_file(options.data / "till" / "till.log")
        print("Starting the hub and the demo shop …", flush=True)
        shop = open_demo_shop(options.data, options.port, reset=options.reset_demo)
        try:
            if options.no_devices:
                devices = settings_without(shop.files)
                application = TillApplication(shop.files, devices, hints=pin_hints(), theme=options.theme)
                print(f"The till is open. The hub's page: {shop.hub.url}/", flush=True)
                return application.run()
            with plugged_in(shop.files) as virtual:
                application = TillApplication(shop.files, hints=pin_hints(), theme=options.theme)
                desk = VirtualDesk(application, virtual, memory_of(shop.files))
                print(f"The till is open. The hub's page: {shop.hub.url}/", flush=True)
                return application.run(desk.room_wanted_px, desk.show_first)
        finally:
            shop.hub.stop()


if __name__ == "__main__":
    sys.exit(main())
