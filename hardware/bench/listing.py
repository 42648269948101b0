"""`list`: what is found, with addresses that can be used; then what comes and goes."""

from hardware.bench.console import Console, ExitCode
from hardware.discovery.found import Found
from hardware.discovery.search import find_all
from hardware.discovery.table import show_plugs, table


def list_devices(console: Console, network: str, *, goes_on: bool) -> ExitCode:
    """Raises AddressInvalid for a network that cannot be searched."""
    found: list[Found] = []
    find_all(found.append, network)
    console.tell(table(found))
    if goes_on:
        show_plugs(found, console.tell)
    return ExitCode.DONE
