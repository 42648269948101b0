"""The settings file: old forms load, nonsense is told by its key, and no file is ever lost."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from till_app.devices.settings import load_settings, save_settings
from till_app.devices.settings_check import SettingsInvalid
from till_app.services.device_places import (
    changes_between,
    digest_at,
    places_of,
    valid_test,
    with_found,
    with_settings_at,
    with_test,
    without_device,
)
from till_app.services.device_settings import (
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    LabelLayout,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    TerminalSettings,
    TestRecord,
)

AT = "2026-11-24T14:32:00.000000Z"
FULL = DeviceSettings(
    printer=PrinterSettings("tcp://192.168.1.40:9100", columns=48),
    drawer=DrawerSettings(open_when_pin_high=True),
    scanners=(ScannerSettings("serial", "/dev/ttyACM0", "Honeywell"),),
    scale=ScaleSettings("cas", "serial:///dev/ttyUSB0"),
    display=DisplaySettings(address="serial:///dev/ttyUSB1"),
    terminal=TerminalSettings("zvt", "tcp://192.168.1.50:20007", password="123456"),
    label_layouts=(LabelLayout("20", 5, 5, "price", 2),),
)


def write(path: Path, plain: dict[str, Any]) -> Path:
    path.write_text(json.dumps(plain))
    return path


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    save_settings(file, FULL)
    assert load_settings(file) == FULL
    assert [path.name for path in tmp_path.iterdir()] == ["devices.json"]


def test_a_missing_file_means_no_devices(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "devices.json") == DeviceSettings()


def test_the_form_with_one_scanner_still_loads(tmp_path: Path) -> None:
    file = write(
        tmp_path / "devices.json",
        {
            "printer": {"address": "tcp://10.0.0.9", "columns": 32},
            "scanner": {"address": "/dev/ttyACM0"},
        },
    )
    settings = load_settings(file)
    assert settings.printer == PrinterSettings("tcp://10.0.0.9", columns=32)
    assert settings.scanners == (ScannerSettings("serial", "/dev/ttyACM0"),)


def test_the_old_form_without_a_scanner_has_none(tmp_path: Path) -> None:
    file = write(tmp_path / "devices.json", {"scanner": {"address": ""}})
    assert load_settings(file) == DeviceSettings()


def changed(**places: msgspec.Struct | tuple[msgspec.Struct, ...]) -> DeviceSettings:
    return msgspec.structs.replace(DeviceSettings(), **places)


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        (changed(printer=PrinterSettings("192.168.1.40:9100")), "printer.address", ""),
        (changed(printer=PrinterSettings("tcp://x", columns=200)), "printer.columns", "42 or 48"),
        (changed(printer=PrinterSettings("tcp://x", drawer_pin=3)), "printer.drawer_pin", "2 or 5"),
        (changed(printer=PrinterSettings("tcp://x", language="zpl")), "printer.language", "escpos"),
        (changed(printer=PrinterSettings("tcp://x", density=9)), "printer.density", "-4"),
        (changed(printer=PrinterSettings("tcp://x", code_page="no page")), "printer.code_page", "CP858"),
        (changed(drawer=DrawerSettings("serial")), "drawer.address", "Find devices"),
        (changed(drawer=DrawerSettings("serial", "tcp://x")), "drawer.address", "serial://"),
        (changed(drawer=DrawerSettings(trigger="7")), "drawer.trigger", "hexadecimal"),
        (changed(drawer=DrawerSettings(pulse_ms=5)), "drawer.pulse_ms", "120"),
        (changed(drawer=DrawerSettings(opens_for=("coins",))), "drawer.opens_for", "coins"),
        (changed(scanners=(ScannerSettings("hid_pos", "/dev/x"),)), "scanners.1.address", "hid://"),
        (changed(scanners=(ScannerSettings("evdev", "tcp://x"),)), "scanners.1.address", "evdev://"),
        (changed(scanners=(ScannerSettings("serial", ""),)), "scanners.1.address", "missing"),
        (changed(scale=ScaleSettings(address="file:///dev/usb/lp0")), "scale.address", "serial://"),
        (changed(scale=ScaleSettings(address="serial:///dev/x?baud=fast")), "scale.address", "fast"),
        (changed(display=DisplaySettings(through_printer=True)), "display.through_printer", "printer"),
        (changed(terminal=TerminalSettings("zvt")), "terminal.address", "missing"),
        (changed(terminal=TerminalSettings("zvt", "tcp://x:1", "12")), "terminal.password", "six digits"),
        (changed(terminal=TerminalSettings("cloud", "http://x")), "terminal.address", "https://"),
        (changed(terminal=TerminalSettings("cloud", "https://x")), "terminal.terminal_id", "number"),
        (
            changed(terminal=TerminalSettings("cloud", "https://x", terminal_id="P400-1")),
            "terminal.secret_name",
            "key",
        ),
        (changed(label_layouts=(LabelLayout("20", 5, 4, "price", 2),)), "label_layouts.1", "12 digits"),
        (
            changed(label_layouts=2 * (LabelLayout("20", 5, 5, "price", 2),)),
            "label_layouts",
            "twice",
        ),
    ],
)
def test_what_makes_no_sense_names_its_key_and_what_to_do(
    settings: DeviceSettings, key: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        save_settings(tmp_path / "devices.json", settings)
    assert refused.value.key == key
    assert str(refused.value).startswith(f"{key}: ")
    assert words in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_settings_that_make_no_sense_are_a_value_error() -> None:
    assert issubclass(SettingsInvalid, ValueError)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("serial:///dev/ttyUSB0?baud=9600", "/dev/ttyUSB0"),
        ("serial:///COM3", "com3"),
    ],
)
def test_two_devices_cannot_have_one_port(one: str, other: str) -> None:
    settings = changed(scanners=(ScannerSettings("serial", other),), scale=ScaleSettings(address=one))
    with pytest.raises(SettingsInvalid, match=r"scale.address: .* is used by scanners.1.address"):
        save_settings(Path("never-written.json"), settings)


def test_a_network_printer_is_the_same_with_and_without_its_usual_port() -> None:
    settings = changed(
        printer=PrinterSettings("tcp://printer"), fallback_printer=PrinterSettings("tcp://PRINTER:9100")
    )
    with pytest.raises(SettingsInvalid, match=r"fallback_printer.address: .* is used by printer.address"):
        save_settings(Path("never-written.json"), settings)


# -------------------------------------------------------------------- damage


@pytest.mark.parametrize("content", [b"", b'{"printer": ', b"\xff\xfe", b"[]", b'{"prnter": {}}', b"null"])
def test_a_damaged_file_is_told_and_kept_when_it_is_replaced(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    file.write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"devices\.json"):
        load_settings(file)
    assert file.read_bytes() == content
    save_settings(file, FULL)
    assert load_settings(file) == FULL
    assert (tmp_path / "devices.json.damaged-1").read_bytes() == content


def test_each_damaged_file_is_kept_once(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    for content in (b"one", b"two", b"one"):
        file.write_bytes(content)
        save_settings(file, FULL)
    kept = sorted(path.name for path in tmp_path.glob("*.damaged-*"))
    assert kept == ["devices.json.damaged-1", "devices.json.damaged-2"]


def test_a_disk_that_fails_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "devices.json"
    save_settings(file, FULL)
    before = file.read_bytes()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_settings(file, DeviceSettings())
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["devices.json"]


def test_only_the_tills_user_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    save_settings(file, FULL)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


# -------------------------------------------------------------------- places


def passed(settings: DeviceSettings, device: str) -> DeviceSettings:
    return with_test(settings, TestRecord(device, AT, True, digest_at(settings, device), "Morag"))


def test_a_test_counts_as_long_as_the_settings_are_those_that_were_tested() -> None:
    settings = passed(FULL, "receipt_printer")
    assert valid_test(settings, "receipt_printer") is not None
    wider = with_settings_at(settings, "receipt_printer", PrinterSettings(FULL.printer.address, columns=32))
    assert valid_test(wider, "receipt_printer") is None
    assert valid_test(with_settings_at(wider, "receipt_printer", FULL.printer), "receipt_printer") is not None


def test_a_drawer_behind_the_printer_is_untested_after_another_printer_came() -> None:
    settings = passed(FULL, "drawer")
    assert valid_test(settings, "drawer") is not None
    moved = with_settings_at(settings, "receipt_printer", PrinterSettings("tcp://other"))
    assert valid_test(moved, "drawer") is None


def test_the_shops_wishes_leave_a_device_as_tested_as_it_was() -> None:
    settings = passed(FULL, "drawer")
    other_rule = DrawerSettings(opens_for=("cash", "card"), left_open_warning_s=5, open_when_pin_high=True)
    assert valid_test(with_settings_at(settings, "drawer", other_rule), "drawer") is not None


def test_a_scanner_keeps_its_test_when_the_one_before_it_goes() -> None:
    two = with_settings_at(FULL, "scanner:2", ScannerSettings("serial", "/dev/ttyACM1"))
    settings = without_device(passed(two, "scanner:2"), "scanner:1")
    assert settings.scanners == (ScannerSettings("serial", "/dev/ttyACM1"),)
    assert valid_test(settings, "scanner:1") is not None


def test_records_of_settings_that_are_no_more_are_dropped() -> None:
    settings = passed(FULL, "scale")
    settings = passed(with_settings_at(settings, "scale", ScaleSettings("nci", "/dev/ttyUSB0")), "scale")
    assert len(settings.tests) == 1


def test_changes_are_named_and_no_secret_is_among_them() -> None:
    after = with_settings_at(FULL, "terminal", TerminalSettings("zvt", "tcp://x:1", password="654321"))
    after = with_found(after, "scale", "serial:///dev/ttyUSB9")
    changes = changes_between(FULL, after)
    assert changes == {
        "scale.address": "serial:///dev/ttyUSB9",
        "terminal.address": "tcp://x:1",
        "terminal.password": "changed",
    }


def test_there_is_a_place_for_a_scanner_before_there_is_one() -> None:
    assert places_of(DeviceSettings())[0] == "scanner:1"
    assert places_of(FULL)[:2] == ("scanner:1", "scanner")
