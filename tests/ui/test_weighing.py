"""Weighing at the till: the live weight on the sell screen and in the panel, and each weight sold once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.simulated.scales import Pan, SimulatedScale
from tests.services.counter import CHEDDAR, SAM, SUPERVISOR_PIN, open_counter
from tests.ui.till_fixture import TillWindow, fill_shop, window_over
from till_app.devices.till_scale import TillScale
from till_app.services.device_settings import ScaleSettings
from till_app.services.device_status import LiveWeight, WeightState
from till_app.ui.bridge import Bridge
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.shell import ScreenName
from till_app.ui.widgets.live_weight import LiveWeightCard, WeightTone

Key = Qt.Key
CHEESE = CHEDDAR.barcodes[0]


@dataclass
class ScaleDesk:
    """Stands where the scale's worker does."""

    is_set_up: bool = True
    can_zero: bool = True
    can_tare: bool = True
    asked: list[str] = field(default_factory=list)
    live: LiveWeight = field(default_factory=lambda: LiveWeight(WeightState.ZERO))

    def watch(self, is_watched: bool) -> None:
        self.asked.append("watch" if is_watched else "rest")

    def latest(self) -> LiveWeight:
        return self.live

    def used(self, number: int) -> None:
        self.live = replace(self.live, is_sold=self.live.number == number)

    def zero(self) -> None:
        self.asked.append("zero")

    def tare(self) -> None:
        self.asked.append("tare")


@dataclass(frozen=True)
class Weighing:
    till: TillWindow
    scale: ScaleDesk

    def tell(self, state: WeightState, grams: int = 0, *, is_net: bool = False) -> None:
        """As the worker tells what lies there now."""
        number = self.scale.live.number + 1
        self.scale.live = LiveWeight(state, grams, is_net, number)
        self.till.bridge.report_weight(self.scale.live)

    def lay(self, grams: int) -> None:
        self.tell(WeightState.STABLE, grams)

    @property
    def panel(self) -> WeightPanel:
        return self.till.panel(WeightPanel)

    @property
    def card(self) -> LiveWeightCard:
        card = self.panel.card
        assert card is not None
        return card

    @property
    def chip_text(self) -> str:
        return self.till.sell.goods.weight.text.replace("\u00a0", " ")


@contextmanager
def weighing_till(folder: Path, qtbot: QtBot, scale: ScaleDesk | None = None) -> Iterator[Weighing]:
    scale = scale or ScaleDesk()
    with open_counter(folder) as plain:
        counter = replace(plain, services=replace(plain.services, scale=scale))
        fill_shop(counter)
        counter.begin_day()
        with window_over(counter, qtbot, (1366, 768)) as till:
            till.window.go(ScreenName.SELL)
            yield Weighing(till, scale)


@pytest.fixture
def weighing(tmp_path: Path, qtbot: QtBot) -> Iterator[Weighing]:
    with weighing_till(tmp_path, qtbot) as weighing:
        yield weighing


def test_a_weight_at_rest_is_taken_by_enter(weighing: Weighing) -> None:
    weighing.lay(412)
    weighing.till.scan(CHEESE)
    assert weighing.card.weight_text == "0.412\u00a0kg"
    assert (weighing.card.unit_price_text, weighing.card.price_text) == ("£9.50 /kg", "£3.91")
    assert weighing.panel.accept_button.caption == "Take 0.412\u00a0kg"
    weighing.till.press(Key.Key_Return)
    assert weighing.till.rows == [("0.412", "Mature cheddar", "£3.91")]


def test_a_weight_that_comes_while_the_panel_is_open_is_taken_by_the_button(weighing: Weighing) -> None:
    weighing.till.scan(CHEESE)
    assert not weighing.panel.accept_button.isEnabled()
    weighing.tell(WeightState.MOVING, 200)
    assert not weighing.panel.accept_button.isEnabled()
    weighing.lay(1_000)
    weighing.panel.accept_button.click()
    assert weighing.till.rows == [("1", "Mature cheddar", "£9.50")]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (WeightState.MOVING, "Moving: wait until it rests."),
        (WeightState.ZERO, "Nothing on the scale."),
        (WeightState.UNDER_ZERO, "Under zero: take everything off and press Zero."),
        (WeightState.OVERLOADED, "Too heavy for this scale: weigh it in parts."),
        (WeightState.SILENT, "The scale does not answer: type the weight."),
    ],
)
def test_what_is_no_weight_says_why_and_enter_takes_nothing(
    weighing: Weighing, state: WeightState, words: str
) -> None:
    weighing.till.scan(CHEESE)
    weighing.tell(state)
    assert weighing.card.state_text == words
    assert weighing.card.price_text == "–"
    weighing.till.press(Key.Key_Return)
    assert weighing.till.rows == []
    assert weighing.till.panel(WeightPanel)


def test_a_weight_is_sold_once_until_it_has_moved(weighing: Weighing) -> None:
    weighing.lay(412)
    weighing.till.scan(CHEESE)
    weighing.till.press(Key.Key_Return)
    weighing.till.scan(CHEESE)
    assert weighing.card.state_text == "In the basket already: lift it, then weigh the next."
    weighing.till.press(Key.Key_Return)
    assert len(weighing.till.rows) == 1
    weighing.lay(412)
    weighing.till.press(Key.Key_Return)
    assert [amount for *_, amount in weighing.till.rows] == ["£3.91", "£3.91"]


def test_a_weight_that_was_not_put_into_the_basket_can_be_taken_again(weighing: Weighing) -> None:
    weighing.lay(412)
    weighing.till.scan(CHEESE)
    weighing.till.press(Key.Key_Escape)
    weighing.till.scan(CHEESE)
    weighing.till.press(Key.Key_Return)
    assert len(weighing.till.rows) == 1


def test_the_panel_has_the_keyboard_and_opens_no_other_window(weighing: Weighing) -> None:
    weighing.till.scan(CHEESE)
    QApplication.processEvents()
    assert QApplication.focusWidget() is weighing.panel.entry
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [weighing.till.window]


def test_what_is_typed_wins_over_what_lies_there(weighing: Weighing) -> None:
    weighing.lay(412)
    weighing.till.scan(CHEESE)
    weighing.till.type_keys("0.2")
    assert weighing.panel.accept_button.caption == "Add · £1.90"
    weighing.till.press(Key.Key_Return)
    assert weighing.till.rows == [("0.200", "Mature cheddar", "£1.90")]
    assert weighing.scale.live.can_be_taken


def test_a_weight_can_be_typed_while_the_scale_is_silent(weighing: Weighing) -> None:
    weighing.tell(WeightState.SILENT)
    weighing.till.scan(CHEESE)
    weighing.till.type_keys("0.5")
    weighing.till.press(Key.Key_Return)
    assert weighing.till.rows == [("0.500", "Mature cheddar", "£4.75")]


def test_zero_and_tare_are_asked_of_the_scale(weighing: Weighing) -> None:
    weighing.till.scan(CHEESE)
    weighing.till.press(Key.Key_F6)
    weighing.card.tare.click()
    assert weighing.scale.asked[-2:] == ["zero", "tare"]


def test_a_net_weight_says_so(weighing: Weighing) -> None:
    weighing.till.scan(CHEESE)
    weighing.tell(WeightState.STABLE, 412, is_net=True)
    assert weighing.card.weight_text == "0.412\u00a0kg net"


def test_a_protocol_without_zero_and_tare_shows_no_such_buttons(tmp_path: Path, qtbot: QtBot) -> None:
    with weighing_till(tmp_path, qtbot, ScaleDesk(can_zero=False, can_tare=False)) as weighing:
        weighing.till.scan(CHEESE)
        assert weighing.card.zero.isHidden()
        assert weighing.card.tare.isHidden()
        weighing.tell(WeightState.UNDER_ZERO)
        assert "set the scale to zero" in weighing.card.state_text


def test_a_till_without_a_scale_asks_for_the_weight_and_shows_no_chip(tmp_path: Path, qtbot: QtBot) -> None:
    with weighing_till(tmp_path, qtbot, ScaleDesk(is_set_up=False)) as weighing:
        assert weighing.till.sell.goods.weight.isHidden()
        weighing.till.scan(CHEESE)
        assert weighing.panel.card is None
        assert weighing.panel.detail == "£9.50 /kg – type the weight"


def test_the_chip_shows_what_lies_there_and_never_changes_its_size(weighing: Weighing) -> None:
    chip = weighing.till.sell.goods.weight
    size = chip.size()
    seen = []
    for state, grams in (
        (WeightState.STABLE, 412),
        (WeightState.MOVING, 0),
        (WeightState.STABLE, 14_999),
        (WeightState.ZERO, 0),
        (WeightState.UNDER_ZERO, 0),
        (WeightState.OVERLOADED, 0),
        (WeightState.SILENT, 0),
    ):
        weighing.tell(state, grams)
        seen.append((weighing.chip_text, chip.tone))
        assert chip.size() == size
    assert seen == [
        ("0.412 kg", WeightTone.READY),
        ("moving", WeightTone.QUIET),
        ("14.999 kg", WeightTone.READY),
        ("0.000 kg", WeightTone.QUIET),
        ("under zero", WeightTone.LOOK),
        ("too heavy", WeightTone.LOOK),
        ("no answer", WeightTone.LOOK),
    ]


def test_a_scale_that_is_set_up_in_the_middle_of_a_sale_shows_its_chip_and_one_taken_away_does_not(
    tmp_path: Path, qtbot: QtBot
) -> None:
    scale = ScaleDesk(is_set_up=False)
    with weighing_till(tmp_path, qtbot, scale) as weighing:
        scale.is_set_up = True
        weighing.lay(412)
        assert weighing.till.sell.goods.weight.isVisible()
        scale.is_set_up = False
        weighing.tell(WeightState.SILENT)
        assert weighing.till.sell.goods.weight.isHidden()


def test_a_scale_that_did_not_answer_yet_is_not_called_silent_at_once(weighing: Weighing) -> None:
    weighing.scale.live = LiveWeight(WeightState.SILENT)
    weighing.till.window.go(ScreenName.SELL)
    assert weighing.chip_text == "–"


def test_the_scale_is_asked_while_somebody_is_served_and_rests_while_the_till_is_locked(
    weighing: Weighing,
) -> None:
    weighing.scale.asked.clear()
    weighing.till.window.go(ScreenName.RETURNS)
    assert weighing.scale.asked == ["watch"]
    weighing.till.window.lock()
    assert weighing.scale.asked[-1] == "rest"


def test_a_returned_weight_is_taken_from_the_scale_too(weighing: Weighing) -> None:
    weighing.till.window.go(ScreenName.SIGN_ON)
    weighing.till.counter.sign_on(SAM, SUPERVISOR_PIN)
    weighing.till.window.go(ScreenName.RETURNS)
    weighing.lay(412)
    weighing.till.scan(CHEESE)
    weighing.till.press(Key.Key_Return)
    weighing.till.press(Key.Key_Return)
    assert weighing.till.rows == [("−0.412", "Mature cheddar", "−£3.91")]
    assert not weighing.scale.live.can_be_taken


def test_a_line_is_weighed_again(weighing: Weighing) -> None:
    weighing.lay(412)
    weighing.till.scan(CHEESE)
    weighing.till.press(Key.Key_Return)
    weighing.till.press(Key.Key_F2)
    weighing.lay(500)
    weighing.till.press(Key.Key_Return)
    assert weighing.till.rows == [("0.500", "Mature cheddar", "£4.75")]
    assert not weighing.scale.live.can_be_taken


def test_from_the_goods_on_a_real_line_to_the_basket(tmp_path: Path, qtbot: QtBot) -> None:
    """The worker, its thread and a scale on a pseudo terminal."""
    bridges: list[Bridge] = []

    def tell(live: LiveWeight) -> None:
        bridges[0].report_weight(live)

    with SimulatedScale("nci", pan=Pan(412)) as peer, open_counter(tmp_path) as plain:
        scale = TillScale(ScaleSettings("nci", peer.address), tell, lambda _health: None)
        counter = replace(plain, services=replace(plain.services, scale=scale))
        fill_shop(counter)
        counter.begin_day()
        with window_over(counter, qtbot, (1366, 768)) as till:
            bridges.append(till.bridge)
            scale.start()
            try:
                till.window.go(ScreenName.SELL)
                till.scan(CHEESE)
                qtbot.waitUntil(till.panel(WeightPanel).accept_button.isEnabled, timeout=5000)
                till.press(Key.Key_Return)
                assert till.rows == [("0.412", "Mature cheddar", "£3.91")]
                assert not scale.latest().can_be_taken
            finally:
                scale.stop()
