"""Starts the shop: prepares the environment, then hands over to `till_app.demo`.

That runs the hub, loads the demo shop, pairs the till and opens its window; with no display it plays a
trading day off screen.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

import bootstrap_env
import system_libraries
from plain_errors import run_command

DEFAULT_HUB_PORT = 8765
DEFAULT_DEMO_DAY = bootstrap_env.CHECKOUT / "demo-day"

# Qt platforms that show nothing to anybody.
_UNSEEN_PLATFORMS = {"offscreen", "minimal", "minimalegl"}


def main() -> int:
    options = _parse_arguments()
    displays = _displays()
    demo_day = options.demo_day
    if demo_day is None and not displays:
        print(f"{_why_no_display()} The till plays a trading day off screen instead; its results go to")
        print(f"{DEFAULT_DEMO_DAY}", flush=True)
        demo_day = DEFAULT_DEMO_DAY
    python = bootstrap_env.prepare_environment()
    system_libraries.require_qt(python, ["offscreen"] if demo_day else displays)

    command = [str(python), "-m", "till_app.demo", "--port", str(options.port)]
    if options.data:
        command += ["--data", str(options.data)]
    if options.reset_demo:
        command += ["--reset-demo"]
    if options.theme:
        command += [f"--{options.theme}"]
    if options.no_devices:
        command += ["--no-devices"]
    if demo_day:
        command += ["--demo-day", str(demo_day)]
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return _become(command)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Start the hub, the demo shop and the till.")
    parser.add_argument(
        "--demo-day",
        type=_absolute,
        nargs="?",
        const=DEFAULT_DEMO_DAY,
        metavar="FOLDER",
        help="play a trading day off screen and write screenshots, receipts and totals there",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_HUB_PORT, help="the hub's port on this machine (%(default)s)"
    )
    parser.add_argument(
        "--data", type=_absolute, metavar="FOLDER", help="where hub and till keep their databases"
    )
    parser.add_argument(
        "--reset-demo", action="store_true", help="forget the demo shop's sales and begin anew"
    )
    parser.add_argument("--no-devices", action="store_true", help="leave the window of virtual devices out")
    theme = parser.add_mutually_exclusive_group()
    theme.add_argument("--light", dest="theme", action="store_const", const="light", help="bright colours")
    theme.add_argument("--dark", dest="theme", action="store_const", const="dark", help="dark colours")
    return parser.parse_args()


def _absolute(folder: str) -> Path:
    """As the caller's own folder has it: the till runs in the checkout."""
    return Path(folder).absolute()


def _become(command: list[str]) -> int:
    """Where the system can, this process turns into the till: signals and the exit code are the till's."""
    os.chdir(bootstrap_env.CHECKOUT)
    sys.stdout.flush()
    if sys.platform != "win32":
        os.execv(command[0], command)
    with subprocess.Popen(command) as till:
        while True:
            try:
                return till.wait()
            except KeyboardInterrupt:
                # The console gives Ctrl-C to the till as well; this process outlasts it for the exit code.
                continue


def _displays() -> list[str]:
    """Qt's names of the platforms that reach a person here; empty if there is none."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen in _UNSEEN_PLATFORMS:
        return []
    if sys.platform != "linux":
        return ["offscreen"]
    if chosen and chosen not in ("xcb", "wayland"):
        return ["offscreen"]  # linuxfb, vnc and the like: somebody arranged for it on purpose
    displays = []
    if os.environ.get("DISPLAY") and _x11_answers():
        displays.append("xcb")
    if os.environ.get("WAYLAND_DISPLAY") and _wayland_answers():
        displays.append("wayland")
    return displays


def _why_no_display() -> str:
    if os.environ.get("QT_QPA_PLATFORM"):
        return f"QT_QPA_PLATFORM={os.environ['QT_QPA_PLATFORM']} shows no window."
    named = [f"{name}={os.environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name)]
    if named:
        return f"The display does not answer ({' '.join(named)})."
    return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."


def _x11_answers() -> bool:
    """Without asking first, Qt would abort. With no X library to ask, Qt's check speaks up."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(answers)


def _wayland_answers() -> bool:
    path = os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ["WAYLAND_DISPLAY"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True


if __name__ == "__main__":
    run_command(main)
