"""The customer's screen through real sales at the real window: what it shows, where it is, what it costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.services.counter import CASHIER_PIN, CHEDDAR, MILK, open_counter
from tests.ui.till_fixture import (
    LOAF,
    OATS,
    TillWindow,
    fill_shop,
    open_selling_till,
    open_till,
    plain_picture,
)
from till_app.app import TillApplication
from till_app.services.device_settings import DeviceSettings, SecondScreenSettings
from till_app.services.device_status import (
    CustomerMoment,
    CustomerView,
    DeviceHealth,
    DeviceState,
    ShownLine,
)
from till_app.services.status import CatalogueChanged
from till_app.till_files import TillFiles
from till_app.ui.bridge import Errands
from till_app.ui.customer_screen.customer_window import CustomerWindow
from till_app.ui.customer_screen.offers import offers_of
from till_app.ui.customer_screen.placing import chosen_screen
from till_app.ui.customer_screen.second_screen import SecondScreen
from till_app.ui.customer_screen.sizes import sizes_for
from till_app.ui.screens.installer.device_form import DeviceForm
from till_app.ui.shell import ScreenName
from till_app.ui.theme.theme import apply_theme
from till_app.ui.widgets.painting import metrics_for

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Key = Qt.Key
MILK_CODE, OATS_CODE, LOAF_CODE = MILK.barcodes[0], OATS.barcodes[0], LOAF.barcodes[0]
SIZES = ((800, 480), (1024, 768), (1366, 768), (1920, 1080), (768, 1366), (1080, 1920))
USED = SecondScreenSettings(is_used=True)


@dataclass(frozen=True)
class Monitor:
    """Stands where QScreen does: the test's window system has only one."""

    title: str
    place: QRect

    def name(self) -> str:
        return self.title

    def geometry(self) -> QRect:
        return self.place


CASHIERS = Monitor("eDP-1", QRect(0, 0, 1366, 768))
CUSTOMERS = Monitor("HDMI-1", QRect(1366, 0, 1024, 600))
WALL = Monitor("DP-3", QRect(2390, 0, 1920, 1080))


class Desk(QObject):
    """The monitors on the counter; the till's window is on the first."""

    changed = Signal()

    def __init__(self, *monitors: Monitor) -> None:
        super().__init__()
        self.monitors = list(monitors)
        self.till = monitors[0].geometry()

    def start(self) -> None:
        """There is nothing to listen to."""

    def screens(self) -> Sequence[Monitor]:
        return self.monitors

    def till_geometry(self) -> QRect:
        return self.till

    def plug(self, *monitors: Monitor) -> None:
        self.monitors = list(monitors)
        self.changed.emit()


class Counter:
    """A till, and beside it the customer's screen."""

    def __init__(self, till: TillWindow, desk: Desk, settings: SecondScreenSettings = USED) -> None:
        self.till = till
        self.desk = desk
        self.healths: list[DeviceHealth] = []
        services = till.counter.services
        window = CustomerWindow(
            till.counter.catalogue.picture, lambda: offers_of(services, till.window.formatter)
        )
        self.screen = SecondScreen(window, desk, self.healths.append, settings)
        self.window = window
        services.customer_view.add_sink(self.screen)
        self.screen.start()

    def look(self) -> CustomerWindow:
        """Once the till's turn is over, and what that was is painted."""
        QApplication.processEvents()
        self.window.show_now()
        while not self.window.shelf.is_idle:
            QApplication.processEvents()
        return self.window


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as till:
        yield till


@pytest.fixture
def counter(till: TillWindow) -> Iterator[Counter]:
    counter = Counter(till, Desk(CASHIERS, CUSTOMERS))
    yield counter
    counter.screen.close()


class Paints(QObject):
    """How often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


# ------------------------------------------------------------------ what it shows


def test_it_follows_a_sale_from_closed_to_thanks(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        counter = Counter(till, Desk(CASHIERS, CUSTOMERS))
        window = counter.look()
        assert window.page is window.closed
        assert window.closed.shop == "High Street Grocers"
        till.sign_on(pin=CASHIER_PIN)
        assert counter.look().page is window.idle
        assert window.idle.shop == "High Street Grocers"
        till.counter.services.cash_control.open_session(10_000)
        till.window.go(ScreenName.SELL)
        till.scan(MILK_CODE)
        till.scan(CHEDDAR.barcodes[0])
        till.type_keys("0.412")
        till.press(Key.Key_Return)
        assert counter.look().page is window.basket
        assert [(line.name, line.quantity, line.amount) for line in window.basket.lines.shown] == [
            ("Semi-skimmed milk 2L", "", "£1.65"),
            ("Mature cheddar", "0.412 kg × £9.50/kg", "£3.91"),
        ]
        assert (window.basket.total.label, window.basket.total.amount) == ("Total", "£5.56")
        till.press(Key.Key_Space)
        counter.look()
        assert (window.basket.total.label, window.basket.total.amount) == ("To pay", "£5.56")
        till.type_keys("200")
        till.press(Key.Key_Return)
        counter.look()
        assert (window.basket.total.label, window.basket.total.amount) == ("To pay", "£3.56")
        assert window.basket.total.notes == (("Total", "£5.56", False),)
        till.type_keys("500")
        till.press(Key.Key_Return)
        assert counter.look().page is window.done
        assert (window.done.change, window.done.total) == ("£1.44", "£5.56")
        till.press(Key.Key_Space)
        assert counter.look().page is window.idle
        counter.screen.close()


def test_a_basket_of_forty_lines_shows_the_newest_and_how_many_there_are_above(counter: Counter) -> None:
    lines = tuple(ShownLine(f"Line {number}", "", "£1.00") for number in range(25, 41))
    view = CustomerView(CustomerMoment.SELLING, lines, earlier_lines=24, last_line=lines[-1], total="£40.00")
    counter.look().basket.show_view(view)
    shown = counter.window.basket.lines.shown
    assert shown[-1].name == "Line 40"
    assert len(shown) + counter.window.basket.lines.unseen == 40
    assert len(shown) == counter.window.basket.lines.room - 1, "the first row says how many more"


@pytest.mark.parametrize("size", SIZES)
def test_on_every_screen_three_lines_the_last_line_and_the_total_have_room(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = CustomerWindow(lambda _sha256: None, tuple)
    qtbot.addWidget(window)
    window.resize(*size)
    window.use(USED)
    lines = tuple(ShownLine(name, "3 × £0.55", "£1,234.56") for name in ("A" * 200, "خبز عربي", "Oats"))
    window.show_view(
        CustomerView(
            CustomerMoment.PAYING,
            lines,
            last_line=lines[0],
            total="£98,765.43",
            savings="£1.45",
            to_pay="£98,765.43",
        )
    )
    window.show()
    window.show_now()
    sizes, basket = sizes_for(QSize(*size)), window.basket
    assert basket.lines.shown == lines
    assert basket.total.height() >= basket.total.wanted_height()
    assert basket.last.height() >= metrics_for(sizes.last_amount).height() + 2 * sizes.gap
    parts = [part.geometry() for part in (basket.lines, basket.last, basket.total)]
    assert all(basket.rect().contains(part) for part in parts)
    assert not any(one.intersects(other) for one in parts for other in parts if one is not other)


def test_a_picture_takes_its_placeholders_place_when_it_has_been_fetched(qtbot: QtBot) -> None:
    here: dict[str, bytes] = {}
    window = CustomerWindow(here.get, tuple)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.use(USED)
    window.show()
    loaf = ShownLine("Sourdough loaf 800g", "", "£3.20", "sha-of-the-loaf")
    window.show_view(CustomerView(CustomerMoment.SELLING, (loaf,), last_line=loaf, total="£3.20"))
    window.show_now()
    qtbot.waitUntil(lambda: window.shelf.is_idle)
    assert _picture_colours(window) == {"#e3e8ed"}, "the quiet ground of a placeholder"
    here["sha-of-the-loaf"] = plain_picture("#e8d8b8")
    window.catalogue_changed(CatalogueChanged(pictures=frozenset(here)))
    qtbot.waitUntil(lambda: window.shelf.is_idle)
    assert _picture_colours(window) == {"#e8d8b8"}


def _picture_colours(window: CustomerWindow) -> set[str]:
    """Of the picture in the first row, and of the large one."""
    row = window.basket.lines.grab().toImage().pixelColor(30, 18)
    large = window.basket.last.grab().toImage().pixelColor(40, 40)
    return {row.name(), large.name()}


def test_without_pictures_the_words_have_their_room(counter: Counter) -> None:
    counter.till.scan(LOAF_CODE)
    counter.look()
    counter.screen.use(SecondScreenSettings(is_used=True, shows_pictures=False))
    window = counter.look()
    assert window.basket.lines.grab().toImage().pixelColor(60, 36).name() != "#e8d8b8"
    assert window.idle.offers == ()


def test_while_nobody_buys_the_shops_messages_and_goods_take_turns(till: TillWindow) -> None:
    settings = SecondScreenSettings(is_used=True, idle_text="Fresh bread at 8 and 12\n\nWe open on Sundays")
    counter = Counter(till, Desk(CASHIERS, CUSTOMERS), settings)
    idle = counter.look().idle
    seen = []
    for _ in range(3):
        seen.append((idle.message, idle.offer.name if idle.offer else ""))
        idle.turn()
    assert seen == [
        ("Fresh bread at 8 and 12", "Sourdough loaf 800g"),
        ("We open on Sundays", "Semi-skimmed milk 2L"),
        ("Fresh bread at 8 and 12", "Free-range eggs 6"),
    ]
    assert "Red wine 75cl" not in [offer.name for offer in idle.offers], "its age is asked for"
    counter.screen.close()


def test_goods_that_change_at_the_hub_change_here(counter: Counter) -> None:
    idle = counter.look().idle
    before = len(idle.offers)
    counter.till.counter.catalogue.apply([replace(LOAF, blocked=True)], "epoch:3")
    counter.screen.catalogue_changed(CatalogueChanged(frozenset((LOAF.item_id,)), frozenset(("item",))))
    assert len(idle.offers) == before - 1


def test_it_follows_the_theme_at_once(counter: Counter, qapp: QApplication) -> None:
    window = counter.look()
    light = window.grab().toImage().pixelColor(5, 5)
    apply_theme(qapp, "dark", 1.5)
    dark = window.grab().toImage().pixelColor(5, 5)
    assert (light.name(), dark.name()) == ("#ffffff", "#1a232c")


# ------------------------------------------------------------------ where it is


def test_the_screen_is_the_named_one_else_the_first_that_the_till_is_not_on() -> None:
    till = CASHIERS.geometry()
    monitors = [CASHIERS, CUSTOMERS, WALL]
    assert chosen_screen(monitors, till, USED) is CUSTOMERS
    assert chosen_screen(monitors, till, SecondScreenSettings(screen_name="DP-3")) is WALL
    assert chosen_screen(monitors, till, SecondScreenSettings(screen_name="VGA-1")) is None
    assert chosen_screen([CASHIERS], till, USED) is None
    assert chosen_screen(monitors, till, SecondScreenSettings(screen_name="eDP-1")) is None
    mirrored = Monitor("HDMI-1", QRect(0, 0, 1024, 600))
    assert chosen_screen([CASHIERS, mirrored], till, USED) is None


def test_unplugging_hides_it_and_plugging_in_again_brings_it_back(counter: Counter) -> None:
    window, desk = counter.look(), counter.desk
    assert window.isVisible()
    assert window.geometry() == CUSTOMERS.geometry()
    desk.plug(CASHIERS)
    assert not window.isVisible()
    counter.till.scan(MILK_CODE)
    moved = Monitor("HDMI-1", QRect(-800, 0, 800, 480))
    desk.plug(CASHIERS, moved)
    assert window.isVisible()
    assert window.geometry() == moved.geometry()
    assert counter.look().basket.total.amount == "£1.65", "what happened meanwhile is shown"
    said = [(health.state, health.error, health.facts) for health in counter.healths]
    assert said == [
        (DeviceState.READY, "", {"shows": "HDMI-1 · 1024 × 600"}),
        (DeviceState.UNREACHABLE, "no_screen", {}),
        (DeviceState.READY, "no_screen", {"shows": "HDMI-1 · 800 × 480"}),
    ]


def test_with_one_screen_it_is_hidden_and_says_so(till: TillWindow) -> None:
    counter = Counter(till, Desk(CASHIERS))
    assert not counter.look().isVisible()
    assert [(health.state, health.error) for health in counter.healths] == [
        (DeviceState.UNREACHABLE, "no_screen")
    ]
    counter.screen.close()


def test_a_till_dragged_onto_its_screen_drives_it_away(counter: Counter) -> None:
    counter.look()
    counter.desk.till = CUSTOMERS.geometry()
    counter.desk.changed.emit()
    assert counter.window.geometry() == CASHIERS.geometry()


def test_settings_hold_at_once(counter: Counter) -> None:
    window = counter.look()
    counter.desk.plug(CASHIERS, CUSTOMERS, WALL)
    counter.screen.use(SecondScreenSettings(is_used=True, screen_name="DP-3"))
    assert window.geometry() == WALL.geometry()
    counter.screen.use(SecondScreenSettings())
    assert not window.isVisible()
    assert counter.screen.health.state is DeviceState.NOT_SET_UP


def test_the_whole_till_uses_new_settings_at_once_and_lists_its_health_among_the_devices(
    tmp_path: Path, qtbot: QtBot
) -> None:
    """The test's window system has one screen: it is hidden, and the Devices screen can say why."""
    with open_counter(tmp_path) as shop:
        fill_shop(shop)
    application = TillApplication(TillFiles(tmp_path), DeviceSettings())
    try:
        application.window.sounds.set_muted(True)
        application.window.show()
        application.show()
        centre, screen = application.till.devices, application.second_screen
        said = Errands()
        said.send(screen, lambda: centre.use(DeviceSettings(second_screen=USED)), lambda _: None, fail)
        qtbot.waitUntil(lambda: screen.health.state is DeviceState.UNREACHABLE)
        listed = {health.device: health for health in centre.health()}
        assert listed["second_screen"] == screen.health
        assert not screen.window.isVisible()
    finally:
        application.close()
        application.window.deleteLater()


def fail(error: Exception) -> None:
    raise error


def test_the_installer_chooses_among_the_screens_that_are_there(qtbot: QtBot, qapp: QApplication) -> None:
    form = DeviceForm("second_screen", SecondScreenSettings(screen_name="gone", idle_text="One\nTwo"))
    qtbot.addWidget(form)
    assert form.place == SecondScreenSettings(screen_name="gone", idle_text="One\nTwo"), "nothing is lost"
    field = form.fields["screen_name"]
    field.show_value(qapp.screens()[0].name())
    form.fields["idle_text"].show_value("Three")
    assert form.place == SecondScreenSettings(screen_name=qapp.screens()[0].name(), idle_text="Three")


# ------------------------------------------------------------- the cashier's work


def test_typing_and_scanning_stay_at_the_till_while_it_is_shown(counter: Counter) -> None:
    till, handle = counter.till, counter.till.window.windowHandle()
    counter.look()
    assert QApplication.focusWindow() is handle
    till.scan_by_wedge(MILK_CODE)
    assert [name for _, name, _ in till.rows] == ["Semi-skimmed milk 2L"]
    counter.desk.plug(CASHIERS)
    counter.desk.plug(CASHIERS, CUSTOMERS)
    counter.look()
    till.type_keys("2*")
    till.scan_by_wedge(OATS_CODE)
    assert [(quantity, name) for quantity, name, _ in till.rows][-1] == ("2", "Porridge oats 1kg")
    assert QApplication.focusWindow() is handle
    flags = counter.window.windowFlags()
    assert flags & Qt.WindowType.WindowDoesNotAcceptFocus
    assert counter.window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_many_scans_at_once_are_painted_once(counter: Counter) -> None:
    window = counter.look()
    counter.till.scan(MILK_CODE)
    counter.look()
    QApplication.processEvents()
    paints = Paints(window.basket.lines)
    for _ in range(20):
        counter.till.scan(OATS_CODE)
    assert paints.count == 0
    counter.look()
    QApplication.processEvents()
    assert paints.count == 1


def test_closing_the_till_leaves_no_window(till: TillWindow) -> None:
    counter = Counter(till, Desk(CASHIERS, CUSTOMERS))
    counter.look()
    counter.screen.close()
    counter.desk.plug(CASHIERS, CUSTOMERS, WALL)
    assert not counter.window.isVisible()


def test_nothing_is_read_for_it_once_it_is_closed(counter: Counter) -> None:
    """The till's databases are closed right after."""
    counter.window.show_view(CustomerView(CustomerMoment.IDLE))
    assert not counter.window.is_up_to_date
    counter.screen.close()
    assert counter.window.is_up_to_date
