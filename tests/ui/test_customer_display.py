"""A pole display on a real line shows what the till's screens show, after each step of a sale."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.simulated.displays import SimulatedDisplay
from tests.services.counter import CASHIER_PIN, CHEDDAR, MILK
from tests.ui.till_fixture import TillWindow, open_till
from till_app.devices.till_display import TillDisplay
from till_app.services.device_settings import DisplaySettings
from till_app.ui.shell import ScreenName

Key = Qt.Key
MILK_CODE = MILK.barcodes[0]


class NoPrinter:
    def send_raw(self, data: bytes) -> None:
        raise AssertionError(f"nothing is connected to a printer here: {data!r}")


@pytest.fixture
def pole() -> Iterator[SimulatedDisplay]:
    with SimulatedDisplay("cd5220") as pole:
        yield pole


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot, pole: SimulatedDisplay) -> Iterator[TillWindow]:
    with open_till(tmp_path, qtbot) as till:
        display = TillDisplay(DisplaySettings(address=pole.address), NoPrinter(), lambda _health: None)
        display.start()
        till.counter.services.customer_view.add_sink(display)
        yield till
        display.stop()


def shows(pole: SimulatedDisplay, upper: str, lower: str) -> None:
    """As soon as the window's turn is over and the line has carried it."""
    QApplication.processEvents()
    pole.wait_for((upper, lower))


def test_the_display_follows_a_sale_from_sign_on_to_the_change(
    till: TillWindow, pole: SimulatedDisplay
) -> None:
    shows(pole, "       Closed", "")
    till.sign_on(pin=CASHIER_PIN)
    shows(pole, "High Street Grocers", "")
    till.counter.services.cash_control.open_session(10_000)
    till.window.go(ScreenName.SELL)
    till.scan(MILK_CODE)
    shows(pole, "Semi-skimmed m £1.65", "Total          £1.65")
    till.press(Key.Key_Plus)
    shows(pole, "2 Semi-skimmed £3.30", "Total          £3.30")
    till.scan(CHEDDAR.barcodes[0])
    till.type_keys("0.412")
    till.press(Key.Key_Return)
    shows(pole, "0.412 kg Matur £3.91", "Total          £7.21")
    till.press(Key.Key_Delete)
    shows(pole, "2 Semi-skimmed £3.30", "Total          £3.30")
    till.press(Key.Key_Space)
    shows(pole, "Total          £3.30", "To pay         £3.30")
    till.type_keys("200")
    till.press(Key.Key_Return)
    shows(pole, "Total          £3.30", "To pay         £1.30")
    till.type_keys("500")
    till.press(Key.Key_Return)
    shows(pole, "Change         £3.70", "Thank you")
    till.scan(MILK_CODE)
    shows(pole, "Semi-skimmed m £1.65", "Total          £1.65")


def test_a_basket_that_is_voided_or_left_to_be_paid_later_is_shown_so(
    till: TillWindow, pole: SimulatedDisplay
) -> None:
    till.sign_on(pin=CASHIER_PIN)
    till.counter.services.cash_control.open_session(10_000)
    till.window.go(ScreenName.SELL)
    till.scan(MILK_CODE)
    till.press(Key.Key_Space)
    shows(pole, "Total          £1.65", "To pay         £1.65")
    till.press(Key.Key_Escape)
    shows(pole, "Semi-skimmed m £1.65", "Total          £1.65")
    till.window.lock()
    shows(pole, "Semi-skimmed m £1.65", "Total          £1.65")
    till.sign_on(pin=CASHIER_PIN)
    till.press(Key.Key_Delete)
    shows(pole, "High Street Grocers", "")
    till.counter.services.sign_on.sign_off()
    till.window.go(ScreenName.SIGN_ON)
    shows(pole, "       Closed", "")


def test_many_scans_in_one_turn_are_shown_by_their_last(till: TillWindow, pole: SimulatedDisplay) -> None:
    till.sign_on(pin=CASHIER_PIN)
    till.counter.services.cash_control.open_session(10_000)
    till.window.go(ScreenName.SELL)
    for _ in range(20):
        till.scan(MILK_CODE)
    shows(pole, "20 Semi-skimm £33.00", "Total         £33.00")
