"""The bench tool on simulated devices: what it prints and what it returns to the shell."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hardware.__main__ import main
from hardware.bench.drawer import DrawerOptions, open_drawer
from hardware.bench.printing import PrinterOptions
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.pty_pair import PtyPair
from hardware.simulated.trigger_drawer import SimulatedTriggerDrawer
from hardware.simulated.zpl_engine import ZplEngine
from tests.drivers.bench_console import ListeningConsole


def test_a_test_print_reaches_the_printer(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter() as device:
        assert main(["print-test", device.address, "--columns", "48"]) == 0
        assert "£ € é à ñ" in to_text(device.jobs[0])
    assert capsys.readouterr().out.startswith("Printed.\nDoes line 2 read £ € é à ñ")


def test_a_failed_test_print_says_what_to_do_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter(PrinterMode.COVER_OPEN) as device:
        assert main(["print-test", device.address]) == 1
    assert capsys.readouterr().err == "Nothing was printed. Close the printer's cover. (cover_open)\n"


def test_a_print_that_nobody_can_tell_the_end_of_has_a_code_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with SimulatedPrinter(die_after=40) as device:
        assert main(["print-test", device.address]) == 3
    assert capsys.readouterr().err.startswith("It may have printed, wholly or in part.")


@pytest.mark.parametrize(
    ("mode", "code", "words"),
    [
        (PrinterMode.OK, 0, "Ready. Paper is there. Drawer pin low.\n"),
        (PrinterMode.NEAR_END, 0, "Ready. The roll is near its end. Drawer pin low.\n"),
        (PrinterMode.PAPER_OUT, 1, "Not ready. Put a new roll in. (paper_out) Drawer pin low.\n"),
    ],
)
def test_the_status_is_told_in_words(
    mode: PrinterMode, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with SimulatedPrinter(mode) as device:
        assert main(["status", device.address]) == code
    assert capsys.readouterr().out == words


def test_opening_the_drawer_teaches_which_level_means_open(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter() as device:
        assert main(["drawer", device.address, "--pin", "5"]) == 0
        assert device.drawer_pins == [5]
    assert "went from low to high. If it was shut before and is open now: pin high means open." in (
        capsys.readouterr().out
    )


def test_a_drawer_with_the_other_polarity_is_learnt_too() -> None:
    console = ListeningConsole()
    with SimulatedPrinter() as device:
        device.change(lambda engine: setattr(engine, "open_drawer_is_high", False))
        assert open_drawer(console, DrawerOptions(PrinterOptions(device.address))) == 0
    assert "pin low means open" in console.told[-1]


def test_a_drawer_whose_switch_stays_as_it_was_teaches_nothing() -> None:
    console = ListeningConsole()
    with SimulatedPrinter() as device:
        device.open_drawer_by_key()
        assert open_drawer(console, DrawerOptions(PrinterOptions(device.address)), switch_s=0.0) == 0
    assert console.told[-1].startswith("Its switch stayed high: the drawer was open already")


def test_a_watched_drawer_is_told_open_and_shut_until_it_is_interrupted() -> None:
    console = ListeningConsole()
    with SimulatedPrinter() as device:

        def pause(_seconds: float) -> None:
            if console.told[-1] == "shut":
                raise KeyboardInterrupt
            device.close_drawer()

        options = DrawerOptions(PrinterOptions(device.address), watches=True)
        with pytest.raises(KeyboardInterrupt):
            open_drawer(console, options, pause=pause)
    assert console.told[-2:] == ["open", "shut"]


def test_a_drawer_of_its_own_is_opened_by_its_trigger(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedTriggerDrawer(b"\x1b\x70\x00", over="tcp") as drawer:
        assert main(["drawer", drawer.address, "--trigger", "1B 70 00"]) == 0
        assert main(["drawer", drawer.address, "--trigger", "drawer"]) == 2
        drawer.shut()  # an order is carried out after what had come before
    assert drawer.openings == 1
    assert "is no trigger; write it as 07 or 1B 70 00" in capsys.readouterr().err


def test_a_label_is_printed_in_the_printers_language(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter(engine=ZplEngine()) as device:
        assert main(["label", "zpl", device.address, "--name", "Tea", "--price", "£1.00"]) == 0
        assert b"^XA" in device.jobs[0]
    with SimulatedPrinter() as device:
        assert main(["label", "escpos", device.address, "--name", "Tea", "--price", "£1.00"]) == 0
        assert "Tea" in to_text(device.jobs[0])
    assert capsys.readouterr().out == "Printed.\nPrinted.\n"


def test_a_label_that_cannot_be_is_a_plain_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["label", "zpl", "tcp://127.0.0.1:1", "--code", "5000128104518"]) == 2
    assert "the last a check digit that fits" in capsys.readouterr().err


def test_a_bad_address_is_a_plain_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drawer", "printer:9100"]) == 1
    assert "must begin with tcp://, serial://, usb://" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter() as device:
        address = device.address
    assert main(["status", address]) == 1
    assert "refuses the connection. It takes nobody" in capsys.readouterr().err


def test_listing_names_addresses_that_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter() as device:
        assert main(["list", "--network", f"{device.host}:{device.port}"]) == 0
        headings, *lines = capsys.readouterr().out.splitlines()
        assert headings.startswith("ADDRESS")
        addresses = [line.split()[0] for line in lines]
        assert device.address in addresses
        assert all(re.match("(serial|file|usb|cups|windows|tcp|hid|evdev)://", each) for each in addresses)


def test_a_network_that_is_too_large_is_a_plain_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--network", "10.0.0.0/8"]) == 1
    assert "more than 1024 addresses" in capsys.readouterr().err


def test_scans_are_shown_byte_for_byte_and_with_the_name_of_their_symbology(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with PtyPair() as cable:
        results: list[int] = []
        bench = threading.Thread(target=lambda: results.append(main(["scan", cable.port, "--count", "1"])))
        bench.start()
        while bench.is_alive():
            cable.send(b"]C101\x1d2\r")
            bench.join(timeout=0.05)
    assert results == [0]
    out = capsys.readouterr().out
    assert r"'01\x1d2'" in out
    assert "AIM   ]C1 GS1-128" in out
    assert "bytes 5d 43 31 30 31 1d 32" in out
    assert "7 bytes, longest gap" in out


def test_the_scanners_set_up_sheet_is_printed_with_its_test_codes() -> None:
    with SimulatedPrinter() as device:
        assert main(["setup-sheet", device.address]) == 0
        assert "]E0 5000128104517" in to_text(device.jobs[0])


def test_a_scanner_that_is_not_there_says_so_until_it_comes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    port = tmp_path / "scanner"
    with PtyPair() as cable:
        bench = threading.Thread(target=lambda: main(["scan", str(port), "--count", "1"]))
        bench.start()
        while "(unavailable)" not in (said := capsys.readouterr()).err:
            assert "Connected" not in said.out
            bench.join(timeout=0.02)
        port.symlink_to(cable.port)
        while bench.is_alive():
            cable.send(b"5000128104517\r")
            bench.join(timeout=0.05)
    assert "'5000128104517'" in capsys.readouterr().out


def test_the_command_line_imports_no_driver() -> None:
    code = (
        "import hardware.__main__, sys\n"
        "print([name for name in sys.modules if name.startswith('hardware.') and name.count('.') > 1\n"
        "       and not name.startswith('hardware.bench.')])\n"
        "print([name for name in ('serial', 'escpos', 'PIL', 'socket') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"


@pytest.mark.parametrize(
    "command", ["", "list", "drawer", "label", "terminal", "simulate", "record", "replay"]
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"] if command else ["--help"])
    assert ended.value.code == 0
    assert "usage: python -m hardware" in capsys.readouterr().out


def test_an_interrupted_command_ends_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    class Interrupted(ListeningConsole):
        def tell(self, line: str) -> None:
            raise KeyboardInterrupt

    with SimulatedPrinter() as device:
        assert main(["status", device.address], Interrupted()) == 130
    assert capsys.readouterr() == ("", "")


HEARS_CTRL_C = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("hardware", run_name="__main__", alter_sys=True)
"""
"""`python -m hardware` also where the tests themselves run in the background, which is deaf to Ctrl-C."""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole group of processes")
@pytest.mark.parametrize(
    ("arguments", "begun", "code", "last"),
    [
        (["simulate", "scale", "--port", "0"], "Simulated:", 0, "Stopped.\n"),
        (["scan", "/dev/absent"], "(unavailable)", 130, ""),
    ],
)
def test_ctrl_c_ends_a_command_cleanly(arguments: list[str], begun: str, code: int, last: str) -> None:
    bench = subprocess.Popen(
        [sys.executable, "-c", HEARS_CTRL_C, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with bench:
        assert bench.stdout is not None
        while begun not in bench.stdout.readline():
            assert bench.poll() is None
        bench.send_signal(signal.SIGINT)
        assert bench.stdout.read() == last
    assert bench.returncode == code


def test_what_a_terminal_cannot_show_is_replaced_there() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hardware", "status", "printer://日本"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "?printer://??? must begin with tcp://" in done.stderr
