"""Whatever a device fails with, the bench has words for it, and knows the drivers by their names."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import hardware
from hardware.bench import counter_commands, printer_commands, stand_in_commands
from hardware.bench.commands import DISPLAYS, SCALES
from hardware.bench.paying import TERMINAL_KINDS
from hardware.bench.printing import LABEL_LANGUAGES
from hardware.bench.simulating import DEVICES
from hardware.bench.symbology_names import symbology_name
from hardware.bench.words import WHAT_TO_DO, explained, with_advice
from hardware.displays.languages import DISPLAY_PROTOCOLS
from hardware.errors import DeviceClosed, DeviceError, NotReadyReason
from hardware.printers.receipt_printer import NO_REPLY, NO_WAY_BACK, TOO_LATE
from hardware.scales.opening import SCALE_PROTOCOLS


def all_errors(kind: type[DeviceError] = DeviceError) -> Iterator[type[DeviceError]]:
    for each in kind.__subclasses__():
        yield each
        yield from all_errors(each)


def test_every_device_error_says_what_to_do() -> None:
    for module in pkgutil.walk_packages(hardware.__path__, "hardware."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    codes = {
        error.code for error in all_errors() if error.__subclasses__() == [] or error.code != "device_error"
    }
    assert codes - {"device_error"} <= WHAT_TO_DO.keys()
    assert {NO_REPLY, NO_WAY_BACK, TOO_LATE, *NotReadyReason} <= WHAT_TO_DO.keys()


def test_an_error_is_a_sentence_then_what_to_do_then_its_code() -> None:
    assert explained(DeviceClosed("the port is gone")) == (
        "The port is gone. The connection broke. Check the cable and the power, then try again. (closed)"
    )
    assert with_advice("Declined", "zvt_05") == "Declined. (zvt_05)"


def test_the_command_line_names_what_there_is() -> None:
    assert tuple(SCALE_PROTOCOLS) == SCALES
    assert DISPLAY_PROTOCOLS == DISPLAYS
    assert printer_commands.LABELS == LABEL_LANGUAGES
    assert counter_commands.TERMINALS == TERMINAL_KINDS
    assert (*DEVICES, "all") == stand_in_commands.SIMULATED


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("]E0", "EAN-13, UPC-A or UPC-E"),
        ("]E4", "EAN-8"),
        ("]C1", "GS1-128"),
        ("]C0", "Code 128"),
        ("]e0", "GS1 DataBar"),
        ("]d2", "GS1 DataMatrix"),
        ("]Q1", "QR code"),
        ("", ""),
        ("]?0", ""),
    ],
)
def test_symbologies_are_named_by_their_identifier(identifier: str, name: str) -> None:
    assert symbology_name(identifier) == name
