"""What the use cases and screens need of the devices, as protocols; `till_app.devices` fills them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import (
    CustomerView,
    DeviceHealth,
    DrawerOpening,
    LiveWeight,
)


class CashDrawer(Protocol):
    def open(self, opening: DrawerOpening) -> None:
        """Queue a kick that is dropped when it could not be sent within 5 s. Returns at once."""
        ...

    def opens_for(self, tender_kinds: Sequence[str], change_due_minor: int) -> bool:
        """Whether the shop's rule opens the drawer for a sale settled so."""
        ...


class Scale(Protocol):
    """Calls return at once; news comes as LiveWeight through the bridge."""

    @property
    def is_set_up(self) -> bool: ...

    @property
    def can_zero(self) -> bool: ...

    @property
    def can_tare(self) -> bool: ...

    def watch(self, is_watched: bool) -> None:
        """Ask the scale all the time, as long as somebody looks."""
        ...

    def latest(self) -> LiveWeight: ...

    def used(self, number: int) -> None:
        """The weight of that number was sold: it is taken again only after what lies there has changed."""
        ...

    def zero(self) -> None: ...

    def tare(self) -> None: ...


class CustomerDisplay(Protocol):
    def show(self, view: CustomerView) -> None:
        """The newest view wins; older ones that are not shown yet are dropped. Returns at once."""
        ...


# ------------------------------------------------------------ setting them up


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """Something that a search came upon."""

    kind: str
    """`serial_port`, `printer_file`, `usb_printer`, `network_printer`, `print_queue`, `input_device`,
    `hid_device`, `screen`."""
    address: str
    """Ready for the settings."""
    name: str
    """As the system or the device calls it."""
    detail: str = ""
    """Such as `04b8:0e15 · serial number X3`."""
    suits: tuple[str, ...] = ()
    """Names of DeviceId that it may take, the likeliest first."""
    in_use_by: str = ""


@dataclass(frozen=True, slots=True)
class TestReport:
    """What a test saw of the device itself; whether it is right is often for a person to say."""

    __test__ = False

    device: str
    did_answer: bool
    code: str
    """`ok`, or a reason such as `timeout`, `paper_out`."""
    facts: dict[str, str]
    question: str = ""
    """A code for what a person must answer, such as `did_it_print`, `is_it_open`; empty: nothing."""


class DeviceControl(Protocol):
    """Calls that ask devices take seconds: not on the GUI thread, and outside any transaction."""

    def settings(self) -> DeviceSettings: ...

    def health(self) -> Sequence[DeviceHealth]:
        """Of every place, set up or not; any thread, at once."""
        ...

    def use(self, settings: DeviceSettings) -> None:
        """Save the settings, then stop the workers that they change and start them anew; jobs stay queued.

        Raises ValueError with words when they make no sense, and OSError when they cannot be saved: the old
        ones go on then.
        """
        ...

    def find(self, on_found: Callable[[FoundDevice], None], network: str = "") -> None:
        """Call back for each device as it is found. `network`: addresses to try, such as `192.168.1.0/24`."""
        ...

    def test(self, device: str, settings: DeviceSettings) -> TestReport:
        """Try a device as these settings have it, whether they are in use or not."""
        ...

    def export_profile(self, path: Path) -> None:
        """The whole till's devices for the next till, without secrets."""
        ...

    def import_profile(self, path: Path) -> DeviceSettings:
        """Read and check one; nothing is changed. Raises ValueError with words, OSError."""
        ...
