"""The devices' centre over simulated devices: find, test, save, and it works at once; nothing is lost."""

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hardware.discovery.found import Found
from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.pty_pair import PtyPair
from hardware.simulated.scales import SimulatedScale
from tests.devices.device_room import DeviceRoom, device_room, is_ready
from tests.store.builders import NOON, SESSION
from till_app.devices.ending import end_all
from till_app.devices.settings_check import SettingsInvalid
from till_app.services.device_ports import FoundDevice, TestReport
from till_app.services.device_settings import (
    DeviceId,
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    TerminalSettings,
    WedgeSettings,
)
from till_app.services.device_status import (
    DeviceState,
    DrawerNews,
    DrawerOpening,
    OpeningReason,
    WeightState,
)
from till_app.services.ports import JobState, PaymentAttempt, PaymentPurpose

NO_DRAWER = DrawerSettings("none")


def with_printer(address: str, drawer: DrawerSettings = NO_DRAWER) -> DeviceSettings:
    return DeviceSettings(printer=PrinterSettings(address), drawer=drawer)


def with_scanner(line: PtyPair) -> DeviceSettings:
    return DeviceSettings(scanners=(ScannerSettings("serial", line.port),))


def begin_test(
    room: DeviceRoom, device: str, settings: DeviceSettings
) -> tuple[threading.Thread, list[TestReport]]:
    """A test that waits for somebody, on a thread of its own as the screens have it."""
    reports: list[TestReport] = []
    thread = threading.Thread(target=lambda: reports.append(room.centre.test(device, settings)))
    thread.start()
    return thread, reports


@pytest.fixture
def room(tmp_path: Path) -> Iterator[DeviceRoom]:
    with device_room(tmp_path) as opened:
        yield opened


# ------------------------------------------------------------ using settings


def test_new_settings_are_saved_journalled_and_work_without_a_restart(room: DeviceRoom) -> None:
    with SimulatedPrinter() as printer:
        room.centre.use(with_printer(printer.address))
        room.print("1")
        assert len(printer.wait_for_jobs(1)) == 1
    assert room.saved() == room.centre.settings() == with_printer(printer.address)
    assert room.changes.all == [{"printer.address": printer.address, "drawer.connection": "none"}]


def test_settings_that_make_no_sense_change_nothing(room: DeviceRoom) -> None:
    with pytest.raises(SettingsInvalid, match="columns"):
        room.centre.use(DeviceSettings(printer=PrinterSettings("tcp://127.0.0.1:1", columns=0)))
    assert room.centre.settings() == DeviceSettings()
    assert not room.file.exists()
    assert room.changes.all == []


def test_what_cannot_be_saved_is_not_used(room: DeviceRoom) -> None:
    room.file.mkdir()
    with pytest.raises(OSError, match="devices"):
        room.centre.use(with_printer("tcp://127.0.0.1:1"))
    assert room.centre.settings() == DeviceSettings()


def test_only_what_changed_is_begun_anew(room: DeviceRoom) -> None:
    with PtyPair() as line, SimulatedPrinter() as printer:
        settings = DeviceSettings(scanners=(ScannerSettings("serial", line.port),), drawer=NO_DRAWER)
        room.centre.use(settings)
        room.healths.wait_for_any(lambda health: health.device == "scanner:1" and is_ready(health))
        scanner = next(thread for thread in threading.enumerate() if thread.name == "scanner:1")
        room.centre.use(msgspec.structs.replace(settings, printer=PrinterSettings(printer.address)))
        assert scanner.is_alive()
        line.send(b"5000128104517\r")
        assert room.scans.wait(lambda heard: True).text == "5000128104517"


def test_jobs_that_wait_print_once_at_the_printer_that_takes_its_place(room: DeviceRoom) -> None:
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as empty, SimulatedPrinter() as full:
        room.centre.use(with_printer(empty.address))
        room.print("1", "2", "3")
        room.statuses.wait(lambda status: status.reason == "paper_out" and status.waiting_jobs == 3)
        room.centre.use(with_printer(full.address))
        jobs = full.wait_for_jobs(3)
        room.statuses.wait(lambda status: status.waiting_jobs == 0)
    assert [b"Receipt " + number in job for number, job in zip((b"1", b"2", b"3"), jobs, strict=True)] == [
        True
    ] * 3
    assert empty.jobs == []
    assert {room.state(number) for number in "123"} == {JobState.PRINTED}


def test_what_is_asked_for_while_a_printer_is_tested_is_done_after_it(room: DeviceRoom) -> None:
    with SimulatedPrinter() as printer:
        settings = with_printer(printer.address, DrawerSettings())
        room.centre.use(settings)
        # It has looked at its queue, which was empty.
        room.healths.wait_for_any(lambda health: health.device == "receipt_printer" and is_ready(health))
        room.centre.printing.turnstile.shut()  # as a test does
        room.print("1", "2")
        room.centre.printing.open(DrawerOpening(OpeningReason.NO_SALE))
        assert printer.jobs == []
        room.centre.test("receipt_printer", settings)
        jobs = printer.wait_for_jobs(3)
        assert printer.wait_for_drawer(1) == [2]
    assert [b"TEST PRINT" in job for job in jobs] == [True, False, False]


def test_a_till_without_printers_settles_its_receipts(room: DeviceRoom) -> None:
    room.print("1")
    assert room.state("1") is JobState.CANCELLED


# ------------------------------------------------------------------ testing


def test_a_printers_test_prints_a_page_and_asks_a_person(room: DeviceRoom) -> None:
    with SimulatedPrinter() as printer:
        report = room.centre.test("receipt_printer", with_printer(printer.address))
        assert report == TestReport(
            "receipt_printer", True, "ok", {"paper": "ok", "cover": "shut"}, "did_it_print"
        )
        assert len(printer.jobs) == 1
    assert room.centre.settings() == DeviceSettings()


@pytest.mark.parametrize(
    ("mode", "code"), [(PrinterMode.PAPER_OUT, "paper_out"), (PrinterMode.COVER_OPEN, "cover_open")]
)
def test_a_printer_that_cannot_print_says_why(room: DeviceRoom, mode: PrinterMode, code: str) -> None:
    with SimulatedPrinter(mode) as printer:
        report = room.centre.test("receipt_printer", with_printer(printer.address))
        assert (report.did_answer, report.code) == (False, code)
        assert printer.jobs == []


def test_a_printer_that_is_not_there_says_so(room: DeviceRoom) -> None:
    with SimulatedPrinter() as printer:
        address = printer.address
    report = room.centre.test("receipt_printer", with_printer(address))
    assert (report.did_answer, report.code) == (False, "refused")


def test_a_label_printers_test_prints_a_label_in_its_language(room: DeviceRoom, tmp_path: Path) -> None:
    tray = tmp_path / "tray.bin"
    tray.touch()
    printer = PrinterSettings(f"file://{tray}", language="zpl", label_width_mm=60, label_height_mm=40)
    report = room.centre.test("label_printer", DeviceSettings(label_printer=printer))
    assert (report.did_answer, report.question) == (True, "did_label_print")
    label = tray.read_bytes()
    assert label.startswith(b"^XA") or b"^XA" in label
    assert b"^PW480" in label


def test_a_drawers_test_tells_the_level_of_its_switch_before_and_after(room: DeviceRoom) -> None:
    with SimulatedPrinter() as printer:
        report = room.centre.test("drawer", with_printer(printer.address, DrawerSettings()))
        assert printer.wait_for_drawer(1) == [2]
    assert report.question == "is_it_open"
    assert report.facts == {"pin_before": "low", "pin_after": "high"}


def test_a_drawer_that_its_test_opened_is_told_of(room: DeviceRoom) -> None:
    """Every opening is on record."""
    with SimulatedPrinter() as printer:
        room.centre.test("drawer", with_printer(printer.address, DrawerSettings()))
        assert [event.opening for event in room.drawer.all] == [DrawerOpening(OpeningReason.TEST)]
        assert room.drawer.all[0].news is DrawerNews.KICKED
    room.centre.test("drawer", with_printer(printer.address, DrawerSettings()))
    assert len(room.drawer.all) == 1


def test_a_scanners_test_shows_what_came_and_sells_nothing(room: DeviceRoom) -> None:
    with PtyPair() as line:
        test, reports = begin_test(room, "scanner:1", with_scanner(line))
        while test.is_alive():
            line.send(b"]E05000128104517\r")
            test.join(0.05)
    (report,) = reports
    assert report.question == "is_it_right"
    assert report.facts["raw"] == "]E05000128104517"
    assert (report.facts["aim"], report.facts["symbology"]) == ("]E0", "EAN-13")
    assert report.facts["meaning"] == "item"
    assert room.scans.all == []


def test_a_scanner_in_use_rests_while_it_is_tested_and_a_test_can_be_given_up(room: DeviceRoom) -> None:
    with PtyPair() as line:
        settings = with_scanner(line)
        room.centre.use(settings)
        room.healths.wait_for_any(lambda health: health.device == "scanner:1" and is_ready(health))
        in_use = next(thread for thread in threading.enumerate() if thread.name == "scanner:1")
        test, reports = begin_test(room, "scanner:1", settings)
        in_use.join()
        while test.is_alive():
            room.centre.give_up()
            test.join(0.05)
        room.healths.wait(lambda health: is_ready(health) and is_ready(room.health("scanner:1")))
        line.send(b"5000128104517\r")
        assert room.scans.wait(lambda heard: True).text == "5000128104517"
    assert [report.code for report in reports] == ["nothing_scanned"]


def test_a_scales_test_shows_the_weight(room: DeviceRoom) -> None:
    with SimulatedScale("toledo_8217", over="tcp") as scale:
        settings = DeviceSettings(scale=ScaleSettings("toledo_8217", scale.address))
        assert room.centre.test("scale", settings).facts == {"weight": "0.000 kg"}
        scale.do(lambda: setattr(scale.pan, "grams", 412))
        report = room.centre.test("scale", settings)
    assert (report.code, report.facts, report.question) == ("ok", {"weight": "0.412 kg"}, "is_weight_right")


def test_a_scale_in_use_weighs_on_after_its_test(room: DeviceRoom) -> None:
    with SimulatedScale("nci", over="tcp") as scale:
        scale.do(lambda: setattr(scale.pan, "grams", 250))
        settings = DeviceSettings(scale=ScaleSettings("nci", scale.address))
        room.centre.use(settings)
        room.centre.scale.watch(True)
        room.weights.wait_for_any(lambda live: live.state is WeightState.STABLE)
        assert room.centre.test("scale", settings).facts == {"weight": "0.250 kg"}
        room.weights.wait(lambda live: live.weight_grams == 250)


def test_a_displays_test_shows_a_text(room: DeviceRoom) -> None:
    with SimulatedDisplay("cd5220") as display:
        report = room.centre.test("display", DeviceSettings(display=DisplaySettings(address=display.address)))
        display.wait_for(("        TEST", "1234567890 £ € é à ñ"))
    assert report.question == "does_it_show"


def test_a_terminals_test_asks_it(room: DeviceRoom) -> None:
    report = room.centre.test("terminal", DeviceSettings(terminal=TerminalSettings("simulated")))
    assert (report.did_answer, report.code) == (True, "ok")


def test_what_is_not_set_up_cannot_be_tested(room: DeviceRoom) -> None:
    assert room.centre.test("scale", DeviceSettings()).code == "not_set_up"


# ------------------------------------------------------------------ finding


def test_found_devices_say_what_uses_them(room: DeviceRoom) -> None:
    with PtyPair() as line:
        room.centre.use(DeviceSettings(scanners=(ScannerSettings("serial", line.port),)))
        room.finds += [
            Found("serial_port", f"serial://{line.port}", "USB Serial", "", ("scanner",)),
            Found("network_printer", "tcp://10.0.0.9:9100", "TM-T20II", "", ("receipt_printer",)),
        ]
        found: list[FoundDevice] = []
        room.centre.find(found.append)
    assert [(each.name, each.in_use_by) for each in found] == [("USB Serial", "scanner:1"), ("TM-T20II", "")]


def test_addresses_that_cannot_be_read_are_told_in_words(room: DeviceRoom) -> None:
    with pytest.raises(ValueError, match="x/99"):
        room.centre.find(lambda _found: None, "x/99")


# ------------------------------------------------------------------ profiles


def test_a_profile_goes_to_the_next_till_without_secrets_and_tests(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "logo.png").write_bytes(b"a picture")
    settings = DeviceSettings(
        printer=PrinterSettings("tcp://127.0.0.1:9", columns=48, prints_logo=True),
        wedge=WedgeSettings(mode="prefix"),
        terminal=TerminalSettings("zvt", "tcp://127.0.0.1:9000", password="246802"),
    )
    profile = tmp_path / "profile.json"
    with device_room(tmp_path / "a", settings) as room:
        room.centre.export_profile(profile)
    assert b"246802" not in profile.read_bytes()
    with device_room(tmp_path / "b") as room:
        imported = room.centre.import_profile(profile)
        assert room.centre.settings() == DeviceSettings()
        assert not (tmp_path / "b" / "logo.png").exists()
        assert imported.printer == settings.printer
        assert imported.terminal == TerminalSettings("zvt", "tcp://127.0.0.1:9000")
        room.centre.use(imported)
        assert room.saved() == imported
        assert (tmp_path / "b" / "logo.png").read_bytes() == b"a picture"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"format": "other", "version": 1, "settings": {}}',
        b'{"format": "till-devices", "version": 9, "settings": {}}',
        b'{"format": "till-devices", "version": 1, "settings": {"printer": {"address": "nowhere"}}}',
    ],
)
def test_what_is_no_profile_is_told_in_words(content: bytes, room: DeviceRoom, tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    profile.write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"profile\.json"):
        room.centre.import_profile(profile)


def test_ports_that_are_not_here_are_named(room: DeviceRoom) -> None:
    with PtyPair() as line:
        settings = DeviceSettings(
            scanners=(ScannerSettings("serial", line.port),),
            scale=ScaleSettings(address="serial:///dev/ttyNotHere?baud=9600"),
            printer=PrinterSettings("file:///dev/usb/lp99"),
            display=DisplaySettings(address="serial://usb-0403:6001:NOTHERE"),
            fallback_printer=PrinterSettings("tcp://10.0.0.9"),
        )
        assert room.centre.missing_ports(settings) == [
            "/dev/usb/lp99",
            "/dev/ttyNotHere",
            "usb-0403:6001:NOTHERE",
        ]


# -------------------------------------------------------------------- health


def test_each_place_has_its_health_whether_it_is_set_up_or_not(room: DeviceRoom) -> None:
    healths = {health.device: health.state for health in room.centre.health()}
    assert healths.pop(DeviceId.SCANNER) is DeviceState.READY
    assert set(healths.values()) == {DeviceState.NOT_SET_UP}
    assert len(healths) == 9


def test_what_was_plugged_in_is_used_at_once(room: DeviceRoom, tmp_path: Path) -> None:
    link = tmp_path / "scale"
    with SimulatedScale("toledo_8217", link=link) as scale:
        scale.do(lambda: setattr(scale.pan, "grams", 100))
        scale.unplug()
        room.centre.use(DeviceSettings(scale=ScaleSettings("toledo_8217", f"serial://{link}")))
        room.centre.scale.watch(True)
        room.healths.wait_for_any(lambda health: health.state is DeviceState.UNREACHABLE)
        scale.plug_in()
        room.centre.plugged()
        room.weights.wait(lambda live: live.weight_grams == 100)


def test_a_plug_ends_nothing_that_is_on_the_network(room: DeviceRoom) -> None:
    with SimulatedPrinter() as printer:
        address = printer.address
    room.centre.use(with_printer(address))
    room.healths.wait_for_any(lambda health: health.state is DeviceState.UNREACHABLE)
    worker = next(thread for thread in threading.enumerate() if thread.name == "receipt_printer")
    room.centre.plugged()
    assert worker.is_alive()


def test_a_terminal_is_not_exchanged_while_a_payment_is_open(room: DeviceRoom) -> None:
    payment = PaymentAttempt(
        "payment-1", "basket-1", PaymentPurpose.PURCHASE, "reference-1", 1206, "GBP", "aisha", SESSION, NOON
    )
    with room.ledger.write() as write:
        write.begin_payment(payment)
        write.commit()
    with pytest.raises(SettingsInvalid, match="not settled"):
        room.centre.use(DeviceSettings(terminal=TerminalSettings("simulated")))


def test_a_kick_that_waited_too_long_for_a_new_printer_is_dropped(room: DeviceRoom) -> None:
    clock = [0.0]
    room.centre.printing._monotonic = lambda: clock[0]
    with SimulatedPrinter() as printer:
        room.centre.use(with_printer(printer.address, DrawerSettings()))
        present = room.centre.printing.turnstile.present
        assert present is not None
        room.centre.printing.turnstile.shut()
        room.centre.printing.open(DrawerOpening(OpeningReason.NO_SALE))
        clock[0] = 6.0
        room.centre.printing.turnstile.open(present)
        assert room.drawer.wait(lambda event: True).news is DrawerNews.DROPPED_LATE
        assert printer.drawer_pins == []


def test_devices_that_hang_are_waited_for_together() -> None:
    both_are_ending = threading.Barrier(2, timeout=5.0)
    ended: list[int] = []
    end_all([lambda: ended.append(both_are_ending.wait())] * 2)
    assert sorted(ended) == [0, 1]


def test_a_plug_does_not_disturb_the_scanner_that_scans(room: DeviceRoom, tmp_path: Path) -> None:
    with PtyPair() as line:
        absent = ScannerSettings("serial", f"serial://{tmp_path}/absent")
        room.centre.use(DeviceSettings(scanners=(absent, ScannerSettings("serial", line.port))))
        room.healths.wait_for_any(lambda health: health.state is DeviceState.UNREACHABLE)
        room.healths.wait_for_any(lambda health: health.device == "scanner:2" and is_ready(health))
        scanning = next(thread for thread in threading.enumerate() if thread.name == "scanner:2")
        room.centre.plugged()
        assert scanning.is_alive()
        line.send(b"5000128104517\r")
        assert room.scans.wait(lambda heard: True).text == "5000128104517"


def test_a_plug_does_not_disturb_the_printer_that_prints(room: DeviceRoom, tmp_path: Path) -> None:
    with SimulatedPrinter() as printer:
        absent = PrinterSettings(f"serial://{tmp_path}/absent")
        settings = DeviceSettings(printer=PrinterSettings(printer.address), fallback_printer=absent)
        room.centre.use(settings)
        room.healths.wait_for_any(lambda health: health.state is DeviceState.UNREACHABLE)
        printing = next(thread for thread in threading.enumerate() if thread.name == "receipt_printer")
        room.centre.plugged()
        assert printing.is_alive()


def test_what_was_sold_is_not_sold_again_when_the_scale_is_begun_anew(room: DeviceRoom) -> None:
    with SimulatedScale("nci", over="tcp") as scale:
        scale.do(lambda: setattr(scale.pan, "grams", 250))
        settings = DeviceSettings(scale=ScaleSettings("nci", scale.address))
        room.centre.use(settings)
        room.centre.scale.watch(True)
        room.weights.wait_for_any(lambda live: live.can_be_taken)
        room.centre.scale.used(room.centre.scale.latest().number)
        room.centre.test("scale", settings)
        assert room.weights.wait(lambda live: live.weight_grams == 250).is_sold


def test_a_scale_that_rests_for_its_test_has_no_weight_to_sell(room: DeviceRoom) -> None:
    with SimulatedScale("nci", over="tcp") as scale:
        scale.do(lambda: setattr(scale.pan, "grams", 250))
        room.centre.use(DeviceSettings(scale=ScaleSettings("nci", scale.address)))
        room.centre.scale.watch(True)
        room.weights.wait_for_any(lambda live: live.can_be_taken)
        room.centre.scale.stop()
        assert room.weights.all[-1].state is WeightState.SILENT
        assert not room.centre.scale.latest().can_be_taken
