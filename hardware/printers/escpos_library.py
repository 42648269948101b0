"""python-escpos, imported when first needed and without what its import does to the process."""

import contextlib
import importlib
import logging
import os
import pickle
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType

_CACHE_VARIABLE = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_CACHED = "*.capabilities.pickle"
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
    """The library writes its cache in place, so that a second process would read half of it: each process
    gets a folder of its own, filled from the shared one, which is only ever replaced whole."""
    cache = _cache_folder()
    if cache is None:
        _import_quietly()
        return
    with tempfile.TemporaryDirectory(prefix="till-escpos-") as name:
        private = Path(name)
        for kept in cache.glob(_CACHED):
            with contextlib.suppress(OSError):
                shutil.copy2(kept, private)
        os.environ[_CACHE_VARIABLE] = name
        try:
            _import_quietly()
        except (EOFError, pickle.UnpicklingError):
            for damaged in private.glob(_CACHED):
                damaged.unlink()
            _import_quietly()
        finally:
            del os.environ[_CACHE_VARIABLE]
        for made in private.glob(_CACHED):
            _publish(made, cache)


def _publish(made: Path, cache: Path) -> None:
    """In one step: a reader finds the old file or the new. Without a cache the next start takes longer."""
    aside = cache / f"{made.name}.{os.getpid()}.new"
    with contextlib.suppress(OSError):
        shutil.copy2(made, aside)
        aside.replace(cache / made.name)


def _import_quietly() -> None:
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
