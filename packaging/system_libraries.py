"""The shared libraries that Qt takes from the system on Linux: are they there, and what brings them."""

from __future__ import annotations

import contextlib
import ctypes
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import debian_packages
from bootstrap_env import ENVIRONMENT
from plain_errors import CannotGoOn

# The NEEDED entries of the PySide6 wheel's own libraries and of each platform's plugins, with the package of
# Debian 12 that holds them. (Renamed packages of later releases still answer to these names.)
_EVERYWHERE = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
_OF_PLATFORM: Mapping[str, Mapping[str, str]] = {
    "offscreen": {},
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb.so.1": "libxcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-glx.so.0": "libxcb-glx0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
        "libwayland-egl.so.1": "libwayland-egl1",
    },
}

# Run by the environment's Python: opens Qt for real, then loads each platform's plugin without a display.
_TRIAL = """
import ctypes, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
import PySide6
from PySide6.QtWidgets import QApplication
QApplication([])
for platform in sys.argv[1:]:
    ctypes.CDLL(os.path.join(PySide6.__path__[0], "Qt", "plugins", "platforms", "libq%s.so" % platform))
"""


def require_qt(python: Path, platforms: Sequence[str]) -> None:
    """Sees to it that Qt loads with these platforms (of offscreen, xcb, wayland). Raises CannotGoOn.

    Every run looks for the libraries by name, which takes milliseconds; Qt itself is opened once after each
    installation, and again when a library was missing.
    """
    if sys.platform == "linux":
        missing = _missing_libraries(platforms)
        if missing:
            packages = sorted(set(missing.values()))
            debian_packages.install_or_explain(
                packages, f"Qt needs system libraries that are not there: {', '.join(sorted(missing))}."
            )
            _try_qt(python, platforms)
    if not _tried_before(platforms).exists():
        _try_qt(python, platforms)
        # In a checkout that belongs to somebody else, Qt is tried each time.
        with contextlib.suppress(OSError):
            _tried_before(platforms).touch()


def _missing_libraries(platforms: Sequence[str]) -> dict[str, str]:
    """Library to Debian package, asked of the loader that Qt will go through."""
    wanted = dict(_EVERYWHERE)
    for platform in platforms:
        wanted.update(_OF_PLATFORM[platform])
    return {library: package for library, package in wanted.items() if not _loads(library)}


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _tried_before(platforms: Sequence[str]) -> Path:
    """Lies in the environment, so that it goes when the environment is made anew."""
    return ENVIRONMENT / f"qt-loads-{'-'.join(sorted(platforms))}"


def _try_qt(python: Path, platforms: Sequence[str]) -> None:
    plugins = list(platforms) if sys.platform == "linux" else []
    trial = subprocess.run([str(python), "-c", _TRIAL, *plugins], capture_output=True, text=True, check=False)
    if trial.returncode != 0:
        said = trial.stderr.strip().splitlines() or [f"it ended with code {trial.returncode}"]
        raise CannotGoOn(
            f"Qt is installed but does not load: {said[-1].rstrip('.')}. If a library is named, install the "
            "system package that holds it, then run this command again."
        )
