"""Writes requirements.lock anew from pyproject.toml: each package with its hashes, for Linux and Windows.

Needs `uv` on the PATH. The index that uv asks leaves no trace in the file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bootstrap_env import CHECKOUT, LOCK_FILE
from plain_errors import OLDEST_PYTHON, CannotGoOn, run_command

_COMPILE = (
    *(
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--python-version",
        ".".join(map(str, OLDEST_PYTHON)),
    ),
    *("--all-extras", "--generate-hashes", "--no-annotate", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links", "--quiet"),
)
_PIN = re.compile(r"[a-z0-9][a-z0-9._-]*==\S+(?: ; .+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def main() -> int:
    uv = shutil.which("uv")
    if uv is None:
        raise CannotGoOn("uv is not on the PATH. Install it (pip install uv), then run this command again.")
    before = LOCK_FILE.read_text(encoding="utf-8") if LOCK_FILE.exists() else ""
    with tempfile.TemporaryDirectory(dir=CHECKOUT, prefix=".lock-") as folder:
        fresh = Path(folder) / LOCK_FILE.name
        # uv keeps what the old lock says unless the new constraints forbid it.
        fresh.write_text(before, encoding="utf-8")
        compiled = subprocess.run(
            [uv, *_COMPILE, "--output-file", str(fresh)],
            check=False,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
        )
        if compiled.returncode != 0:
            raise CannotGoOn(
                f"uv could not resolve the packages; the lock is unchanged:\n\n{compiled.stderr.strip()}"
            )
        require_nothing_but_pins(fresh.read_text(encoding="utf-8"))
        os.replace(fresh, LOCK_FILE)
    changed = "is unchanged" if LOCK_FILE.read_text(encoding="utf-8") == before else "was written anew"
    print(f"{LOCK_FILE.name} {changed}.")
    return 0


def require_nothing_but_pins(lock: str) -> None:
    """Every line is a pinned package or one of its hashes: no address of an index, no path."""
    for number, line in enumerate(lock.splitlines(), start=1):
        if not _PIN.fullmatch(line) and not _HASH.fullmatch(line):
            raise CannotGoOn(f"Line {number} of the new lock is neither a pinned package nor a hash: {line}")


if __name__ == "__main__":
    run_command(main)
