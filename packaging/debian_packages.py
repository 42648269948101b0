"""Missing Debian packages: installed as root on Debian, otherwise named in the exact line to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from plain_errors import CannotGoOn


def install_or_explain(packages: Sequence[str], reason: str) -> None:
    """Raises CannotGoOn with `reason` and the line to run where packages cannot be installed from here."""
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if not _is_debian():
        raise CannotGoOn(
            f"{reason} Install what is missing with your system's package manager, then run this command "
            f"again. The packages' names on Debian and Ubuntu: {' '.join(packages)}"
        )
    if not _is_root():
        raise CannotGoOn(f"{reason} Run this line, then this command again:\n\n    sudo {' '.join(install)}")
    print(f"{reason} Installing: {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A fresh system has no package lists yet, and old lists name packages that are gone.
    for command in (["apt-get", "update"], install):
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise CannotGoOn(
            f"{reason} Installing it failed:\n\n{_last_lines(finished.stdout + finished.stderr)}\n\n"
            f"Run this line yourself, then this command again:\n\n    {' '.join(install)}"
        )


def _is_debian() -> bool:
    """Ubuntu and the other descendants included."""
    return os.path.exists("/etc/debian_version") and shutil.which("apt-get") is not None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _last_lines(output: str) -> str:
    return "\n".join("    " + line for line in output.strip().splitlines()[-5:])
