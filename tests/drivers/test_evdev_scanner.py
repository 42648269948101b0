"""Scanners read from /dev/input: keys of a US keyboard become frames, and reach nobody else meanwhile."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Linux reads input devices", allow_module_level=True)

from hardware.errors import DeviceClosed, DeviceRefused, DeviceUnavailable
from hardware.scanners.evdev import EV_SYN, INPUT_EVENT, SYN_DROPPED, InputDeviceFrames
from hardware.simulated.scanners import key_events
from tests.conftest import ExpectedLogs

EAN = "5000128104517"
GS1 = "]d20105000128104517" + "10aB-7\x1d" + "17261231"


class Grabs:
    """Notes who was grabbed, as the kernel does."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def __call__(self, file: int, is_grabbed: bool) -> None:
        os.fstat(file)
        self.asked.append(is_grabbed)


class InputDevice:
    """A FIFO that stands where /dev/input/event3 would, opened as the scanner's own end."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "event3"
        os.mkfifo(self.path)
        self._file = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        self.grabs = Grabs()
        self.source = InputDeviceFrames(self.path, self.grabs, idle_s=0.001)

    def send(self, data: bytes) -> None:
        os.write(self._file, data)

    def texts(self, reads: int = 1) -> list[str]:
        return [frame.text for _ in range(reads) for frame in self.source.frames()]

    def unplug(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@pytest.fixture
def device(tmp_path: Path) -> Iterator[InputDevice]:
    opened = InputDevice(tmp_path)
    yield opened
    opened.source.close()
    opened.unplug()


@pytest.mark.parametrize("end", ["\r", "\t"])
def test_keys_and_an_end_are_a_scan(device: InputDevice, end: str) -> None:
    device.send(key_events(EAN + end + "50184323" + end))
    assert device.texts(4) == [EAN, "50184323"]


def test_every_character_of_a_us_keyboard_and_the_group_separator_survive(device: InputDevice) -> None:
    printable = "".join(chr(code) for code in range(32, 127))
    for text in (printable[:48], printable[48:], GS1):
        device.send(key_events(text + "\r"))
        assert device.texts(8) == [text]


def test_stx_and_etx_frame_a_scan_and_are_no_part_of_it(device: InputDevice) -> None:
    device.send(key_events(f"\x02{EAN}\x03\r"))
    assert device.texts(2) == [EAN]


def test_the_keypad_types_the_same_digits(device: InputDevice) -> None:
    for code in (79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 96):
        device.send(INPUT_EVENT.pack(1, 0, 1, code, 1) + INPUT_EVENT.pack(1, 0, 1, code, 0))
    assert device.texts() == ["1234567890"]


def test_a_held_key_and_caps_lock_type_nothing_more(device: InputDevice) -> None:
    caps_lock = INPUT_EVENT.pack(1, 0, 1, 58, 1) + INPUT_EVENT.pack(1, 0, 1, 58, 0)
    repeated = INPUT_EVENT.pack(1, 0, 1, 2, 2)
    device.send(caps_lock + key_events("a1") + repeated + key_events("\r"))
    assert device.texts() == ["a1"]


def test_a_scan_is_the_same_wherever_its_bytes_are_split(device: InputDevice) -> None:
    events = key_events("aB\x1d7\r")
    for cut in range(len(events) + 1):
        device.send(events[:cut])
        texts = device.texts() if cut else []
        device.send(events[cut:])
        assert texts + (device.texts() if cut < len(events) else []) == ["aB\x1d7"]


def test_without_an_end_silence_ends_the_scan(device: InputDevice) -> None:
    device.send(key_events(EAN))
    assert device.texts() == []
    assert device.texts() == [EAN]


def test_the_longest_pause_between_two_keys_is_told(device: InputDevice) -> None:
    device.send(key_events("500", at_s=10.0, gap_s=0.004) + key_events("7\r", at_s=10.026, gap_s=0.002))
    (frame,) = device.source.frames()
    assert (frame.text, frame.gap_ms) == ("5007", 18)


def test_the_device_is_taken_while_it_is_open_and_given_back_at_the_end(tmp_path: Path) -> None:
    device = InputDevice(tmp_path)
    assert device.grabs.asked == [True]
    device.source.close()
    device.unplug()
    assert device.grabs.asked == [True, False]


def test_a_device_that_another_program_has_taken_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "event3"
    os.mkfifo(path)

    def taken(file: int, is_grabbed: bool) -> None:
        raise OSError(16, "Device or resource busy")

    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(DeviceRefused, match="busy"):
        InputDeviceFrames(path, taken)
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_unplugged_device_is_gone_and_a_missing_one_unavailable(
    device: InputDevice, tmp_path: Path
) -> None:
    device.send(key_events("50001"))
    assert device.texts() == []
    device.unplug()
    with pytest.raises(DeviceClosed):
        device.source.frames()
    with pytest.raises(DeviceUnavailable):
        InputDeviceFrames(tmp_path / "event4", Grabs())


def test_a_scan_of_which_the_kernel_lost_keys_is_dropped_and_the_next_is_whole(
    device: InputDevice, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("keys of a scanner were lost")
    dropped = INPUT_EVENT.pack(1, 0, EV_SYN, SYN_DROPPED, 0)
    device.send(key_events("50001") + dropped + key_events("4517\r" + EAN + "\r"))
    assert device.texts(2) == [EAN]


def test_after_lost_keys_and_a_pause_the_next_scan_counts(
    device: InputDevice, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("keys of a scanner were lost")
    device.send(key_events("50001") + INPUT_EVENT.pack(1, 0, EV_SYN, SYN_DROPPED, 0))
    assert device.texts(2) == []
    device.send(key_events(EAN + "\r"))
    assert device.texts(1) == [EAN]
