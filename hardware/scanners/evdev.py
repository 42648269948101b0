"""A scanner that types as a keyboard does, read from its device file and kept from the desktop (Linux)."""

import contextlib
import logging
import os
import selectors
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from hardware.errors import DeviceClosed, DeviceNotPermitted, DeviceRefused, DeviceUnavailable
from hardware.scanners.frame import FrameSplitter, ScanFrame
from hardware.scanners.us_keyboard import Keyboard
from hardware.transports.base import Deadline, wait_for

log = logging.getLogger(__name__)

Grab = Callable[[int, bool], None]
"""Takes an open file for this program alone, or gives it back. Raises OSError."""

INPUT_EVENT = struct.Struct("llHHi")
"""`struct input_event` of <linux/input.h>: seconds, microseconds, type, code, value."""
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
KEY_UP, KEY_DOWN = 0, 1
_EVIOCGRAB = 0x40044590
"""_IOW('E', 0x90, int)"""
_EVENTS_AT_ONCE = 64
IDLE_S = 0.06


def grab(file: int, is_grabbed: bool) -> None:
    import fcntl

    fcntl.ioctl(file, _EVIOCGRAB, int(is_grabbed))


class InputDeviceFrames:
    """The frames of one input device: no key of it reaches a window while this is open."""

    def __init__(self, path: PurePath, grab: Grab = grab, idle_s: float = IDLE_S) -> None:
        """Raises DeviceUnavailable, DeviceNotPermitted, and DeviceRefused when another program has it."""
        if sys.platform == "win32":
            raise DeviceUnavailable("input devices are read on Linux only; use the scanner as a keyboard")
        self._grab = grab
        self._idle_s = idle_s
        self._rest = b""
        self._keyboard = Keyboard()
        self._splitter = FrameSplitter()
        self._is_damaged = False
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except PermissionError as error:
            raise DeviceNotPermitted(f"this user may not read {path}; is it in the group input?") from error
        except OSError as error:
            raise DeviceUnavailable(f"{path}: {error.strerror}") from error
        try:
            grab(self._file, True)
        except OSError as error:
            os.close(self._file)
            raise DeviceRefused(f"{path}: another program has taken it ({error.strerror})") from error

    def frames(self) -> list[ScanFrame]:
        data = self._read()
        if not data:
            ended = self._whole(self._splitter.silence())
            self._is_damaged = False
            return ended
        frames: list[ScanFrame] = []
        events = self._rest + data
        whole = len(events) - len(events) % INPUT_EVENT.size
        self._rest = events[whole:]
        for seconds, microseconds, kind, code, value in INPUT_EVENT.iter_unpack(events[:whole]):
            if kind == EV_SYN and code == SYN_DROPPED:
                self._lose()
            elif kind == EV_KEY and value in (KEY_UP, KEY_DOWN):
                typed = self._keyboard.key(code, value == KEY_DOWN)
                at = seconds + microseconds / 1_000_000
                frames += self._whole(self._splitter.feed(typed.encode(), at))
        now_s = time.monotonic()  # the events have the time of another clock
        return [replace(frame, received_at_monotonic=now_s) for frame in frames]

    def close(self) -> None:
        with contextlib.suppress(OSError):  # unplugged: there is nothing to give back
            self._grab(self._file, False)
        os.close(self._file)

    def _read(self) -> bytes:
        if not wait_for(self._file, selectors.EVENT_READ, Deadline(self._idle_s)):
            return b""
        try:
            data = os.read(self._file, _EVENTS_AT_ONCE * INPUT_EVENT.size)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceClosed(f"the input device went away: {error.strerror}") from error
        if not data:
            raise DeviceClosed("the input device is gone")
        return data

    def _lose(self) -> None:
        """The kernel had no room for all keys: half a code must not be taken for a whole one."""
        log.warning("keys of a scanner were lost: what was being scanned is dropped")
        self._splitter.forget()
        self._keyboard.release_all()
        self._is_damaged = True

    def _whole(self, frames: list[ScanFrame]) -> list[ScanFrame]:
        """Without the rest of a scan whose beginning was lost."""
        if frames and self._is_damaged:
            self._is_damaged = False
            return frames[1:]
        return frames
