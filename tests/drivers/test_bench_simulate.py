"""The bench's simulated devices: addresses that work, faults that are typed, and an end without a trace."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.__main__ import main
from hardware.addresses import parse_address
from hardware.bench.console import ExitCode
from hardware.bench.simulated_devices import (
    BenchDevice,
    DisplayOnBench,
    DrawerOnBench,
    Over,
    ScaleOnBench,
    ScannerOnBench,
)
from hardware.bench.simulated_printers import PrinterOnBench
from hardware.bench.simulated_terminals import CloudOnBench, ZvtOnBench
from hardware.bench.simulating import PORTS, SimulateOptions, obey, simulate
from hardware.printers.print_test import print_test_page
from hardware.printers.printer_profile import PrinterProfile
from hardware.printers.receipt_printer import NotSent, Printed, ReceiptPrinter
from hardware.scales.opening import open_scale
from hardware.simulated.cloud_terminal import KEY, TERMINAL_ID
from hardware.simulated.printer import SimulatedPrinter
from hardware.terminals.opening import open_terminal
from hardware.terminals.terminal import Outcome, PaymentRequest
from tests.drivers.bench_console import ListeningConsole, TypedConsole

OVERS = [
    "tcp",
    pytest.param("pty", marks=pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")),
]


@contextmanager
def simulated(options: SimulateOptions) -> Iterator[tuple[TypedConsole, dict[str, str]]]:
    """A console to type at, and the addresses by the names of the devices."""
    console = TypedConsole()
    codes: list[ExitCode] = []
    bench = threading.Thread(target=lambda: codes.append(simulate(console, options)))
    bench.start()
    try:
        console.wait_for("Simulated: nothing is printed")
        yield console, {line.split()[0]: line.split()[1] for line in console.told[:-1]}
    finally:
        console.end()
        bench.join()
    assert codes == [ExitCode.DONE]
    assert console.told[-1] == "Stopped."


@pytest.mark.parametrize("over", OVERS)
def test_every_device_answers_at_the_address_that_is_shown(over: Over, tmp_path: Path) -> None:
    with simulated(SimulateOptions("all", port=0, over=over)) as (console, at):
        assert set(at) == set(PORTS)
        assert main(["status", at["printer"]], ListeningConsole()) == 0
        assert main(["drawer", at["printer"]], ListeningConsole()) == 0
        console.wait_for("printer: the drawer opened, pin 2")
        assert main(["weigh", "toledo_8217", at["scale"], "--count", "1"], ListeningConsole()) == 0
        assert main(["display", "cd5220", at["display"], "Hello", "again"], ListeningConsole()) == 0
        console.wait_for("display: | Hello                |\n| again                |")
        assert main(["drawer", at["drawer"], "--trigger", "07"], ListeningConsole()) == 0
        console.wait_for("drawer: it opened")
        zvt = ["--kind", "zvt", "--address", at["terminal"], "--memory", str(tmp_path / "memory.json")]
        assert main(["terminal", "purchase", "1.00", "--yes", *zvt], ListeningConsole()) == 0
        console.wait_for("terminal: purchase of 1.00 GBP: 1.00 GBP approved, receipt 0002")


def test_the_printers_faults_are_typed() -> None:
    with simulated(SimulateOptions("printer", port=0)) as (console, at):
        printer = ReceiptPrinter(parse_address(at["printer"]).open, PrinterProfile())
        console.type("paper out")
        console.wait_for("ok")
        assert printer.print_document(print_test_page(42)) == NotSent("paper_out")
        console.type("printer PAPER ok")
        console.type("show")
        console.wait_for("nothing was printed")
        assert printer.print_document(print_test_page(42)) == Printed()
        assert "TEST PRINT" in console.wait_for("printer: printed")


def test_a_weight_is_typed() -> None:
    with simulated(SimulateOptions("scale", port=0, scale_protocol="cas")) as (console, at):
        console.type("weight 412")
        console.wait_for("ok")
        scale = open_scale("cas", at["scale"], 2.0)
        assert scale.read().grams == 412
        console.type("weight heavy")
        console.wait_for("“heavy” is no whole number")
        scale.close()


def test_a_scan_is_typed_and_a_scanner_that_nobody_hears_says_so() -> None:
    with simulated(SimulateOptions("scanner", port=0)) as (console, at):
        console.type("scan 5000128104517")
        console.wait_for("nobody is connected: it is lost")
        listening = ListeningConsole()
        bench = threading.Thread(target=lambda: main(["scan", at["scanner"], "--count", "2"], listening))
        bench.start()
        while "Connected. Scan something." not in listening.told:
            bench.join(0.01)
        console.type("twice ]C10112<GS>17")
        bench.join()
    assert [line.split("\n")[0] for line in listening.told[1:3]] == [r"'0112\x1d17'"] * 2


def test_an_approval_that_is_lost_is_typed() -> None:
    with simulated(SimulateOptions("terminal", port=0, currency="EUR")) as (console, at):
        console.type("lost")
        console.wait_for("ok")
        terminal = open_terminal("zvt", address=at["terminal"])
        request = PaymentRequest("attempt-1", 1234, "EUR")
        assert terminal.purchase(request, lambda _words: None).outcome is Outcome.UNKNOWN
        console.type("approve")
        console.type("book")
        console.wait_for("12.34 EUR approved, receipt 0002")
        assert terminal.query(request).outcome is Outcome.APPROVED
        terminal.close()


def test_a_cloud_terminal_is_simulated_too() -> None:
    with simulated(SimulateOptions("terminal", port=0, terminal_kind="cloud")) as (console, at):
        terminal = open_terminal("cloud", address=at["terminal"], terminal_id=TERMINAL_ID, secret=KEY)
        assert terminal.check() == ""
        console.type("unreachable")
        console.wait_for("ok")
        request = PaymentRequest("attempt-1", 1234, "GBP")
        assert terminal.purchase(request, lambda _words: None).outcome is not Outcome.APPROVED
        terminal.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: PrinterOnBench("tcp", 0),
        lambda: ScaleOnBench("cas", "tcp", None, 0),
        lambda: DisplayOnBench("cd5220", "tcp", None, 0),
        lambda: DrawerOnBench("tcp", None, 0),
        lambda: ScannerOnBench("tcp", None, 0),
        lambda: ZvtOnBench(0, "GBP"),
        lambda: CloudOnBench(0),
    ],
    ids=["printer", "scale", "display", "drawer", "scanner", "zvt", "cloud"],
)
def test_every_command_that_help_lists_is_obeyed(make: Callable[[], BenchDevice]) -> None:
    arguments = {"": "", "GRAMS": "412", "BYTES": "40", "TEXT": "5000128104517", "AMOUNT": "1.00"}
    device = make()
    with device:
        for words, switch in device.switches.items():
            assert obey([device], f"{words} {arguments[switch.takes]}")
            assert words in obey([device], "help")


def test_a_command_that_two_devices_know_asks_which() -> None:
    with simulated(SimulateOptions("all", port=0)) as (console, _at):
        console.type("unplug")
        assert "which one? Type “scale unplug” or “display unplug”" in console.wait_for("which one?")
        console.type("make coffee")
        console.wait_for("“make coffee” is nothing that can be told to it; `help` lists what can")
        console.type("help")
        assert "  weight GRAMS       lay so many grams on it" in console.wait_for("scale:")


def test_a_port_that_is_taken_is_a_plain_sentence() -> None:
    console = ListeningConsole()
    with SimulatedPrinter() as other:
        assert main(["simulate", "printer", "--port", str(other.port)], console) == ExitCode.USAGE
    assert console.complaints[0].startswith(f"port {other.port} for the printer cannot be had")
    assert main(["simulate", "all", "--port", "9100"], console) == ExitCode.USAGE
