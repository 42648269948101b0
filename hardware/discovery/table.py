"""What was found, for a terminal: as a table, and what comes and goes line by line."""

import threading
from collections.abc import Callable, Sequence

from hardware.discovery.found import Found
from hardware.discovery.hot_plug import PlugWatch
from hardware.discovery.search import find_all

_HEADINGS = ("ADDRESS", "NAME", "LIKELY A", "DETAIL")
_LONGEST = (64, 40, 48)
_LOOK_S = 0.5
"""Windows lets nobody interrupt a wait: each is short, so that Ctrl-C is noticed in between."""


def table(found: Sequence[Found]) -> str:
    """A line for each; one line of words when there is nothing."""
    if not found:
        return "No device was found."
    rows = [_HEADINGS, *(_row(device) for device in found)]
    widths = [min(longest, max(len(row[column]) for row in rows)) for column, longest in enumerate(_LONGEST)]
    return "\n".join(
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def _row(device: Found) -> tuple[str, str, str, str]:
    suits = ", ".join(place.replace("_", " ") for place in device.suits)
    return device.address, device.name, suits, device.detail


def show_plugs(
    before: Sequence[Found],
    show: Callable[[str], None],
    *,
    search: Callable[[Callable[[Found], None]], None] = find_all,
    watch: Callable[[Callable[[], None]], PlugWatch] = PlugWatch,
) -> None:
    """Until it is interrupted by Ctrl-C. Network printers are not watched."""
    changed = threading.Semaphore(0)
    known = {device.address: device for device in before if device.kind != "network_printer"}
    plug_watch = watch(changed.release)
    plug_watch.start()
    try:
        while True:
            if not changed.acquire(timeout=_LOOK_S):
                continue
            now: dict[str, Found] = {}
            search(_into(now))
            for address in sorted(now.keys() - known.keys()):
                show(f"+ {address}  {now[address].name}")
            for address in sorted(known.keys() - now.keys()):
                show(f"- {address}  {known[address].name}")
            known = now
    finally:
        plug_watch.stop()


def _into(found: dict[str, Found]) -> Callable[[Found], None]:
    def add(device: Found) -> None:
        found.setdefault(device.address, device)

    return add
