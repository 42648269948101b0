"""The sync centre: what waits, what is set aside and why, how both sides agree, and what to do about it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.services.counter import MANAGER_PIN, MORAG, SAM, SUPERVISOR_PIN
from tests.ui.till_fixture import TillWindow, open_selling_till, open_till
from till_app.domain.currency import GBP
from till_app.domain.session import TillSession
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.session_check import SessionComparison
from till_app.services.status import CheckReport, LinkState, LoadProgress, SyncStatus, WaitingAtHub
from till_app.ui.formatting import Formatter
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.screens.sync_centre import DAYS, SET_ASIDE, SyncCentreScreen
from till_app.ui.shell import ScreenName
from till_app.ui.status_words import TO_PAIR_AGAIN, hub_advice, hub_state
from till_app.ui.sync_words import kind_words
from till_app.ui.theme.theme import Theme, ThemeMode
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.amount_entry import AmountEntry
from till_app.ui.widgets.painting import metrics_for
from till_app.wire.bodies import Kind
from till_app.wire.exchange import ErrorCode

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
MILK = "5000128104517"
FORMATTER = Formatter(GBP)
WELL = SyncStatus(
    LinkState.ONLINE,
    last_exchange_at="2026-11-24T14:25:00.000000Z",
    protocol=2,
    hub_version="1.4.1",
    is_live=True,
)


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def centre(till: TillWindow) -> SyncCentreScreen:
    screen = till.window.screen_named(ScreenName.SYNC_CENTRE)
    assert isinstance(screen, SyncCentreScreen)
    return screen


def open_centre(till: TillWindow, status: SyncStatus = WELL) -> SyncCentreScreen:
    till.bridge.report_sync(status)
    till.press(Key.Key_F12, Shift)
    assert till.is_on(ScreenName.SYNC_CENTRE)
    return centre(till)


def approve(till: TillWindow) -> None:
    """Sam, a supervisor, does."""
    till.panel(ApprovalPanel).choose(SAM)
    till.type_keys(SUPERVISOR_PIN)
    till.press(Key.Key_Return)


def facts(screen: SyncCentreScreen) -> dict[str, str]:
    tables = (screen.overview.waiting, screen.overview.hub, screen.overview.catalogue)
    return {fact.name: fact.words.replace("\u200b", "") for table in tables for fact in table.facts}


def warnings(screen: SyncCentreScreen) -> list[str]:
    tables = (screen.overview.waiting, screen.overview.hub, screen.overview.catalogue)
    return [fact.name for table in tables for fact in table.facts if fact.tone == "warn"]


# ---------------------------------------------------------------------- opening


def test_a_touch_on_the_link_opens_it_and_esc_goes_back(till: TillWindow) -> None:
    till.window.top_bar.pill("hub").click()
    assert till.is_on(ScreenName.SYNC_CENTRE)
    till.press(Key.Key_Escape)
    assert till.is_on(ScreenName.SELL)


def test_more_has_it_with_its_key(till: TillWindow) -> None:
    till.press(Key.Key_F9)
    assert till.window.overlay.panel is not None
    button = next(b for b in till.window.overlay.panel.findChildren(ActionButton) if "hub" in b.caption)
    assert "F12" in button.accessibleName()
    button.click()
    assert till.is_on(ScreenName.SYNC_CENTRE)


def test_what_was_under_way_is_found_as_it_was_left(till: TillWindow) -> None:
    till.scan(MILK)
    till.press(Key.Key_Space)
    assert till.is_on(ScreenName.TENDER)
    till.type_keys("5")
    entry = till.focus
    assert isinstance(entry, AmountEntry)
    assert entry.value == 5
    open_centre(till)
    till.press(Key.Key_Escape)
    assert till.is_on(ScreenName.TENDER)
    assert (till.focus, entry.value) == (entry, 5)


def test_before_anybody_signs_on_it_can_be_read(tmp_path: Path, qtbot: QtBot) -> None:
    with open_till(tmp_path, qtbot) as till:
        till.window.top_bar.pill("hub").click()
        assert till.is_on(ScreenName.SYNC_CENTRE)
        till.press(Key.Key_F7)
        assert till.message.startswith("Nobody is signed on")
        till.press(Key.Key_Escape)
        assert till.is_on(ScreenName.SIGN_ON)


def test_a_scan_there_is_not_lost_silently(till: TillWindow) -> None:
    open_centre(till)
    till.scan(MILK)
    assert till.message.startswith("Not added")


# ---------------------------------------------------------------------- showing


def test_what_waits_is_told_with_its_age(till: TillWindow) -> None:
    screen = open_centre(
        till,
        SyncStatus(
            LinkState.OFFLINE,
            waiting_sales=14,
            waiting_entries=39,
            oldest_waiting_at="2026-11-24T12:02:00.000000Z",
            last_exchange_at="2026-11-22T14:32:00.000000Z",
        ),
    )
    shown = facts(screen)
    assert (shown["Sales not sent yet"], shown["Other records not sent yet"]) == ("14", "25")
    assert shown["Waiting since"].endswith(" · 2 h ago")
    assert shown["Last good answer"].endswith(" · 2 days ago")


def test_it_changes_by_itself(till: TillWindow) -> None:
    screen = open_centre(till)
    labels = screen.overview.waiting.findChildren(QWidget)
    till.bridge.report_sync(SyncStatus(LinkState.ONLINE, waiting_sales=1, waiting_entries=1))
    assert facts(screen)["Sales not sent yet"] == "1"
    assert screen.overview.waiting.findChildren(QWidget) == labels  # nothing was made anew
    till.counter.clock.go_on(600)
    till.bridge.report_sync(WELL)
    till.window.minute_passed()
    assert facts(screen)["Last good answer"].endswith(" · 17 min ago")


def test_versions_address_and_the_secrets_place_are_told(till: TillWindow) -> None:
    shown = facts(open_centre(till))
    assert shown["Versions"] == "till 1.4.0, hub 1.4.1, protocol 2"
    assert shown["Address"] == "https://hub.example:8765"
    assert shown["This till's secret"].endswith("pairing.json")
    assert shown["Changes arrive"] == "as they happen"


@pytest.mark.parametrize(
    ("skew_s", "words", "is_warned"),
    [
        (0, "the same as the hub's", False),
        (-90, "90 seconds behind the hub's", False),
        (130, "2 minutes ahead of the hub's", True),
        (-86_400, "24 hours behind the hub's", True),
    ],
)
def test_clocks_that_differ_by_two_minutes_are_warned_of(
    till: TillWindow, skew_s: int, words: str, is_warned: bool
) -> None:
    screen = open_centre(till, SyncStatus(LinkState.ONLINE, clock_skew_s=skew_s, protocol=2))
    assert facts(screen)["This till's clock"] == words
    assert ("This till's clock" in warnings(screen)) is is_warned


def test_what_is_set_aside_is_told_with_its_reason_and_what_to_do(till: TillWindow) -> None:
    entry = WaitingAtHub(
        417, "sale", "2026-11-24T13:05:00.000000Z", "unknown_item", "Line 2 is of no item.", "Create it."
    )
    screen = open_centre(till, SyncStatus(LinkState.ONLINE, quarantined=1, waiting_at_hub=(entry,)))
    assert screen.chips.chip(SET_ASIDE).text() == "Set aside at the hub · 1"
    till.press(Key.Key_Right)
    (row,) = screen.set_aside.rows
    assert (row.title, row.remark) == ("Sale or return", "24 Nov 2026 13:05")
    assert [line.text for line in row.lines] == [
        "Line 2 is of no item.",
        "Create it.",
        "Entry 417 · unknown_item",
    ]
    till.bridge.report_sync(WELL)
    assert screen.set_aside.rows == ()


def test_a_long_list_scrolls_by_key_and_stays_where_it_is_read(till: TillWindow) -> None:
    entries = tuple(
        WaitingAtHub(seq, "sale", "2026-11-24T13:05:00.000000Z", "sums_differ", "Words. " * 30, "Advice.")
        for seq in range(100)
    )
    status = SyncStatus(LinkState.ONLINE, quarantined=100, waiting_at_hub=entries)
    screen = open_centre(till, status)
    till.press(Key.Key_Right)
    till.press(Key.Key_End)
    assert screen.set_aside.current == 99
    bar = screen.set_aside.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    till.bridge.report_sync(
        SyncStatus(LinkState.ONLINE, waiting_sales=1, quarantined=100, waiting_at_hub=entries)
    )
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize("kind", [value for name, value in vars(Kind).items() if name.isupper()])
def test_each_kind_of_entry_has_words(kind: str) -> None:
    assert kind_words(kind) != kind


@pytest.mark.parametrize(
    "code",
    [*sorted(TO_PAIR_AGAIN), ErrorCode.PROTOCOL_TOO_OLD, ErrorCode.TOO_LARGE, ErrorCode.BAD_HASH, "news"],
)
def test_a_refused_till_is_told_that_selling_goes_on_and_what_to_do(code: str) -> None:
    status = SyncStatus(LinkState.REFUSED, error_code=code)
    advice = hub_advice(status, FORMATTER)
    assert "elling goes on" in advice
    assert "safe here" in advice or "nothing is sent to it" in advice
    assert any(word in advice for word in ("Pair", "pair", "nstaller"))
    assert hub_state(status, FORMATTER).words


def test_a_first_load_shows_how_far_it_is(till: TillWindow) -> None:
    screen = open_centre(till, SyncStatus(LinkState.ONLINE, load=LoadProgress(45, 100)))
    assert till.window.top_bar.pill("hub").state.words == "Loading the shop · 45\u00a0%"
    assert (screen.state_card.progress.value(), screen.state_card.progress.maximum()) == (450, 1000)
    assert not screen.state_card.progress.isHidden()
    till.bridge.report_sync(WELL)
    assert screen.state_card.progress.isHidden()


def test_while_records_are_read_back_selling_is_advised_against(till: TillWindow) -> None:
    till.bridge.report_sync(SyncStatus(LinkState.STARTING, error_code="reading_back"))
    assert till.message.startswith("Please wait with selling")
    assert "wait" in till.window.top_bar.pill("hub").state.words
    till.bridge.report_sync(WELL)
    assert till.message == ""


# ---------------------------------------------------------------------- actions


def test_send_now_asks_the_hub_at_once(till: TillWindow) -> None:
    open_centre(till)
    till.press(Key.Key_F5)
    assert till.hub.asked == ["send now"]


def test_the_result_of_a_check_of_everything_is_told(till: TillWindow) -> None:
    screen = open_centre(till)
    assert facts(screen)["Last check of everything"] == "not since the start"
    till.press(Key.Key_F6)
    assert till.hub.asked == ["check everything"]
    assert facts(screen)["Last check of everything"] == "comparing now …"
    check = CheckReport("2026-11-24T14:32:00.000000Z", 112_504, 3, 3)
    till.bridge.report_sync(SyncStatus(LinkState.ONLINE, check=check))
    shown = facts(screen)
    assert (shown["Records compared"], shown["Result"]) == ("112,504", "3 differed, all mended")


def test_a_cashier_exports_with_approval_into_a_file_that_was_chosen(
    till: TillWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    till.counter.sell(MILK)
    screen = open_centre(till)
    till.press(Key.Key_F7)
    approve(till)
    dialog = screen.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    target = tmp_path / "stick" / "unsent.jsonl"
    target.parent.mkdir()
    dialog.setDirectory(str(target.parent))
    dialog.selectFile(str(target))
    dialog.accept()
    qtbot.waitUntil(lambda: "in a file" in till.message)
    assert str(target) in till.message
    assert "1 of them sales" in till.message
    header, *entries = target.read_text(encoding="utf-8").splitlines()
    assert json.loads(header)["entries"] == len(entries) == till.counter.ledger.unsent().entries


def test_a_file_that_cannot_be_written_says_that_nothing_is_lost(till: TillWindow, qtbot: QtBot) -> None:
    till.counter.sell(MILK)
    screen = open_centre(till)
    till.hub.export_fails = True
    screen.export_to(Path("/media/stick/unsent.jsonl"))
    qtbot.waitUntil(lambda: till.message.startswith("The file could not be written"))
    assert "everything is still here" in till.message
    assert "No space left" in till.message


def test_a_till_that_must_be_paired_again_offers_it_first(till: TillWindow) -> None:
    screen = open_centre(till, SyncStatus(LinkState.REFUSED, error_code="revoked"))
    assert screen.pair_again.variant is Variant.PRIMARY
    assert screen.send.variant is Variant.SECONDARY
    till.press(Key.Key_F8)
    approve(till)
    assert till.is_on(ScreenName.PAIRING)
    till.press(Key.Key_Escape)
    assert till.is_on(ScreenName.SELL)


# ------------------------------------------------------------------ closed days


def closed_days(till: TillWindow, count: int) -> list[TillSession]:
    services, days = till.counter.services, []
    till.counter.sign_on(MORAG, MANAGER_PIN)
    for _ in range(count):
        if services.workplace.session is None:
            services.cash_control.open_session(10_000)
        session = till.counter.ledger.session()
        assert session is not None
        days.append(session)
        services.reporting.close_day({100: 100})
    services.cash_control.open_session(10_000)
    return days[::-1]


def days_shown(screen: SyncCentreScreen) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(row.title, row.remark, tuple(line.text for line in row.lines)) for row in screen.days.rows]


def test_closed_days_are_compared_with_the_hub_the_latest_first(till: TillWindow, qtbot: QtBot) -> None:
    third, second, first = closed_days(till, 3)
    till.hub.comparisons = {
        third.session_id: SessionComparison(third, 312, 312, True, ()),
        second.session_id: SessionComparison(
            second, 298, 297, False, ("298 sales at the till, 297 at the hub",), 1203
        ),
        first.session_id: HubRefused("not_found"),
    }
    screen = open_centre(till)
    screen.chips.chip(DAYS).click()
    qtbot.waitUntil(lambda: not screen.comparison.is_under_way)
    assert days_shown(screen) == [
        ("Day 3 · 24 Nov 2026", "the same", ("312 sales, 312 at the hub, chain intact",)),
        (
            "Day 2 · 24 Nov 2026",
            "differs",
            ("298 sales at the till, 297 at the hub", "What is missing is being sent again."),
        ),
        ("Day 1 · 24 Nov 2026", "not compared", ("The hub refuses to compare it (not_found).",)),
    ]


def test_the_window_works_while_the_hub_lets_it_wait(till: TillWindow, qtbot: QtBot) -> None:
    (day,) = closed_days(till, 1)
    till.hub.comparisons = {day.session_id: SessionComparison(day, 1, 1, True, ())}
    till.hub.held.clear()
    screen = open_centre(till)
    screen.chips.chip(DAYS).click()
    assert days_shown(screen) == [("Day 1 · 24 Nov 2026", "comparing …", ())]
    assert any(thread.name == "errand" for thread in threading.enumerate())
    till.press(Key.Key_Escape)
    till.scan(MILK)
    assert len(till.rows) == 1
    till.hub.held.set()
    qtbot.waitUntil(lambda: not screen.comparison.is_under_way)
    assert days_shown(screen)[0][1] == "the same"


def test_a_hub_that_does_not_answer_is_asked_about_one_day_only(till: TillWindow, qtbot: QtBot) -> None:
    third, *_others = closed_days(till, 3)
    till.hub.comparisons = {third.session_id: HubUnreachable("no_connection")}
    screen = open_centre(till)
    screen.chips.chip(DAYS).click()
    qtbot.waitUntil(lambda: not screen.comparison.is_under_way)
    assert [remark for _title, remark, _lines in days_shown(screen)] == ["not compared"] * 3
    till.hub.comparisons = {
        day.session_id: SessionComparison(day, 0, 0, True, ()) for day in (third, *_others)
    }
    till.press(Key.Key_F4)
    qtbot.waitUntil(lambda: not screen.comparison.is_under_way)
    assert [remark for _title, remark, _lines in days_shown(screen)] == ["the same"] * 3


# -------------------------------------------------------------------- the look


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_captions_are_whole_and_targets_large_enough(
    tmp_path: Path, qtbot: QtBot, theme: Theme, size: tuple[int, int], mode: ThemeMode, scale: float
) -> None:
    theme.apply(mode, scale)
    with open_selling_till(tmp_path, qtbot, size) as till:
        screen = open_centre(till, SyncStatus(LinkState.ONLINE, error_code="mass_removal"))
        screen.chips.chip(DAYS).click()
        QApplication.processEvents()
        assert till.window.size().toTuple() == size
        width_of = metrics_for(theme.tokens.type.caption).horizontalAdvance
        for button in screen.findChildren(ActionButton):
            if button.isVisible() and button.caption:
                assert width_of(button.caption) < button.width() - 2 * theme.tokens.space.xs
                assert min(button.width(), button.height()) >= theme.tokens.height.touch


def test_a_question_that_is_open_stays_over_its_own_screen(till: TillWindow) -> None:
    till.bridge.report_sync(SyncStatus(LinkState.REFUSED, error_code="fork"))
    till.press(Key.Key_F9)  # the panel of more
    till.window.top_bar.pill("hub").click()
    assert till.is_on(ScreenName.SELL)
    assert "safe here" in till.message


def test_a_locked_till_goes_back_to_its_tender_after_the_sync_centre(till: TillWindow) -> None:
    till.scan(MILK)
    till.press(Key.Key_Space)
    open_centre(till)
    till.press(Key.Key_F12)
    assert till.is_on(ScreenName.SIGN_ON)
    till.sign_on()
    assert till.is_on(ScreenName.TENDER)


def test_up_and_down_move_what_is_shown_wherever_the_keyboard_is(tmp_path: Path, qtbot: QtBot) -> None:
    with open_selling_till(tmp_path, qtbot, (800, 600)) as till:
        entries = tuple(
            WaitingAtHub(seq, "sale", "2026-11-24T13:05:00.000000Z", "sums_differ", "Words.", "Advice.")
            for seq in range(3)
        )
        screen = open_centre(till, SyncStatus(LinkState.ONLINE, quarantined=3, waiting_at_hub=entries))
        bar = screen.overview.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 0)

        till.press(Key.Key_Down)
        assert bar.value() > 0
        till.press(Key.Key_Up)
        assert bar.value() == 0
        till.press(Key.Key_Right)
        till.press(Key.Key_Down)
        assert screen.set_aside.hasFocus()
        assert screen.set_aside.current == 0
        till.press(Key.Key_Down)
        assert screen.set_aside.current == 1
