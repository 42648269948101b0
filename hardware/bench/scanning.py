"""`scan`: what a scanner sends, byte for byte and as it is read."""

import threading
from collections.abc import Callable

from hardware.bench.console import Console, ExitCode
from hardware.bench.symbology_names import symbology_name
from hardware.bench.words import explained
from hardware.errors import DeviceError
from hardware.scanners.frame import ScanFrame
from hardware.scanners.opening import scanner_at

_LOOK_S = 0.5
"""Windows lets nobody interrupt a wait: each is short, so that Ctrl-C is noticed in between."""


def scan(console: Console, address: str, count: int) -> ExitCode:
    """Ends after `count` scans; 0: goes on until Ctrl-C. Raises AddressInvalid."""
    scans_left = threading.Semaphore(0)

    def show(frame: ScanFrame) -> None:
        console.tell(frame_words(frame))
        scans_left.release()

    scanner = scanner_at(address, show, _connection_teller(console), _error_teller(console))
    scanner.start()
    try:
        scanned = 0
        while scanned < count or not count:
            scanned += scans_left.acquire(timeout=_LOOK_S)
    finally:
        scanner.stop()
    return ExitCode.DONE


def frame_words(frame: ScanFrame) -> str:
    """Of several lines: text, AIM identifier and what it names, bytes, the longest gap."""
    text = frame.text.removeprefix(frame.aim)
    name = symbology_name(frame.aim)
    aim = f"{frame.aim} {name}".strip() if frame.aim else "none: the scanner does not name the symbology"
    return (
        f"{text!r}\n  AIM   {aim}\n  bytes {frame.raw.hex(' ')}\n"
        f"  {len(frame.raw)} bytes, longest gap {frame.gap_ms} ms"
    )


def _connection_teller(console: Console) -> Callable[[bool], None]:
    def tell(is_connected: bool) -> None:
        console.tell("Connected. Scan something." if is_connected else "Not connected.")

    return tell


def _error_teller(console: Console) -> Callable[[DeviceError], None]:
    """The same error is told once: it is tried again and again."""
    told: list[str] = []

    def tell(error: DeviceError) -> None:
        words = explained(error)
        if [words] != told:
            told[:] = [words]
            console.complain(words)

    return tell
