"""The processes whose start is measured: each prints `ready` when its window is painted, and ends."""

import importlib
import sys
from pathlib import Path

LIBRARIES = (
    "PySide6.QtWidgets",
    "PySide6.QtSvg",
    "sqlalchemy",
    "sqlalchemy.dialects.sqlite",
    "pysqlite3.dbapi2",
    "msgspec",
    "argon2",
    "serial",
    "requests",
)
"""What a till needs to sell and to reach its hub; printing and migrations load more, when they are needed."""

WINDOW = (1366, 768)
STAFF_ID, PIN = "aisha", "1111"
"""Of the data folder that the till is started on."""


def run_bare() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.resize(*WINDOW)
    window.show()
    app.processEvents()
    say_ready()


def run_till(folder: Path) -> None:
    """The window first, then the workers, as the program does it; signed on, so that it takes a scan."""
    from till_app.app import TillApplication
    from till_app.services.device_settings import DeviceSettings
    from till_app.till_files import TillFiles
    from till_app.ui.shell import ScreenName

    program = TillApplication(TillFiles(folder), DeviceSettings())
    program.till.services.sign_on.sign_on(STAFF_ID, PIN)
    program.window.go(ScreenName.SELL)
    program.window.resize(*WINDOW)
    program.window.show()
    program.qt.processEvents()
    program.till.start()
    say_ready()
    program.close()


def say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "till":
        run_till(Path(sys.argv[2]))
    else:
        run_bare()
