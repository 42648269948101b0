"""Every cash drawer: opened at once or not at all, whatever it is connected to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.addresses import parse_address
from hardware.drawers.drawer import Drawer, PrinterDrawer, TriggerDrawer, trigger_bytes
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.receipt_printer import DrawerKicked, NotSent, ReceiptPrinter, Unconfirmed
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.pty_pair import PtyPair


@dataclass
class DrawerCase:
    drawer: Drawer
    was_opened: Callable[[], bool]
    unplug: Callable[[], None]


def behind_a_printer(stack: ExitStack, _folder: Path) -> DrawerCase:
    device = stack.enter_context(SimulatedPrinter())
    printer = ReceiptPrinter(parse_address(device.address).open, PrinterProfile())
    return DrawerCase(PrinterDrawer(printer), lambda: device.drawer_is_open, device.close)


def on_a_serial_port(stack: ExitStack, folder: Path) -> DrawerCase:
    cable = stack.enter_context(PtyPair())
    port = folder / "port"
    port.symlink_to(cable.port)
    drawer = TriggerDrawer(parse_address(f"serial://{port}").open, b"\x07")
    return DrawerCase(drawer, lambda: cable.receive(timeout_s=0.2) == b"\x07", port.unlink)


def on_a_usb_trigger(_stack: ExitStack, folder: Path) -> DrawerCase:
    device = folder / "trigger"
    device.touch()

    def unplug() -> None:
        device.unlink()
        device.mkdir()

    drawer = TriggerDrawer(parse_address(f"file://{device}").open, b"\x07\x08")
    return DrawerCase(drawer, lambda: device.read_bytes() == b"\x07\x08", unplug)


@pytest.fixture(params=[behind_a_printer, on_a_serial_port, on_a_usb_trigger])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DrawerCase]:
    with ExitStack() as stack:
        yield request.param(stack, tmp_path)


def test_it_opens(case: DrawerCase) -> None:
    assert case.drawer.open(lambda: True) == DrawerKicked()
    assert case.was_opened()


def test_what_is_not_wanted_any_more_is_not_sent(case: DrawerCase) -> None:
    assert case.drawer.open(lambda: False) == NotSent("too_late")
    assert not case.was_opened()


def test_what_is_unplugged_is_an_outcome_and_no_crash(case: DrawerCase) -> None:
    case.unplug()
    outcome = case.drawer.open(lambda: True)
    assert isinstance(outcome, NotSent)
    assert outcome.reason in ("refused", "unavailable")


def test_a_drawer_that_goes_away_under_the_pulse_may_have_opened() -> None:
    with SimulatedPrinter(die_after=9 + 5) as device:
        printer = ReceiptPrinter(parse_address(device.address).open, PrinterProfile())
        assert PrinterDrawer(printer).open(lambda: True) == Unconfirmed("closed")


@pytest.mark.parametrize(("text", "trigger"), [("07", b"\x07"), ("1B 70 00", b"\x1bp\x00")])
def test_a_trigger_is_written_in_hexadecimal(text: str, trigger: bytes) -> None:
    assert trigger_bytes(text) == trigger


@pytest.mark.parametrize("text", ["", "  ", "7", "open"])
def test_a_trigger_that_is_no_bytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"byte|hexadecimal"):
        trigger_bytes(text)
