"""Tells that something was plugged in or out; what it was, a search finds out."""

import contextlib
import logging
import selectors
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from serial.tools import list_ports

from hardware.errors import DeviceError
from hardware.optional_library import load_library
from hardware.transports import libusb

log = logging.getLogger(__name__)

POLL_S = 2.0
SETTLE_S = 0.5
"""One device makes many events, and its files get their permissions with the last of them."""
_SUBSYSTEMS = ("usb", "tty", "usbmisc", "input", "hidraw")
_UDEV_RUNS = Path("/run/udev/control")


class PlugEvents(Protocol):
    """Where the system tells of devices: udev on Linux."""

    def fileno(self) -> int: ...

    def take(self) -> bool:
        """Without waiting; whether there was an event that matters."""
        ...


class UdevEvents:
    def __init__(self, monitor: Any) -> None:
        """`monitor`: of pyudev, started."""
        self._monitor = monitor

    def fileno(self) -> int:
        return int(self._monitor.fileno())

    def take(self) -> bool:
        device = self._monitor.poll(timeout=0)
        return device is not None and device.action in ("add", "remove", "change", "bind", "unbind")


def udev_events() -> PlugEvents | None:
    """None where there is no udev: Windows, containers."""
    pyudev = load_library("pyudev")
    if pyudev is None or not _UDEV_RUNS.exists():
        return None
    try:
        monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        for subsystem in _SUBSYSTEMS:
            monitor.filter_by(subsystem)
        monitor.start()
    except Exception:  # of the library, of libudev behind it, or of the system
        log.info("udev does not tell of devices", exc_info=True)
        return None
    return UdevEvents(monitor)


def what_is_plugged_in() -> frozenset[str]:
    """Without opening any device."""
    seen = {f"{port.device} {port.hwid}" for port in list_ports.comports()}
    for folder, pattern in (("/dev/usb", "lp*"), ("/dev/input", "event*"), ("/dev", "hidraw*")):
        seen |= {str(path) for path in Path(folder).glob(pattern)}
    with contextlib.suppress(DeviceError):
        for device in libusb.usb_devices():
            seen.add(f"usb {device.bus}.{device.address} {device.idVendor:04x}:{device.idProduct:04x}")
    return frozenset(seen)


class PlugWatch:
    """Calls back, on a thread of its own, once for each change; by udev, or by looking every two seconds."""

    def __init__(
        self,
        on_change: Callable[[], None],
        *,
        events: Callable[[], PlugEvents | None] = udev_events,
        snapshot: Callable[[], frozenset[str]] = what_is_plugged_in,
        poll_s: float = POLL_S,
        settle_s: float = SETTLE_S,
    ) -> None:
        self._on_change = on_change
        self._open_events = events
        self._snapshot = snapshot
        self._poll_s = poll_s
        self._settle_s = settle_s
        self._thread: threading.Thread | None = None
        self._stop_writer: socket.socket | None = None

    def start(self) -> None:
        stop_reader, self._stop_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(stop_reader,), name="plug-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing is called back afterwards. It may be started again."""
        if self._stop_writer is not None:
            self._stop_writer.close()
            self._stop_writer = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, stop_reader: socket.socket) -> None:
        with stop_reader, selectors.DefaultSelector() as selector:
            selector.register(stop_reader, selectors.EVENT_READ)
            events = self._open_events()
            if events is None or not self._hears(selector, events):
                self._look_again_and_again(selector)

    def _hears(self, selector: selectors.BaseSelector, events: PlugEvents) -> bool:
        """Until it is stopped; False when the system's events fail."""
        selector.register(events.fileno(), selectors.EVENT_READ)
        try:
            self._listen(selector, events)
        except Exception:
            log.warning("the system tells of devices no more, they are looked for", exc_info=True)
            selector.unregister(events.fileno())
            return False
        return True

    def _listen(self, selector: selectors.BaseSelector, events: PlugEvents) -> None:
        has_changed = False
        while True:
            ready = selector.select(self._settle_s if has_changed else None)
            if any(isinstance(key.fileobj, socket.socket) for key, _ in ready):
                return
            if ready:
                has_changed = events.take() or has_changed
            elif has_changed:
                has_changed = False
                self._tell()

    def _look_again_and_again(self, selector: selectors.BaseSelector) -> None:
        before = self._look()
        while not selector.select(self._poll_s):
            now = self._look()
            if now != before:
                before = now
                self._tell()

    def _look(self) -> frozenset[str]:
        try:
            return self._snapshot()
        except Exception:
            log.warning("what is plugged in cannot be seen", exc_info=True)
            return frozenset()

    def _tell(self) -> None:
        try:
            self._on_change()
        except Exception:
            log.exception("what was to happen when a device was plugged in or out failed")
