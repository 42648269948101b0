"""What the use cases and screens need of the devices, as protocols; `till_app.devices` fills them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hardware.document import ReceiptDocument
from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import (
    CustomerView,
    DeviceHealth,
    DrawerOpening,
    LiveWeight,
)
from till_app.services.ports import PaymentAttempt


class CashDrawer(Protocol):
    @property
    def is_set_up(self) -> bool:
        """Whether this till has a drawer that it can open."""
        ...

    def open(self, opening: DrawerOpening) -> None:
        """Queue a kick that is dropped when it could not be sent within 5 s. Returns at once."""
        ...

    def opens_for(self, tender_kinds: Sequence[str], change_due_minor: int) -> str:
        """Why the shop's rule opens the drawer for a sale settled so: a tender's kind or `change_due`, as
        `SaleBody.drawer_opened_for` has it; empty: it stays shut."""
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


class PaymentTerminal(Protocol):
    """Calls return at once; news comes as PaymentProgress, PaymentQuestion, PaymentAnswer and
    TerminalSettled through the bridge."""

    @property
    def kind(self) -> str:
        """As the settings name it, such as `zvt`."""
        ...

    @property
    def is_set_up(self) -> bool:
        """False: the operator keys the amount on a separate terminal."""
        ...

    def health(self) -> DeviceHealth: ...

    def pay(self, attempt: PaymentAttempt, of_reference: str = "") -> None:
        """Do what the attempt says; its row is committed. `of_reference`: what the terminal calls the payment
        that is given back."""
        ...

    def ask(self, attempt: PaymentAttempt) -> None:
        """What became of it? Now, and then again until the terminal says."""
        ...

    def abort(self) -> None:
        """Ask for the end of the payment under way; its answer tells what came of it."""
        ...

    def settle(self) -> None:
        """The terminal's own end of day."""
        ...


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

    def give_up(self) -> None:
        """Nobody waits for the search or the test that is under way: it ends soon. Any thread, at once."""
        ...

    def scanner_sheet(self) -> ReceiptDocument:
        """How a scanner is set up, with codes to try it on."""
        ...

    def export_profile(self, path: Path) -> None:
        """The whole till's devices for the next till, without secrets."""
        ...

    def missing_ports(self, settings: DeviceSettings) -> Sequence[str]:
        """Addresses of these settings that are not at this till now. It looks for them: some seconds."""
        ...

    def import_profile(self, path: Path) -> DeviceSettings:
        """Read and check one; nothing is changed. Raises ValueError with words, OSError."""
        ...
