"""The till's short sounds: played beside the program, never waited for, silent where there is no device."""

import logging
import shutil
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QProcess
from PySide6.QtWidgets import QApplication

from till_app.ui.theme.resource_files import resource_path

_log = logging.getLogger(__name__)

PLAYERS = ("pw-play", "paplay", "aplay")


class Sound(StrEnum):
    """Each is a file `<value>.wav` in the resources' sounds."""

    GOOD_SCAN = "good_scan"
    BAD_SCAN = "bad_scan"
    ATTENTION = "attention"


class SoundPlayer(QObject):
    """Plays a sound by the first means that this computer has; a new sound does not wait for an old one."""

    def __init__(
        self, parent: QObject | None = None, find_program: Callable[[str], str | None] = shutil.which
    ) -> None:
        super().__init__(parent)
        self._is_muted = False
        self._player = next((path for path in map(find_program, PLAYERS) if path), None)

    def set_muted(self, is_muted: bool) -> None:
        self._is_muted = is_muted

    def play(self, sound: Sound) -> None:
        if self._is_muted:
            return
        path = resource_path("sounds", f"{sound.value}.wav")
        if not path.is_file():
            _log.info("sound %s is missing, the system's beep is used", path.name)
            QApplication.beep()
        elif sys.platform == "win32":
            _play_on_windows(path)
        elif self._player is not None:
            self._play_with(self._player, path)
        else:
            QApplication.beep()

    def _play_with(self, program: str, path: Path) -> None:
        process = QProcess(self)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.finished.connect(process.deleteLater)
        process.errorOccurred.connect(process.deleteLater)
        process.start(program, [str(path)])

    def stop(self) -> None:
        """Ends what is still playing; a sound server that hangs must not hold up the program's end."""
        for process in self.findChildren(QProcess):
            if process.state() is not QProcess.ProcessState.NotRunning:
                process.kill()
                process.waitForFinished(200)


def _play_on_windows(path: Path) -> None:
    if sys.platform == "win32":
        import winsound  # only there

        try:
            winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
        except RuntimeError as error:
            _log.info("no sound device: %s", error)
