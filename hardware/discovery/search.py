"""All searches, one after the other: what one finds is told at once, and one that fails spoils no other."""

import logging
from collections.abc import Callable, Iterator

from hardware.discovery.found import Found
from hardware.discovery.hid_devices import find_hid_devices
from hardware.discovery.input_devices import find_input_devices
from hardware.discovery.network_printers import find_network_printers, parse_network
from hardware.discovery.print_queues import find_print_queues
from hardware.discovery.printer_files import find_printer_files
from hardware.discovery.serial_ports import find_serial_ports
from hardware.discovery.usb_printers import find_usb_printers

log = logging.getLogger(__name__)

Search = Callable[[], Iterator[Found]]
LOCAL_SEARCHES: tuple[Search, ...] = (
    find_serial_ports,
    # Before libusb: where the kernel has a driver, its device file is the better way.
    find_printer_files,
    find_usb_printers,
    find_input_devices,
    find_hid_devices,
    find_print_queues,
)


def find_all(
    on_found: Callable[[Found], None],
    network: str = "",
    *,
    is_wanted: Callable[[], bool] = lambda: True,
    local_searches: tuple[Search, ...] = LOCAL_SEARCHES,
) -> None:
    """Takes seconds: not for a GUI thread. `network`: addresses and networks to search too.

    `is_wanted`: asked between finds; False ends the search. Raises AddressInvalid, before anything is sought,
    when `network` cannot be read.
    """
    targets = parse_network(network)

    def search_network() -> Iterator[Found]:
        return find_network_printers(targets, is_wanted=is_wanted)

    searches: tuple[Search, ...] = (*local_searches, search_network)
    for search in searches:
        if not is_wanted():
            return
        for device in _that_ends_quietly(search):
            on_found(device)
            if not is_wanted():
                return


def _that_ends_quietly(search: Search) -> Iterator[Found]:
    try:
        yield from search()
    except Exception:
        # Drivers and system libraries fail in ways of their own; the other searches go on.
        log.warning("a search for devices failed", exc_info=True)
