"""Whether this user may open a device file, and what an installer does about it."""

import os
import sys
from pathlib import Path


def may_be_opened(path: str) -> bool:
    """True where it is not known, as on Windows."""
    if sys.platform == "win32" or not os.path.exists(path):
        return True
    return os.access(path, os.R_OK | os.W_OK)


def permission_hint(path: str) -> str:
    """One sentence, with the command that helps on Linux."""
    words = f"this user may not open {path}"
    if sys.platform == "win32":
        return words
    try:
        group = Path(path).group()
    except (OSError, KeyError):
        return words
    if group == "root":
        return words
    return f"{words}: it belongs to the group {group} (sudo usermod -aG {group} $USER, then log in anew)"
