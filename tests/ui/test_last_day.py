"""The last closed day is compared with the hub by itself, once everything was sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.test_sync_centre import WELL, closed_days
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.services.errors import HubUnreachable
from till_app.services.session_check import SessionComparison
from till_app.services.status import LinkState, SyncStatus
from till_app.ui.last_day import LastDayCheck

OFFLINE = SyncStatus(LinkState.OFFLINE)
BUSY = SyncStatus(LinkState.ONLINE, waiting_entries=3)


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def asked(till: TillWindow) -> int:
    return till.hub.asked.count("compare")


def test_a_day_that_differs_is_said_once(till: TillWindow, qtbot: QtBot) -> None:
    (day,) = closed_days(till, 1)
    finding = "298 sales at the till, 297 at the hub"
    till.hub.comparisons = {day.session_id: SessionComparison(day, 298, 297, False, (finding,), 1203)}
    LastDayCheck(till.window, till.bridge, till.window)
    till.bridge.report_sync(WELL)
    qtbot.waitUntil(lambda: finding in till.message)
    till.bridge.report_sync(OFFLINE)
    till.bridge.report_sync(WELL)
    assert asked(till) == 1


def test_a_day_that_is_the_same_is_not_spoken_of(till: TillWindow, qtbot: QtBot) -> None:
    (day,) = closed_days(till, 1)
    till.hub.comparisons = {day.session_id: SessionComparison(day, 298, 298, True, ())}
    check = LastDayCheck(till.window, till.bridge, till.window)
    before = till.message
    till.bridge.report_sync(WELL)
    qtbot.waitUntil(lambda: check.compared_id == day.session_id)
    assert till.message == before


def test_nothing_is_asked_while_something_waits_or_the_hub_is_away(till: TillWindow) -> None:
    closed_days(till, 1)
    LastDayCheck(till.window, till.bridge, till.window)
    till.bridge.report_sync(OFFLINE)
    till.bridge.report_sync(BUSY)
    assert asked(till) == 0


def test_a_hub_that_did_not_answer_is_asked_again(till: TillWindow, qtbot: QtBot) -> None:
    (day,) = closed_days(till, 1)
    till.hub.comparisons = {day.session_id: HubUnreachable("no_connection")}
    check = LastDayCheck(till.window, till.bridge, till.window)
    till.bridge.report_sync(WELL)
    qtbot.waitUntil(lambda: asked(till) == 1 and not check.is_asking)
    till.hub.comparisons = {day.session_id: SessionComparison(day, 1, 1, True, ())}
    till.bridge.report_sync(OFFLINE)
    till.bridge.report_sync(WELL)
    qtbot.waitUntil(lambda: check.compared_id == day.session_id)
