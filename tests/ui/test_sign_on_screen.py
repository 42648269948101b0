"""Signing on, locking and opening the day, as the operators do it."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.services.counter import CASHIER_PIN, MANAGER_PIN, MORAG, SAM, SUPERVISOR_PIN
from tests.ui.till_fixture import open_selling_till, open_till
from till_app.ui.screens.open_day import OpenDayScreen
from till_app.ui.shell import ScreenName

Key = Qt.Key
MILK = "5000128104517"


def test_the_first_of_the_day_types_a_pin_and_the_float_and_sells(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        till.sign_on()
        assert till.is_on(ScreenName.OPEN_DAY)
        till.type_keys("12000")
        till.press(Key.Key_Return)
        assert till.is_on(ScreenName.SELL)
        session = till.counter.services.workplace.session
        assert session is not None
        assert session.float_minor == 12_000


def test_the_usual_float_is_suggested_and_enter_takes_it(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        till.sign_on()
        till.press(Key.Key_Return)
        session = till.counter.services.workplace.session
        assert session is not None
        assert session.float_minor == 15_000


def test_a_float_of_nothing_is_one_touch(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        till.sign_on()
        screen = till.window.screen_named(ScreenName.OPEN_DAY)
        assert isinstance(screen, OpenDayScreen)
        assert [button.caption for button in screen.suggestions] == ["£150", "£100", "£0"]
        screen.suggestions[2].click()
        till.press(Key.Key_Return)
        session = till.counter.services.workplace.session
        assert session is not None
        assert session.float_minor == 0


def test_wrong_pins_count_down_and_then_lock_out_for_a_time(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        messages = []
        for _ in range(5):
            till.sign_on(pin="9999")
            messages.append(till.sign_on_screen.pin_pad.message)
        assert messages[0] == "Wrong PIN – 4 tries left"
        assert messages[3] == "Wrong PIN – 1 try left"
        assert messages[4].startswith("Too many wrong PINs: locked until ")
        till.sign_on()
        assert till.is_on(ScreenName.SIGN_ON), "the right PIN does not open while it is locked"
        till.counter.clock.go_on(31)
        till.sign_on()
        assert till.is_on(ScreenName.OPEN_DAY)


def test_a_demo_shop_shows_its_pins_on_the_buttons(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        assert till.sign_on_screen.button_of("aisha").accessibleName() == "Aisha, Cashier · PIN 1111"


def test_a_scan_before_signing_on_says_what_to_do(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        till.scan(MILK)
        assert till.message.startswith("Sign on before you scan")


def test_locking_keeps_the_basket_and_the_pin_brings_it_back(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as till:
        till.scan(MILK)
        till.press(Key.Key_F12)
        assert till.is_on(ScreenName.SIGN_ON)
        till.type_keys(CASHIER_PIN)
        till.press(Key.Key_Return)
        assert till.is_on(ScreenName.SELL)
        assert len(till.rows) == 1


def test_a_till_locked_while_paying_goes_on_with_the_payment(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as till:
        till.scan(MILK)
        till.press(Key.Key_Space)
        till.press(Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        till.type_keys(CASHIER_PIN)
        till.press(Key.Key_Return)
        assert till.is_on(ScreenName.TENDER)


def test_a_supervisor_may_take_over_a_locked_basket(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as till:
        till.scan(MILK)
        till.press(Key.Key_F12)
        till.sign_on(SAM, SUPERVISOR_PIN)
        assert till.is_on(ScreenName.SELL)
        operator = till.counter.services.workplace.operator
        assert operator is not None
        assert operator.name == "Sam"


def test_signing_off_waits_for_the_open_basket(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot) as till:
        till.scan(MILK)
        till.sell.more_actions.sign_off()
        assert till.message.startswith("A basket is still open")
        till.press(Key.Key_Delete)
        till.sell.more_actions.sign_off()
        assert till.is_on(ScreenName.SIGN_ON)
        assert till.counter.services.workplace.operator is None


def test_a_clock_that_went_back_is_told_before_the_day_is_opened(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        till.counter.sign_on(MORAG, MANAGER_PIN)
        till.counter.services.cash_control.open_session(0)
        till.counter.sell("5000128104517")
        till.counter.services.reporting.close_day({})
        till.window.go(ScreenName.OPEN_DAY)
        assert till.message == ""
        till.counter.clock.go_on(-86_400)
        till.window.go(ScreenName.SIGN_ON)
        till.window.go(ScreenName.OPEN_DAY)
        assert "clock is behind" in till.message
        assert "23 Nov 2026" in till.message
