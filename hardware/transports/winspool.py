"""The functions of Windows' spooler that the till calls (`winspool.drv`). Not tried on Windows yet.

Each call blocks as long as Windows likes; deadlines are the caller's.
"""

import ctypes
import sys
from collections.abc import Callable
from ctypes import POINTER, Structure, byref, c_byte, c_char_p, c_uint16, c_uint32, c_void_p, wintypes
from dataclasses import dataclass
from typing import Any, Protocol

from hardware.errors import DeviceClosed, DeviceError, DeviceNotPermitted, DeviceUnavailable

_ACCESS_DENIED = 5
_INVALID_HANDLE = 6
_INVALID_PARAMETER = 87
_INVALID_PRINTER_NAME = 1801
_ENUM_LOCAL_AND_CONNECTIONS = 0x02 | 0x04
_JOB_CONTROL_PAUSE = 1
_JOB_CONTROL_DELETE = 5


@dataclass(frozen=True, slots=True)
class SpoolerPrinter:
    name: str
    port: str
    driver: str
    status: int = 0
    """PRINTER_STATUS_… bits."""
    attributes: int = 0
    """PRINTER_ATTRIBUTE_… bits."""


@dataclass(frozen=True, slots=True)
class SpoolerJob:
    status: int
    """JOB_STATUS_… bits."""
    pages_printed: int


class Winspool(Protocol):
    """Every call may raise DeviceError."""

    def open(self, printer: str) -> int: ...

    def close(self, handle: int) -> None: ...

    def start_document(self, handle: int, title: str) -> int:
        """The job's number."""
        ...

    def write(self, handle: int, data: bytes) -> int:
        """How many bytes were taken."""
        ...

    def end_document(self, handle: int) -> None: ...

    def abort(self, handle: int) -> None: ...

    def printer(self, handle: int) -> SpoolerPrinter: ...

    def job(self, handle: int, job_id: int) -> SpoolerJob | None:
        """None: the spooler has done with it."""
        ...

    def pause_job(self, handle: int, job_id: int) -> None: ...

    def delete_job(self, handle: int, job_id: int) -> None: ...

    def printers(self) -> list[SpoolerPrinter]: ...


def load_winspool() -> Winspool:
    """Raises DeviceUnavailable where there is no Windows."""
    if sys.platform != "win32":
        raise DeviceUnavailable("only Windows has this spooler")
    return CtypesWinspool(ctypes.WinDLL("winspool.drv", use_last_error=True), ctypes.get_last_error)


class _DocInfo1(Structure):
    _fields_ = (
        ("pDocName", wintypes.LPWSTR),
        ("pOutputFile", wintypes.LPWSTR),
        ("pDatatype", wintypes.LPWSTR),
    )


class _PrinterInfo2(Structure):
    _fields_ = (
        ("pServerName", wintypes.LPWSTR),
        ("pPrinterName", wintypes.LPWSTR),
        ("pShareName", wintypes.LPWSTR),
        ("pPortName", wintypes.LPWSTR),
        ("pDriverName", wintypes.LPWSTR),
        ("pComment", wintypes.LPWSTR),
        ("pLocation", wintypes.LPWSTR),
        ("pDevMode", c_void_p),
        ("pSepFile", wintypes.LPWSTR),
        ("pPrintProcessor", wintypes.LPWSTR),
        ("pDatatype", wintypes.LPWSTR),
        ("pParameters", wintypes.LPWSTR),
        ("pSecurityDescriptor", c_void_p),
        ("Attributes", c_uint32),
        ("Priority", c_uint32),
        ("DefaultPriority", c_uint32),
        ("StartTime", c_uint32),
        ("UntilTime", c_uint32),
        ("Status", c_uint32),
        ("cJobs", c_uint32),
        ("AveragePPM", c_uint32),
    )


class _JobInfo1(Structure):
    _fields_ = (
        ("JobId", c_uint32),
        ("pPrinterName", wintypes.LPWSTR),
        ("pMachineName", wintypes.LPWSTR),
        ("pUserName", wintypes.LPWSTR),
        ("pDocument", wintypes.LPWSTR),
        ("pDatatype", wintypes.LPWSTR),
        ("pStatus", wintypes.LPWSTR),
        ("Status", c_uint32),
        ("Priority", c_uint32),
        ("Position", c_uint32),
        ("TotalPages", c_uint32),
        ("PagesPrinted", c_uint32),
        ("Submitted", c_uint16 * 8),
    )


class CtypesWinspool:
    def __init__(self, dll: Any, last_error: Callable[[], int]) -> None:
        """`dll`: its functions by their names. `last_error`: Windows' number for why one returned 0."""
        self._dll = dll
        self._last_error = last_error
        handle = wintypes.HANDLE
        dword = c_uint32
        for name, arguments in (
            ("OpenPrinterW", [wintypes.LPWSTR, POINTER(handle), c_void_p]),
            ("ClosePrinter", [handle]),
            ("StartDocPrinterW", [handle, dword, POINTER(_DocInfo1)]),
            ("StartPagePrinter", [handle]),
            ("WritePrinter", [handle, c_char_p, dword, POINTER(dword)]),
            ("EndPagePrinter", [handle]),
            ("EndDocPrinter", [handle]),
            ("AbortPrinter", [handle]),
            ("GetPrinterW", [handle, dword, c_void_p, dword, POINTER(dword)]),
            ("GetJobW", [handle, dword, dword, c_void_p, dword, POINTER(dword)]),
            ("SetJobW", [handle, dword, dword, c_void_p, dword]),
            (
                "EnumPrintersW",
                [dword, wintypes.LPWSTR, dword, c_void_p, dword, POINTER(dword), POINTER(dword)],
            ),
        ):
            function = getattr(dll, name)
            function.argtypes = arguments
            function.restype = dword

    def open(self, printer: str) -> int:
        handle = wintypes.HANDLE()
        if not self._dll.OpenPrinterW(printer, byref(handle), None):
            raise self._failure(f"the printer {printer} cannot be opened")
        return handle.value or 0

    def close(self, handle: int) -> None:
        self._dll.ClosePrinter(handle)

    def start_document(self, handle: int, title: str) -> int:
        job_id = self._dll.StartDocPrinterW(handle, 1, byref(_DocInfo1(title, None, "RAW")))
        if not job_id:
            raise self._failure("the spooler takes no job")
        if not self._dll.StartPagePrinter(handle):
            raise self._failure("the spooler takes no page")
        return int(job_id)

    def write(self, handle: int, data: bytes) -> int:
        written = c_uint32()
        if not self._dll.WritePrinter(handle, data, len(data), byref(written)):
            raise self._failure("the spooler takes no data")
        return written.value

    def end_document(self, handle: int) -> None:
        if not self._dll.EndPagePrinter(handle) or not self._dll.EndDocPrinter(handle):
            raise self._failure("the spooler did not take the end of the job")

    def abort(self, handle: int) -> None:
        self._dll.AbortPrinter(handle)

    def printer(self, handle: int) -> SpoolerPrinter:
        needed = c_uint32()
        self._dll.GetPrinterW(handle, 2, None, 0, byref(needed))
        buffer = (c_byte * max(needed.value, ctypes.sizeof(_PrinterInfo2)))()
        if not self._dll.GetPrinterW(handle, 2, buffer, len(buffer), byref(needed)):
            raise self._failure("the spooler does not tell how the printer is")
        return _printer(_PrinterInfo2.from_buffer(buffer))

    def job(self, handle: int, job_id: int) -> SpoolerJob | None:
        needed = c_uint32()
        self._dll.GetJobW(handle, job_id, 1, None, 0, byref(needed))
        buffer = (c_byte * max(needed.value, ctypes.sizeof(_JobInfo1)))()
        if not self._dll.GetJobW(handle, job_id, 1, buffer, len(buffer), byref(needed)):
            if self._last_error() == _INVALID_PARAMETER:
                return None
            raise self._failure("the spooler does not tell how the job is")
        info = _JobInfo1.from_buffer(buffer)
        return SpoolerJob(info.Status, info.PagesPrinted)

    def pause_job(self, handle: int, job_id: int) -> None:
        self._dll.SetJobW(handle, job_id, 0, None, _JOB_CONTROL_PAUSE)

    def delete_job(self, handle: int, job_id: int) -> None:
        self._dll.SetJobW(handle, job_id, 0, None, _JOB_CONTROL_DELETE)

    def printers(self) -> list[SpoolerPrinter]:
        needed, count = c_uint32(), c_uint32()
        flags = _ENUM_LOCAL_AND_CONNECTIONS
        self._dll.EnumPrintersW(flags, None, 2, None, 0, byref(needed), byref(count))
        if not needed.value:
            return []
        buffer = (c_byte * needed.value)()
        if not self._dll.EnumPrintersW(flags, None, 2, buffer, len(buffer), byref(needed), byref(count)):
            raise self._failure("the spooler does not list its printers")
        size = ctypes.sizeof(_PrinterInfo2)
        return [_printer(_PrinterInfo2.from_buffer(buffer, size * number)) for number in range(count.value)]

    def _failure(self, text: str) -> DeviceError:
        number = self._last_error()
        match number:
            case _ if number == _ACCESS_DENIED:
                return DeviceNotPermitted(f"{text}: this user may not use it")
            case _ if number == _INVALID_PRINTER_NAME:
                return DeviceUnavailable(f"{text}: Windows knows no printer of that name")
            case _ if number == _INVALID_HANDLE:
                return DeviceClosed(f"{text}: it was removed")
            case _:
                return DeviceUnavailable(f"{text} (Windows error {number})")


def _printer(info: _PrinterInfo2) -> SpoolerPrinter:
    return SpoolerPrinter(
        info.pPrinterName or "", info.pPortName or "", info.pDriverName or "", info.Status, info.Attributes
    )
