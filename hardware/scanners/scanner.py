"""What all scanners share: a thread of their own that reads frames and opens the device again and again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from hardware.errors import DeviceError
from hardware.scanners.frame import ScanFrame

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0


class FrameSource(Protocol):
    """An open scanner, for one thread."""

    def frames(self) -> list[ScanFrame]:
        """What was scanned, oldest first; empty when nothing was for a short while. Raises DeviceError."""
        ...

    def close(self) -> None: ...


class Scanner(Protocol):
    """A scanner of any kind, as the till or the bench holds it."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """Ends within a second; nothing is called back afterwards."""
        ...


def ignore_connection(_is_connected: bool) -> None:
    """For those who do not ask."""


def ignore_error(_error: DeviceError) -> None:
    """For those who do not ask."""


class FrameScanner:
    """Implements Scanner over whatever can be opened as a FrameSource."""

    def __init__(
        self,
        open_source: Callable[[], FrameSource],
        on_frame: Callable[[ScanFrame], None],
        on_connected: Callable[[bool], None] = ignore_connection,
        on_error: Callable[[DeviceError], None] = ignore_error,
        *,
        name: str = "",
        first_retry_s: float = FIRST_RETRY_S,
    ) -> None:
        """All three callbacks come from the scanner's thread.

        `on_connected` when the device opens or is lost, `on_error` before that with the reason and at each
        try that failed. `name` becomes the source of its frames.
        """
        self._open_source = open_source
        self._on_frame = on_frame
        self._on_connected = on_connected
        self._on_error = on_error
        self._name = name
        self._first_retry_s = self._retry_s = first_retry_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name or "scanner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends within a second; nothing is called back afterwards."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                source = self._open_source()
            except DeviceError as error:
                log.debug("the scanner cannot be opened, next try in %s s: %s", self._retry_s, error)
                self._tell(self._on_error, error)
            except Exception:
                log.exception("the scanner's driver failed while it opened the device")
            else:
                self._tell(self._on_connected, True)
                self._read_until_it_fails(source)
                self._tell(self._on_connected, False)
            self.pause(self._retry_s)
            self._retry_s = min(LONGEST_RETRY_S, 2 * self._retry_s)

    def pause(self, seconds: float) -> None:
        """Before the next try; shorter when the scanner is stopped."""
        self._stopping.wait(seconds)

    def _read_until_it_fails(self, source: FrameSource) -> None:
        """A fault of the driver costs a scan, not the scanning of the day."""
        try:
            while not self._stopping.is_set():
                frames = source.frames()
                self._retry_s = self._first_retry_s
                for frame in frames:
                    self._tell(self._on_frame, replace(frame, source=self._name))
        except DeviceError as error:
            log.info("the scanner went away: %s", error)
            self._tell(self._on_error, error)
        except Exception:
            log.exception("the scanner's driver failed")
        finally:
            source.close()

    def _tell(self, callback: Callable[[T], None], value: T) -> None:
        """A fault in what is done with a scan must not end the scanning."""
        try:
            callback(value)
        except Exception:
            log.exception("what was to happen on a scanner's event failed")
