"""The way through Windows' spooler, with its functions replaced: Windows itself has not been tried."""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.addresses import parse_address
from hardware.errors import (
    DeviceClosed,
    DeviceError,
    DeviceNotPermitted,
    DeviceTimeout,
    DeviceUnavailable,
    QueueStopped,
)
from hardware.simulated.spooler import SimulatedSpooler
from hardware.transports.base import ConfirmingTransport, JobEnd
from hardware.transports.windows_spooler import WindowsSpoolerTransport
from hardware.transports.winspool import CtypesWinspool, SpoolerJob, SpoolerPrinter

PAPER_OUT, DOOR_OPEN, OFFLINE, PAUSED, ERROR = 0x10, 0x40_0000, 0x80, 0x01, 0x02
WORKS_OFFLINE = 0x400
DELETED, PRINTING, PRINTED = 0x100, 0x10, 0x80


def open_printer(spooler: SimulatedSpooler, name: str = "EPSON") -> WindowsSpoolerTransport:
    return WindowsSpoolerTransport(name, winspool=spooler, open_s=0.05, status_s=0.05, poll_s=0.001)


@contextmanager
def released_in_the_end(spooler: SimulatedSpooler) -> Iterator[None]:
    """Lets calls that hang return, and waits for their threads."""
    before = set(threading.enumerate())
    try:
        yield
    finally:
        spooler.let_go.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(5)


def test_it_is_unavailable_where_there_is_no_windows() -> None:
    with pytest.raises(DeviceUnavailable, match="only Windows"):
        parse_address("windows://EPSON").open()


def test_a_write_is_a_raw_job_that_the_spooler_confirms() -> None:
    spooler = SimulatedSpooler(job_states=[SpoolerJob(0, 0), SpoolerJob(PRINTING, 0), None])
    with closing(open_printer(spooler)) as transport:
        assert isinstance(transport, ConfirmingTransport)
        transport.write(b"x" * 5000, 1.0)
        assert transport.sent_bytes == len(spooler.received) == 5000
        assert transport.settle(1.0) is JobEnd.COMPLETED
        assert not transport.can_read
        assert transport.read(64, 0) == b""
    assert spooler.calls == [
        "open", "printer", "start_document", "write", "write", "end_document", "job", "job", "job", "close",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "attributes", "trouble"),
    [
        (0, 0, ""),
        (PAPER_OUT, 0, "paper_out"),
        (DOOR_OPEN | ERROR, 0, "cover_open"),
        (ERROR, 0, "printer_error"),
        (OFFLINE, 0, "offline"),
        (0, WORKS_OFFLINE, "offline"),
        (PAUSED, 0, "queue_stopped"),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing(status: int, attributes: int, trouble: str) -> None:
    spooler = SimulatedSpooler(status, attributes)
    with closing(open_printer(spooler)) as transport:
        assert transport.trouble() == trouble
        if trouble:
            with pytest.raises(QueueStopped, match=trouble):
                transport.write(b"x", 1.0)
            assert transport.sent_bytes == 0
            assert transport.settle(1.0) is JobEnd.WITHDRAWN


@pytest.mark.parametrize(
    ("states", "end"),
    [
        ([SpoolerJob(PRINTED, 1)], JobEnd.COMPLETED),
        ([SpoolerJob(DELETED, 0)], JobEnd.UNKNOWN),
        ([SpoolerJob(0, 0)], JobEnd.WITHDRAWN),
        ([SpoolerJob(PRINTING, 0)], JobEnd.UNKNOWN),
        ([SpoolerJob(0, 1)], JobEnd.UNKNOWN),
    ],
)
def test_what_the_spooler_says_of_a_job_decides(states: list[SpoolerJob | None], end: JobEnd) -> None:
    spooler = SimulatedSpooler(job_states=states)
    with closing(open_printer(spooler)) as transport:
        transport.write(b"x", 1.0)
        assert transport.settle(0.05) is end


def test_a_job_is_paused_before_it_is_asked_for_the_last_time_and_deleted() -> None:
    spooler = SimulatedSpooler(job_states=[SpoolerJob(0, 0)])
    with closing(open_printer(spooler)) as transport:
        transport.write(b"x", 1.0)
        transport.settle(0.02)
    assert spooler.calls[-4:] == ["pause_job", "job", "delete_job", "close"]


def test_a_job_that_is_taken_in_part_is_aborted() -> None:
    spooler = SimulatedSpooler(takes_bytes=4100)
    with closing(open_printer(spooler)) as transport:
        with pytest.raises(DeviceTimeout):
            transport.write(b"x" * 9000, 1.0)
        assert transport.sent_bytes == len(spooler.received) == 4100
    assert spooler.calls[-2:] == ["abort", "close"]


def test_a_write_that_hangs_ends_at_its_deadline_and_its_bytes_may_have_left() -> None:
    spooler = SimulatedSpooler(hangs={"write"})
    with released_in_the_end(spooler), closing(open_printer(spooler)) as transport:
        with pytest.raises(DeviceTimeout):
            transport.write(b"receipt", 0.05)
        assert transport.sent_bytes == 7


def test_a_handle_that_a_hanging_call_still_uses_is_closed_when_it_returns() -> None:
    spooler = SimulatedSpooler(hangs={"write"})
    with released_in_the_end(spooler):
        transport = open_printer(spooler)
        with pytest.raises(DeviceTimeout):
            transport.write(b"receipt", 0.05)
        transport.close()
        transport.close()
        assert "close" not in spooler.calls
        spooler.let_go.set()
        assert spooler.closed.wait(5)
    assert spooler.calls.count("close") == 1


def test_a_printer_that_opens_too_late_is_closed_again() -> None:
    spooler = SimulatedSpooler(hangs={"open"})
    with released_in_the_end(spooler):
        with pytest.raises(DeviceTimeout):
            open_printer(spooler)
        spooler.let_go.set()
        assert spooler.closed.wait(5)


def test_a_printer_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(DeviceUnavailable):
        open_printer(SimulatedSpooler(), "STAR")


# --------------------------------------------------------------------------------- the functions of the DLL


class Function:
    """A function of a DLL, to which ctypes' declarations may be attached."""

    def __init__(self, do: Callable[..., int]) -> None:
        self.do = do

    def __call__(self, *arguments: Any) -> int:
        return self.do(*arguments)


def dll(**functions: Callable[..., int]) -> Any:
    names = (
        "OpenPrinterW", "ClosePrinter", "StartDocPrinterW", "StartPagePrinter", "WritePrinter",
        "EndPagePrinter", "EndDocPrinter", "AbortPrinter", "GetPrinterW", "GetJobW", "SetJobW",
        "EnumPrintersW",
    )  # fmt: skip
    return SimpleNamespace(**{name: Function(functions.get(name, lambda *_: 1)) for name in names})


def points_to(reference: Any) -> Any:
    return reference._obj


def test_a_handle_is_taken_from_where_windows_puts_it() -> None:
    def open_printer_w(name: str, handle: Any, defaults: None) -> int:
        points_to(handle).value = 7 if name == "EPSON" else None
        return int(name == "EPSON")

    spooler = CtypesWinspool(dll(OpenPrinterW=open_printer_w), lambda: 1801)
    assert spooler.open("EPSON") == 7
    with pytest.raises(DeviceUnavailable, match="no printer of that name"):
        spooler.open("STAR")


@pytest.mark.parametrize(
    ("number", "error"),
    [(5, DeviceNotPermitted), (6, DeviceClosed), (1801, DeviceUnavailable), (1722, DeviceUnavailable)],
)
def test_windows_numbers_become_our_errors(number: int, error: type[DeviceError]) -> None:
    spooler = CtypesWinspool(dll(WritePrinter=lambda *_: 0), lambda: number)
    with pytest.raises(error):
        spooler.write(7, b"x")


def test_a_job_is_raw() -> None:
    seen = []

    def start_doc_printer_w(handle: int, level: int, info: Any) -> int:
        seen.append((level, points_to(info).pDatatype, points_to(info).pOutputFile))
        return 42

    assert CtypesWinspool(dll(StartDocPrinterW=start_doc_printer_w), lambda: 0).start_document(7, "r") == 42
    assert seen == [(1, "RAW", None)]


def test_a_job_that_the_spooler_has_forgotten_is_none() -> None:
    def get_job_w(handle: int, job: int, level: int, buffer: Any, size: int, needed: Any) -> int:
        points_to(needed).value = 300
        return 0

    assert CtypesWinspool(dll(GetJobW=get_job_w), lambda: 87).job(7, 42) is None
    with pytest.raises(DeviceNotPermitted):
        CtypesWinspool(dll(GetJobW=get_job_w), lambda: 5).job(7, 42)


def test_the_printer_is_asked_with_room_for_its_answer() -> None:
    sizes = []

    def get_printer_w(handle: int, level: int, buffer: Any, size: int, needed: Any) -> int:
        sizes.append(size)
        points_to(needed).value = 900
        if buffer is not None:
            status_at = 13 * ctypes.sizeof(ctypes.c_void_p) + 5 * 4  # pointers and numbers before it
            buffer[status_at] = PAPER_OUT
        return int(buffer is not None)

    printer = CtypesWinspool(dll(GetPrinterW=get_printer_w), lambda: 0).printer(7)
    assert sizes == [0, 900]
    assert printer == SpoolerPrinter("", "", "", PAPER_OUT, 0)
