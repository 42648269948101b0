"""Fonts, icons, sounds and translations: found where they are, and missed without harm."""

import logging
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QProcess
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.conftest import ExpectedLogs
from till_app.ui.sound import Sound, SoundPlayer
from till_app.ui.theme import fonts
from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.resource_files import ENVIRONMENT_NAME, resource_path, resources_folder
from till_app.ui.theme.theme import Theme
from till_app.ui.translation import install_translations, tr


def test_the_environment_names_the_folder_before_any_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(ENVIRONMENT_NAME, str(tmp_path))
    assert resources_folder() == tmp_path


def test_a_folder_that_is_not_there_is_named_in_the_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(ENVIRONMENT_NAME, str(tmp_path / "gone"))
    with pytest.raises(FileNotFoundError, match="gone"):
        resources_folder()


def test_an_icon_takes_the_colour_and_the_pixels_of_the_screen(qapp: QApplication) -> None:
    pixmap = icon_pixmap("check", "#ff0000", 20, 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (40, 2.0)
    image = pixmap.toImage()
    inks = {
        image.pixelColor(x, y).name()
        for x in range(40)
        for y in range(40)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert inks == {QColor("#ff0000").name()}


def test_a_missing_icon_is_logged_and_leaves_its_place_empty(
    qapp: QApplication, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("icon no-such-thing is not in")
    pixmap = icon_pixmap("no-such-thing", "#000000", 16)
    assert pixmap.width() == 16
    assert pixmap.toImage().pixelColor(8, 8).alpha() == 0


def test_missing_fonts_are_logged_and_the_system_face_is_used(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    (tmp_path / "fonts").mkdir()
    monkeypatch.setenv(ENVIRONMENT_NAME, str(tmp_path))
    monkeypatch.setattr(fonts, "FAMILY", "Nowhere Sans")
    expected_logs.expect("the till uses the system's own typeface")
    assert not fonts.load_fonts()


def test_labels_styled_by_the_sheet_have_tabular_figures_too(theme: Theme, qtbot: QtBot) -> None:
    label = QLabel("£11.11")
    qtbot.addWidget(label)
    label.setProperty("type", "amount")
    label.ensurePolished()
    metrics = label.fontMetrics()
    assert label.font().pixelSize() == theme.tokens.type.amount.size_px
    assert metrics.horizontalAdvance("1111111111") == metrics.horizontalAdvance("0000000000")


def test_every_sound_has_its_file() -> None:
    assert [sound for sound in Sound if not resource_path("sounds", f"{sound.value}.wav").is_file()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays sounds itself")
def test_a_sound_is_handed_to_the_player_and_not_waited_for(qtbot: QtBot, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    player_program = tmp_path / "aplay"
    player_program.write_text(
        f'#!/bin/sh\nprintf "%s" "$1" > "{heard}.part" && mv "{heard}.part" "{heard}"\n'
    )
    player_program.chmod(0o755)
    player = SoundPlayer(find_program=lambda name: str(player_program) if name == "aplay" else None)
    player.play(Sound.GOOD_SCAN)
    qtbot.waitUntil(heard.is_file, timeout=5000)
    assert heard.read_text().endswith("good_scan.wav")
    qtbot.waitUntil(lambda: not player.findChildren(QProcess), timeout=5000)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays sounds itself")
def test_a_player_that_cannot_be_started_is_no_trouble(qtbot: QtBot, tmp_path: Path) -> None:
    player = SoundPlayer(find_program=lambda _name: str(tmp_path / "no-such-player"))
    player.play(Sound.BAD_SCAN)
    qtbot.waitUntil(lambda: not player.findChildren(QProcess), timeout=5000)
    player.stop()


def test_a_muted_player_starts_nothing(qapp: QApplication) -> None:
    player = SoundPlayer(find_program=lambda _name: "/bin/true")
    player.set_muted(True)
    player.play(Sound.GOOD_SCAN)
    assert player.findChildren(QProcess) == []


def test_a_language_without_a_translation_leaves_the_english_words(qapp: QApplication) -> None:
    assert install_translations(qapp, QLocale("en_GB")) == []
    assert tr("Basket", "Scan the first item") == "Scan the first item"
    assert tr("Basket", "%n items", 3) == "3 items"


def test_an_unexpected_warning_of_ours_is_a_complaint_and_an_expected_one_is_not() -> None:
    handler = ExpectedLogs()
    handler.handle(
        logging.makeLogRecord({"name": "till_app.x", "levelno": logging.WARNING, "msg": "odd thing"})
    )
    assert len(handler.complaints()) == 1
    handler.expect("odd")
    assert handler.complaints() == []
    handler.expect("never happened")
    assert handler.complaints() == ["expected and not logged: never happened"]
