"""HID-POS: a code is whole however many reports it takes, and lies where the device's descriptor says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import DeviceClosed, DeviceUnavailable
from hardware.scanners import hid_pos
from hardware.scanners.frame import LONGEST_FRAME_BYTES, ScanFrame
from hardware.scanners.hid_pos import LONGEST_PAUSE_S, HidPosFrames, open_hid_pos
from hardware.scanners.hid_report import STANDARD_LAYOUT, HidPosLayout, HidPosReader, layout_of
from hardware.simulated.scanners import SimulatedHidScanner, hid_reports
from tests.conftest import ExpectedLogs

EAN = b"5000128104517"
STANDARD_DESCRIPTOR = bytes.fromhex(
    "058c 0902 a101 0912 a102 8502 1500 26ff00 7508 9501 0501 093b 8102 058c 9503 09fb 09fc 09fd 8102"
    "9538 09fe 820201 0666ff 9502 0904 0900 8102 058c 2501 7501 9508 09ff 8102 c0"
    "0914 a102 8504 1500 2501 7501 9508 0900 9102 c0 c0"
)
"""As a Honeywell scanner has it: number, byte count, identifier, 56 bytes, two of the maker, flags; and a
report that is written to it."""
UNNUMBERED_DESCRIPTOR = bytes.fromhex(
    "058c 0902 a101 1500 26ff00 7508 9502 0600ff 0901 8102 058c 19fb 29fd 9503 8102 9508 09fe 8102"
    "2501 7501 9501 09ff 8102 7507 8103 c0"
)
"""No number, no byte count, two bytes of the maker first, then identifier, 8 bytes and a flag."""


def frames_of(layout: HidPosLayout, *reports: bytes) -> list[str]:
    reader = HidPosReader(layout)
    frames = [reader.feed(report, 1.0) for report in reports]
    return [frame.text for frame in frames if frame is not None]


def test_a_report_is_a_scan_with_its_identifier() -> None:
    report = bytes((2, 13)) + b"]E0" + EAN
    frame = HidPosReader().feed(report.ljust(64, b"\0"), 7.0)
    assert frame == ScanFrame("]E05000128104517", EAN, 7.0)
    assert frame.aim == "]E0"


def test_the_standard_layout_is_what_a_usual_descriptor_says() -> None:
    assert layout_of(STANDARD_DESCRIPTOR) == STANDARD_LAYOUT


def test_another_layout_is_found_by_its_descriptor() -> None:
    layout = layout_of(UNNUMBERED_DESCRIPTOR)
    assert layout == HidPosLayout(0, None, (2, 3, 4), 5, 8, 13 * 8)
    assert frames_of(layout, *hid_reports(EAN, b"]E0", layout)) == ["]E05000128104517"]


@pytest.mark.parametrize("descriptor", [b"", bytes.fromhex("05010906a101c0"), b"\xfe\x05", b"\x27"])
def test_a_descriptor_of_something_else_has_no_layout(descriptor: bytes) -> None:
    assert layout_of(descriptor) is None


@given(st.binary(max_size=80))
def test_no_descriptor_whatever_raises(descriptor: bytes) -> None:
    layout_of(descriptor)


@given(
    st.binary(min_size=1, max_size=300).filter(lambda data: data[0] > 32 and data[-1] > 32 and 0 not in data)
)
def test_a_code_of_any_length_comes_back_whole_in_either_layout(data: bytes) -> None:
    for descriptor in (STANDARD_DESCRIPTOR, UNNUMBERED_DESCRIPTOR):
        layout = layout_of(descriptor)
        assert layout is not None
        reader = HidPosReader(layout)
        frames = [
            frame for report in hid_reports(data, b"]Q1", layout) if (frame := reader.feed(report, 0.0))
        ]
        assert [frame.raw for frame in frames] == [data]


@pytest.mark.parametrize("length", [55, 56, 57, 112, 113])
def test_a_code_that_fills_its_reports_just_so_ends_where_it_ends(length: int) -> None:
    data = b"7" * length
    assert frames_of(STANDARD_LAYOUT, *hid_reports(data, b"]C0"), *hid_reports(EAN)) == [
        "]C0" + data.decode(),
        "]E05000128104517",
    ]


@pytest.mark.parametrize(
    ("data", "identifier", "text"),
    [
        (EAN + b"\r", b"]E0", "]E05000128104517"),
        (b"\x02" + EAN + b"\x03\r\n", b"]E0", "]E05000128104517"),
        (b"]E0" + EAN, b"]E0", "]E05000128104517"),
        (EAN, b"E0", "]E05000128104517"),
        (EAN, b"\0\0\0", "5000128104517"),
        (EAN, b"???", "5000128104517"),
        (b"0105000128104517" + b"10A\x1d" + b"17261231", b"]d2", "]d2010500012810451710A\x1d17261231"),
        ("Müsli".encode(), b"]Q1", "]Q1Müsli"),
    ],
)
def test_what_stands_around_a_code_is_no_part_of_it(data: bytes, identifier: bytes, text: str) -> None:
    assert frames_of(STANDARD_LAYOUT, *hid_reports(data, identifier)) == [text]


def test_a_report_of_something_else_is_passed_over() -> None:
    (report,) = hid_reports(EAN)
    assert frames_of(STANDARD_LAYOUT, b"\x03\x01", b"", report, b"\x04" + b"\xff" * 63) == [
        "]E05000128104517"
    ]


def test_a_device_that_never_ends_a_code_does_not_fill_the_memory() -> None:
    reader = HidPosReader()
    first, *_rest = hid_reports(b"7" * 100)
    lengths = [len(frame.raw) for _ in range(300) if (frame := reader.feed(first, 0.0))]
    assert lengths
    assert max(lengths) <= LONGEST_FRAME_BYTES + 56


# ---------------------------------------------------------------------------------------------- device


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_scans_come_from_the_device_in_order() -> None:
    device = SimulatedHidScanner(STANDARD_DESCRIPTOR)
    source = HidPosFrames(device, wait_ms=1)
    device.scan(EAN)
    device.scan(b"7" * 60, b"]C0")
    texts = [frame.text for _ in range(4) for frame in source.frames()]
    assert texts == ["]E05000128104517", "]C0" + "7" * 60]
    source.close()
    assert device.is_closed


def test_the_beginning_of_a_code_whose_rest_never_comes_is_dropped(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the rest of a scan did not come")
    clock, device = Clock(), SimulatedHidScanner()
    source = HidPosFrames(device, clock, wait_ms=1)
    device.send_report(next(hid_reports(b"7" * 60)))
    assert source.frames() == []
    clock.now_s += LONGEST_PAUSE_S + 0.1
    device.scan(EAN)
    assert [frame.raw for frame in source.frames()] == [EAN]


def test_an_unplugged_device_is_told_from_a_quiet_one() -> None:
    device = SimulatedHidScanner()
    source = HidPosFrames(device, wait_ms=1)
    assert source.frames() == []
    device.unplug()
    with pytest.raises(DeviceClosed):
        source.frames()


class Library:
    """Stands where the library is: two interfaces of one scanner, the second of them HID-POS."""

    def __init__(self, device: SimulatedHidScanner | None = None) -> None:
        self._device = device
        self.opened: list[bytes] = []
        self.sent: list[bytes] = []

    def enumerate(self, vendor_id: int, product_id: int) -> list[dict[str, object]]:
        assert (vendor_id, product_id) == (0x0C2E, 0x0B8F)
        return [
            {"path": b"/dev/hidraw0", "usage_page": 1, "serial_number": "X3"},
            {"path": b"/dev/hidraw1", "usage_page": 0x8C, "serial_number": "X3"},
        ]

    def device(self) -> "Library":
        return self

    def open_path(self, path: bytes) -> None:
        self.opened.append(path)

    def send_feature_report(self, report: bytes) -> None:
        self.sent.append(report)
        raise OSError("not known here")

    def read(self, max_length: int, timeout_ms: int) -> list[int]:
        return []

    def get_report_descriptor(self, max_length: int) -> list[int]:
        return list(STANDARD_DESCRIPTOR)

    def close(self) -> None:
        pass


def test_of_a_scanner_with_two_interfaces_the_one_for_scans_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library()
    monkeypatch.setattr(hid_pos, "load_library", lambda name: library)
    open_hid_pos(0x0C2E, 0x0B8F).close()
    assert (library.opened, library.sent) == ([b"/dev/hidraw1"], [b"\xfe\x01"])
    with pytest.raises(DeviceUnavailable):
        open_hid_pos(0x0C2E, 0x0B8F, "another")


def test_without_the_library_the_scanner_is_unavailable_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hid_pos, "load_library", lambda name: None)
    with pytest.raises(DeviceUnavailable, match="hidapi"):
        open_hid_pos(0x0C2E, 0x0B8F)
