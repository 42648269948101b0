"""Exceptions that nobody caught, in a slot or a thread: logged in full, and told to the window."""

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from till_app.ui.bridge import Bridge

_log = logging.getLogger(__name__)

_ExceptHook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


class FailureHook:
    """Stands in for Python's own hooks between `install` and `remove`."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._before: _ExceptHook | None = None
        self._threads_before: Callable[[threading.ExceptHookArgs], object] | None = None

    def install(self) -> None:
        self._before, sys.excepthook = sys.excepthook, self.on_exception
        self._threads_before, threading.excepthook = threading.excepthook, self._on_thread_exception

    def remove(self) -> None:
        if self._before is not None and self._threads_before is not None:
            sys.excepthook = self._before
            threading.excepthook = self._threads_before
            self._before = self._threads_before = None

    def on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.critical("unexpected: %s: %s", kind.__name__, error, exc_info=(kind, error, trace))
        self._bridge.report_failure(f"{kind.__name__}: {error}")

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.on_exception(args.exc_type, args.exc_value, args.exc_traceback)
