"""python-escpos, imported when first needed and without what its import does to the process."""

import importlib
import logging
import os
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType

_CACHE_VARIABLE = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_import_lock = threading.Lock()


def escpos_module(name: str) -> ModuleType:
    """A module of python-escpos, such as `escpos.printer`; the first call takes some 0.3 s.

    WORKAROUND for `escpos.capabilities` 3.1: it parses its printers as YAML on each start unless told where
    to keep the result, and puts a handler on the root logger unless that has one.
    """
    with _import_lock:
        if "escpos.capabilities" not in sys.modules:
            _import_capabilities()
    return importlib.import_module(name)


def _import_capabilities() -> None:
    cache = _cache_folder()
    if cache is not None:
        os.environ[_CACHE_VARIABLE] = str(cache)
    placeholder = logging.NullHandler()
    root = logging.getLogger()
    root.addHandler(placeholder)
    try:
        importlib.import_module("escpos.capabilities")
    finally:
        root.removeHandler(placeholder)


def _cache_folder() -> Path | None:
    """This user's own; None if it was chosen already or cannot be made."""
    if os.environ.get(_CACHE_VARIABLE):
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir())
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "till-hardware"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder
