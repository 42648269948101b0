"""The bench tool on simulated devices: what it prints and what it returns to the shell."""

import re
import threading

import pytest

from hardware.__main__ import main
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.pty_pair import PtyPair


def test_a_test_print_reaches_the_printer(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter() as device:
        assert main(["print-test", device.address, "--columns", "48"]) == 0
        assert "£ € é à ñ" in to_text(device.jobs[0])
    assert capsys.readouterr().out == "Printed(paper_near_end=False)\n"


def test_a_failed_test_print_says_why_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter(PrinterMode.COVER_OPEN) as device:
        assert main(["print-test", device.address]) == 1
    assert "cover_open" in capsys.readouterr().out


def test_the_drawer_opens(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter() as device:
        assert main(["drawer", device.address, "--pin", "5"]) == 0
        assert device.wait_for_drawer(1) == [5]
    assert capsys.readouterr().out == "DrawerKicked()\n"


def test_the_status_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedPrinter(PrinterMode.NEAR_END) as device:
        assert main(["status", device.address]) == 0
    assert "paper_near_end=True" in capsys.readouterr().out


def test_a_bad_address_is_a_plain_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drawer", "printer:9100"]) == 1
    assert "must begin with tcp://, serial:// or file://" in capsys.readouterr().err


def test_listing_names_addresses_that_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert all(re.match("(serial|file)://", line) for line in capsys.readouterr().out.splitlines())


def test_scans_are_shown_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    with PtyPair() as cable:
        results: list[int] = []
        bench = threading.Thread(target=lambda: results.append(main(["scan", cable.port, "--count", "1"])))
        bench.start()
        while bench.is_alive():
            cable.send(b"01\x1d2\r")
            bench.join(timeout=0.05)
    assert results == [0]
    assert r"'01\x1d2'  30 31 1d 32" in capsys.readouterr().out
