"""Setting a till up: who may, what goes on record, what a test proves, how lines are addressed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.counter import AISHA, MORAG, ShopCounter, open_counter
from till_app.domain.errors import DomainError
from till_app.services.commissioning import SheetDevice
from till_app.services.device_places import digest_at, free_place, may_take, valid_test, with_found
from till_app.services.device_ports import TestReport
from till_app.services.device_settings import (
    DeviceSettings,
    DrawerSettings,
    PrinterSettings,
    ScannerSettings,
    TestRecord,
)
from till_app.services.device_testing import concluded, has_passed
from till_app.services.line_addresses import Line, completed, join_line, port_name, split_line
from till_app.services.printed_text import printed_text
from till_app.wire.bodies import Kind

AT = "2026-11-24T14:32:00.000000Z"
WITH_PRINTER = DeviceSettings(printer=PrinterSettings("tcp://192.168.1.40"))


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[ShopCounter]:
    with open_counter(tmp_path) as opened:
        yield opened


# ---------------------------------------------------------------------- who may


def test_a_cashier_needs_somebody_who_may(counter: ShopCounter) -> None:
    counter.sign_on(AISHA)
    commissioning = counter.services.commissioning
    with pytest.raises(DomainError, match="approval_needed"):
        commissioning.begin(None)
    commissioning.begin(MORAG)
    assert commissioning.by == MORAG
    commissioning.end()
    assert commissioning.by is None


def test_a_locked_manager_is_asked_for_a_pin_again(counter: ShopCounter) -> None:
    counter.sign_on(MORAG, "333333")
    counter.services.commissioning.begin(None)
    assert counter.services.commissioning.by == MORAG
    counter.services.sign_on.lock()
    with pytest.raises(DomainError, match="approval_needed"):
        counter.services.commissioning.begin(None)


# --------------------------------------------------------------------- on record


def test_changed_settings_are_on_record_with_who_changed_them(counter: ShopCounter) -> None:
    counter.sign_on(AISHA)
    counter.services.commissioning.begin(MORAG)
    counter.services.commissioning.record_change("devices", {"printer.columns": "48"})
    (entry,) = counter.ledger.unsent_of_kind(Kind.SETTINGS_CHANGED)
    assert json.loads(entry.body) == {
        "what": "devices",
        "operator_id": "morag",
        "changes": {"printer.columns": "48"},
    }


def test_nothing_changed_is_nothing_to_record(counter: ShopCounter) -> None:
    counter.services.commissioning.record_change("devices", {})
    assert counter.ledger.unsent_of_kind(Kind.SETTINGS_CHANGED) == []


def test_the_sheet_names_the_till_and_what_was_not_tested(counter: ShopCounter) -> None:
    counter.services.commissioning.begin(MORAG)
    tested = TestRecord("scale", AT, True, "", "Morag", "0.412 kg")
    failed = TestRecord("display", AT, False, "", "Sam", "timeout")
    job = counter.services.commissioning.print_sheet(
        [
            SheetDevice("Scale", ("CAS", "/dev/ttyUSB0"), tested),
            SheetDevice("Customer display", ("CD5220",), failed),
            SheetDevice("Receipt printer", ("ESC/POS",), None),
            SheetDevice("Card terminal", (), None, is_set_up=False),
        ]
    )
    lines = [line.strip() for line in printed_text(job.document, 48).splitlines()]
    assert "Till                                  Till 2 (2)" in lines
    assert "tested 24 Nov 2026 14:32 by Morag: 0.412 kg" in lines
    assert "TEST FAILED 24 Nov 2026 14:32, Sam: timeout" in lines
    assert "NOT TESTED" in lines
    assert "Card terminal                         not set up" in lines
    assert counter.devices.asked == ["wake"]


# ------------------------------------------------------------------------ tests


def test_a_person_has_the_last_word_when_a_test_asks() -> None:
    printed = TestReport("receipt_printer", True, "no_way_back", {}, "did_it_print")
    assert has_passed(printed, None) is None
    assert has_passed(printed, True) is True
    assert has_passed(printed, False) is False
    assert has_passed(TestReport("terminal", True, "ok", {}), None) is True
    assert has_passed(TestReport("drawer", False, "timeout", {}, "is_it_open"), None) is False


@pytest.mark.parametrize(
    ("before", "after", "learnt"), [("low", "high", True), ("high", "low", False), ("low", "low", None)]
)
def test_the_level_that_a_drawer_changed_to_means_open(before: str, after: str, learnt: bool | None) -> None:
    report = TestReport("drawer", True, "ok", {"pin_before": before, "pin_after": after}, "is_it_open")
    settings = concluded(WITH_PRINTER, report, passed=True, at=AT, operator_name="Morag", words="")
    assert settings.drawer.open_when_pin_high is learnt
    record = valid_test(settings, "drawer")
    assert record is not None
    assert record.passed


def test_a_drawer_that_did_not_open_teaches_nothing() -> None:
    report = TestReport("drawer", True, "ok", {"pin_before": "low", "pin_after": "high"}, "is_it_open")
    settings = concluded(WITH_PRINTER, report, passed=False, at=AT, operator_name="", words="")
    assert settings.drawer == DrawerSettings()


def test_the_digest_of_a_device_is_its_own() -> None:
    assert digest_at(WITH_PRINTER, "receipt_printer") != digest_at(WITH_PRINTER, "fallback_printer")
    two = DeviceSettings(scanners=2 * (ScannerSettings("serial", "/dev/x"),))
    assert digest_at(two, "scanner:1") == digest_at(two, "scanner:2")


# ------------------------------------------------------------------------ found


def test_what_was_found_goes_to_the_first_place_that_is_free() -> None:
    assert free_place(WITH_PRINTER, ("receipt_printer", "fallback_printer")) == "fallback_printer"
    assert free_place(WITH_PRINTER, ("receipt_printer",)) == "fallback_printer"
    assert free_place(WITH_PRINTER, ("scale",)) == "scale"
    one = with_found(DeviceSettings(), "scanner:1", "evdev:///dev/input/by-id/x")
    assert one.scanners == (ScannerSettings("evdev", "evdev:///dev/input/by-id/x"),)
    assert free_place(one, ("scanner",)) == "scanner:2"


def test_a_receipt_printer_may_stand_in_for_one_and_a_scanner_be_any_scanner() -> None:
    assert may_take(("receipt_printer",), "fallback_printer")
    assert may_take(("scanner", "scale"), "scanner:3")
    assert not may_take(("scale",), "receipt_printer")


def test_a_drawer_with_a_line_of_its_own_is_no_longer_behind_the_printer() -> None:
    found = with_found(WITH_PRINTER, "drawer", "serial:///dev/ttyUSB0")
    assert (found.drawer.connection, found.drawer.address) == ("serial", "serial:///dev/ttyUSB0")


# ------------------------------------------------------------------------ lines


@pytest.mark.parametrize(
    ("address", "base", "words", "name"),
    [
        (
            "serial:///dev/ttyUSB0?baud=9600&bits=7&parity=E",
            "serial:///dev/ttyUSB0",
            "9600 7E1",
            "/dev/ttyUSB0",
        ),
        ("serial:///COM3?baud=9600", "serial:///COM3", "9600 8N1", "COM3"),
        ("/dev/ttyACM0", "/dev/ttyACM0", "", "/dev/ttyACM0"),
        ("tcp://192.168.1.40:9100", "tcp://192.168.1.40:9100", "", "192.168.1.40:9100"),
    ],
)
def test_addresses_are_taken_apart(address: str, base: str, words: str, name: str) -> None:
    assert split_line(address)[0] == base
    assert split_line(address)[1].words == words
    assert port_name(address) == name
    assert join_line(*split_line(address)) == address


def test_a_bare_name_gets_what_its_line_needs() -> None:
    assert join_line("COM3", Line(baud="2400", parity="E")) == "serial:///COM3?baud=2400&parity=E"
    assert join_line("tcp://scale:4001", Line(baud="2400")) == "tcp://scale:4001"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("192.168.1.40", "tcp://192.168.1.40"),
        ("192.168.1.40:9100", "tcp://192.168.1.40:9100"),
        ("printer.shop.local:9100", "tcp://printer.shop.local:9100"),
        ("tcp://192.168.1.40", "tcp://192.168.1.40"),
        ("COM3", "COM3"),
        ("/dev/ttyUSB0?baud=9600", "/dev/ttyUSB0?baud=9600"),
        ("", ""),
    ],
)
def test_a_network_device_needs_no_scheme_to_be_typed(typed: str, address: str) -> None:
    assert completed(typed) == address
