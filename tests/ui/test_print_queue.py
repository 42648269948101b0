"""What waits to be printed and what the drawer does, as the operator sees it and decides."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.services.counter import MANAGER_PIN, MORAG
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.services.device_status import DrawerEvent, DrawerNews, DrawerOpening, OpeningReason
from till_app.services.ports import JobState
from till_app.services.status import PrinterState, PrinterStatus
from till_app.ui.panels.print_queue import PrintQueuePanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.screens.end_of_day import EndOfDayScreen
from till_app.ui.shell import ScreenName
from till_app.ui.sound import Sound

Key = Qt.Key
MILK = "5000128104517"
AT = "2026-11-24T16:20:00.000000Z"


@pytest.fixture
def till(tmp_path: Path, qtbot: QtBot) -> Iterator[TillWindow]:
    with open_selling_till(tmp_path, qtbot) as opened:
        yield opened


def three_jobs(till: TillWindow) -> list[str]:
    """Held since the restart, asked about, waiting for paper."""
    for _ in range(3):
        till.counter.sell(MILK)
    ledger = till.counter.ledger
    held, asked, waiting = (job.job_id for job in ledger.open_jobs())
    ledger.settle_after_start("2100-01-01T00:00:00.000000Z")
    ledger.release_held([asked, waiting])
    ledger.mark(asked, JobState.SENDING)
    ledger.mark(asked, JobState.UNCONFIRMED, "closed")
    ledger.mark(waiting, JobState.WAITING, "paper_out")
    return [held, asked, waiting]


def open_queue(till: TillWindow, *, has_other: bool = True) -> PrintQueuePanel:
    status = PrinterStatus(
        PrinterState.WAITING,
        "paper_out",
        waiting_jobs=1,
        held_jobs=1,
        unconfirmed_jobs=1,
        has_other_printer=has_other,
    )
    till.bridge.report_printer(status)
    till.window.top_bar.status_pressed.emit("printer")
    return till.panel(PrintQueuePanel)


def test_the_pill_lists_all_that_is_not_printed_with_its_state_and_since_when(till: TillWindow) -> None:
    three_jobs(till)
    rows = open_queue(till).list.rows
    assert [(row.title, row.amount_text) for row in rows] == [
        ("Receipt 2-000001", "Not printed before the restart"),
        ("Receipt 2-000002", "Did it print?"),
        ("Receipt 2-000003", "Waiting: out of paper"),
    ]
    assert rows[0].detail.startswith("since 24")


def test_each_state_has_its_own_decisions_by_key(till: TillWindow) -> None:
    held, asked, waiting = three_jobs(till)
    open_queue(till)
    till.press(Key.Key_F4)
    till.press(Key.Key_F3)
    till.press(Key.Key_Down)
    till.press(Key.Key_F6)
    till.press(Key.Key_F4)
    till.press(Key.Key_F3)
    till.press(Key.Key_Down)
    till.press(Key.Key_F3)
    till.press(Key.Key_F6)
    till.press(Key.Key_F8)
    assert till.printer.decided == [
        (held, "print held"),
        (asked, "printed"),
        (asked, "again"),
        (waiting, "elsewhere"),
        (waiting, "skipped"),
    ]


def test_the_document_of_a_row_is_shown_and_saved(till: TillWindow, tmp_path: Path) -> None:
    three_jobs(till)
    open_queue(till)
    till.press(Key.Key_F5)
    panel = till.panel(ReceiptPanel)
    assert "2-000001" in panel.preview.text
    panel.save_to(tmp_path / "receipt.txt")
    assert panel.detail == "Saved as receipt.txt"
    assert "Semi-skimmed milk 2L" in (tmp_path / "receipt.txt").read_text(encoding="utf-8")
    panel.save_to(tmp_path / "no-such-folder" / "receipt.txt")
    assert panel.detail.startswith("It could not be saved: ")


def test_the_list_follows_the_queue_and_keeps_its_place(till: TillWindow, qtbot: QtBot) -> None:
    held, _asked, waiting = three_jobs(till)
    panel = open_queue(till, has_other=False)
    assert not panel.elsewhere.isVisible()
    panel.list.set_current(2)
    till.counter.ledger.skip_held("skipped_by_operator")
    till.bridge.report_printer(PrinterStatus(PrinterState.UNCONFIRMED, unconfirmed_jobs=1, waiting_jobs=1))
    qtbot.waitUntil(lambda: len(panel.list.rows) == 2)
    row = panel.list.current_row
    assert row is not None
    assert row.key == waiting
    assert held not in [row.key for row in panel.list.rows]


def test_three_hundred_documents_open_at_once(till: TillWindow) -> None:
    for _ in range(300):
        till.counter.sell(MILK)
    assert len(open_queue(till).list.rows) == 300


# ----------------------------------------------------------------------------------------- the banner


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no_way_back", "Its connection carries no answers: look at the paper. The sale is saved."),
        ("restart", "The till ended in the middle of it. The sale is saved."),
        ("paper_out", "The printer stopped in the middle of it: out of paper. The sale is saved."),
        ("closed", "The printer went silent in the middle of it. The sale is saved."),
    ],
)
def test_who_is_asked_whether_it_printed_is_told_why(till: TillWindow, reason: str, words: str) -> None:
    till.bridge.report_printer(PrinterStatus(PrinterState.UNCONFIRMED, reason, unconfirmed_job="job-1"))
    message = till.window.printer_notice.banner.message
    assert message is not None
    assert message.detail == words


def test_documents_that_no_printer_will_print_any_more_are_said_once(till: TillWindow) -> None:
    till.bridge.report_printer(PrinterStatus(given_up=2))
    assert till.message == (
        "2 documents were not printed: this till has no printer any more\n"
        "The sales are saved. Copies can be printed from the receipts."
    )
    till.window.messages.close_message()
    till.bridge.report_printer(PrinterStatus(PrinterState.READY, given_up=2))
    assert till.message == ""


def test_a_receipt_that_waits_can_go_to_the_other_printer(till: TillWindow) -> None:
    till.counter.sell(MILK)
    (job,) = till.counter.ledger.open_jobs()
    status = PrinterStatus(PrinterState.WAITING, "cover_open", waiting_jobs=1, has_other_printer=True)
    till.bridge.report_printer(status)
    banner = till.window.printer_notice.banner
    assert [button.caption for button in banner.buttons] == ["Other printer", "Show it", "Skip it"]
    banner.buttons[0].click()
    assert till.printer.decided == [(job.job_id, "elsewhere")]


def test_the_banner_is_about_the_one_that_waits_not_about_those_that_are_held_or_asked_about(
    till: TillWindow,
) -> None:
    _held, _asked, waiting = three_jobs(till)
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", 1, held_jobs=1))
    till.window.printer_notice.banner.buttons[1].click()
    assert till.printer.decided == [(waiting, "skipped")]


def test_what_the_restart_left_is_printed_or_given_up_as_a_person_says(till: TillWindow) -> None:
    three_jobs(till)
    status = PrinterStatus(PrinterState.WAITING, "restart", held_jobs=3)
    till.bridge.report_printer(status)
    banner = till.window.printer_notice.banner
    assert banner.message is not None
    assert banner.message.title == "3 receipts were not printed before the till was restarted"
    assert "3 waiting since the restart" in till.window.top_bar.pill("printer").state.words
    banner.buttons[0].click()
    till.bridge.report_printer(PrinterStatus(PrinterState.READY))
    till.bridge.report_printer(status)
    banner.buttons[1].click()
    till.bridge.report_printer(PrinterStatus(PrinterState.READY))
    till.bridge.report_printer(status)
    banner.buttons[2].click()
    till.panel(PrintQueuePanel)
    assert till.printer.decided == [("all", "print held"), ("all", "skip held")]


def test_a_printer_that_cannot_print_and_has_nothing_to_is_said_by_its_pill_alone(till: TillWindow) -> None:
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out"))
    assert till.window.printer_notice.banner.message is None
    assert till.window.top_bar.pill("printer").state.words == "Printer: out of paper"
    till.window.top_bar.status_pressed.emit("printer")
    assert till.message.startswith("The printer cannot print: out of paper")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            PrinterStatus(PrinterState.READY, printed_elsewhere="Receipt 2-000001"),
            "Printed on the other printer: Receipt 2-000001",
        ),
        (PrinterStatus(PrinterState.READY, is_paper_near_end=True), "The receipt roll is nearly used up"),
        (PrinterStatus(PrinterState.READY, unreadable="Receipt 9"), "“Receipt 9” cannot be printed"),
    ],
)
def test_news_of_the_printer_is_said_once(till: TillWindow, status: PrinterStatus, words: str) -> None:
    till.bridge.report_printer(status)
    assert till.message.startswith(words)
    till.window.messages.close_message()
    till.bridge.report_printer(status)
    assert till.message == ""


def test_a_banner_that_was_closed_stays_closed_while_the_same_job_waits(till: TillWindow) -> None:
    till.counter.sell(MILK)
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", waiting_jobs=1))
    banner = till.window.printer_notice.banner
    banner.close_message()
    till.bridge.report_printer(
        PrinterStatus(PrinterState.WAITING, "paper_out", waiting_jobs=1, is_paper_near_end=True)
    )
    assert banner.message is None
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", waiting_jobs=2))
    assert banner.message is not None


def test_a_decision_in_the_list_ends_the_banner_too(till: TillWindow) -> None:
    three_jobs(till)
    open_queue(till)
    till.press(Key.Key_F8)
    till.bridge.report_printer(PrinterStatus(PrinterState.READY))
    assert till.window.printer_notice.banner.message is None


# ----------------------------------------------------------------------------------------- the drawer


def heard_sounds(till: TillWindow, monkeypatch: pytest.MonkeyPatch) -> list[Sound]:
    sounds: list[Sound] = []
    monkeypatch.setattr(till.window.sounds, "play", sounds.append)
    return sounds


def test_a_drawer_left_open_moves_no_key_of_the_cashier(till: TillWindow) -> None:
    def place_of_the_keys() -> QRect:
        QApplication.processEvents()
        grid = till.sell.goods.grid
        return grid.rect().translated(grid.mapTo(till.window, QPoint()))

    before = place_of_the_keys()
    till.bridge.report_drawer(DrawerEvent(DrawerNews.LEFT_OPEN, AT, None, "75"))
    assert till.window.drawer_notice.banner.isVisible()
    assert place_of_the_keys() == before


def test_on_a_low_window_a_message_has_the_room_of_the_banner_until_it_is_closed(till: TillWindow) -> None:
    three_jobs(till)
    till.bridge.report_printer(PrinterStatus(PrinterState.WAITING, "paper_out", waiting_jobs=1))
    banner = till.window.printer_notice.banner
    till.window.resize(1024, 700)
    QApplication.processEvents()
    till.scan("5099999999995")
    assert till.message.startswith("Unknown code")
    assert not banner.isVisible()
    till.window.messages.close_message()
    assert banner.isVisible()


def test_a_drawer_left_open_is_said_with_a_sound_until_it_is_shut_and_the_next_sale_goes_on(
    till: TillWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds = heard_sounds(till, monkeypatch)
    till.bridge.report_drawer(DrawerEvent(DrawerNews.LEFT_OPEN, AT, None, "75"))
    banner = till.window.drawer_notice.banner
    assert banner.message is not None
    assert banner.message.title == "The cash drawer is open"
    assert sounds == [Sound.ATTENTION]
    till.scan(MILK)
    assert till.rows == [("1", "Semi-skimmed milk 2L", "£1.65")]
    assert banner.message is not None
    till.bridge.report_drawer(DrawerEvent(DrawerNews.CLOSED, AT, None, "80"))
    assert till.window.drawer_notice.banner.message is None


@pytest.mark.parametrize(
    ("event", "title", "why"),
    [
        (DrawerEvent(DrawerNews.DROPPED_LATE, AT), "The cash drawer did not open", "busy for too long"),
        (
            DrawerEvent(DrawerNews.DROPPED_LATE, AT, None, "refused"),
            "The cash drawer did not open",
            "not taking jobs",
        ),
        (
            DrawerEvent(DrawerNews.FAILED, AT, None, "no_reply"),
            "The cash drawer did not open",
            "does not answer",
        ),
        (DrawerEvent(DrawerNews.OPENED_UNASKED, AT), "The cash drawer was opened without the till", "record"),
    ],
)
def test_a_drawer_that_did_not_do_what_it_was_asked_is_said(
    till: TillWindow, event: DrawerEvent, title: str, why: str
) -> None:
    till.bridge.report_drawer(event)
    assert till.message.splitlines()[0] == title
    assert why in till.message


def test_an_opening_as_it_should_be_is_no_news(till: TillWindow) -> None:
    opening = DrawerOpening(OpeningReason.SALE)
    for news in (DrawerNews.KICKED, DrawerNews.OPENED, DrawerNews.CLOSED):
        till.bridge.report_drawer(DrawerEvent(news, AT, opening))
    assert till.message == ""


def test_the_drawer_opens_for_counting_from_the_end_of_day(till: TillWindow) -> None:
    till.counter.sign_on(MORAG, MANAGER_PIN)
    till.window.go(ScreenName.END_OF_DAY)
    screen = till.window.screen_named(ScreenName.END_OF_DAY)
    assert isinstance(screen, EndOfDayScreen)
    till.press(Key.Key_F2)
    assert till.counter.devices.openings[-1].reason is OpeningReason.COUNT
    assert till.counter.ledger.entries_after(0, 99, 10**6)[-1].kind == "drawer_event"
