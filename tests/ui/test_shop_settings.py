"""Settings of the hub that the window follows as they change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.services.chain_shop import apply, setting
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.ui.idle import IdleWatch
from till_app.ui.shell import ScreenName
from till_app.wire.bodies import Kind

CHANGED = CatalogueChanged(kinds=frozenset({"setting"}))


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def test_the_till_locks_itself_when_it_is_left_alone_as_long_as_the_shop_says(
    till: TillWindow, qtbot: QtBot
) -> None:
    apply(till.counter, setting("lock_after_s", "1"))
    till.bridge.catalogue_changed.emit(CHANGED)
    qtbot.waitUntil(lambda: till.is_on(ScreenName.SIGN_ON), timeout=10_000)
    assert till.counter.services.workplace.is_locked


def test_a_key_begins_the_wait_anew_and_zero_never_tells(qtbot: QtBot, till: TillWindow) -> None:
    watch = IdleWatch(till.window)
    told: list[bool] = []
    watch.left_alone.connect(lambda: told.append(True))
    watch.touched()  # off: nothing begins
    assert watch.remaining_ms == -1
    watch.tell_after(600)
    before = watch.remaining_ms
    # A coarse timer ends on whole seconds: only after more than one does a new beginning show.
    qtbot.waitUntil(lambda: watch.remaining_ms < before - 1_500, timeout=10_000)
    left = watch.remaining_ms
    till.press(Qt.Key.Key_Shift)
    watch.touched()
    assert watch.remaining_ms > left
    watch.tell_after(0)
    assert (watch.remaining_ms, told) == (-1, [])


def test_the_clock_is_called_wrong_from_the_difference_on_that_the_shop_allows(till: TillWindow) -> None:
    till.bridge.sync_changed.emit(SyncStatus(LinkState.ONLINE, clock_skew_s=45))
    assert till.window.top_bar.pill("hub").state.words == "Online · all sales sent"
    apply(till.counter, setting("clock_skew_warning_s", "30"))
    till.bridge.catalogue_changed.emit(CHANGED)
    assert till.window.top_bar.pill("hub").state.words == "Online · clock is wrong"


def test_a_day_after_the_last_time_the_tills_health_is_recorded_between_two_customers(
    till: TillWindow,
) -> None:
    def times() -> int:
        return len(till.counter.ledger.unsent_of_kind(Kind.TILL_HEALTH))

    assert times() == 1
    till.counter.clock.go_on(86_400)
    till.scan("5000128104517")
    till.window.minute_passed()
    assert times() == 1
    till.sell.line_actions.void_line()
    till.window.minute_passed()
    assert times() == 2
