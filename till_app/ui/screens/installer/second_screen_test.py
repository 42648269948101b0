"""Whether a second screen is there: a few words on it for some seconds."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from till_app.services.device_ports import TestReport
from till_app.services.device_settings import DeviceId, SecondScreenSettings
from till_app.ui.customer_screen.placing import second_screen_of
from till_app.ui.devices_words import device_name

_SHOWN_MS = 8000


def test_second_screen(settings: SecondScreenSettings, beside: QWidget) -> TestReport:
    screen = second_screen_of(beside, settings)
    if screen is None:
        return TestReport(DeviceId.SECOND_SCREEN, False, "no_screen", {})
    shown = QLabel(device_name(DeviceId.SECOND_SCREEN))
    shown.setProperty("type", "hero")
    shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
    shown.setWindowFlags(
        Qt.WindowType.FramelessWindowHint | Qt.WindowType.Tool | Qt.WindowType.WindowDoesNotAcceptFocus
    )
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    shown.setGeometry(screen.geometry())
    shown.show()
    QTimer.singleShot(_SHOWN_MS, shown, shown.close)
    return TestReport(DeviceId.SECOND_SCREEN, True, "ok", {"name": screen.name()}, "does_it_show")
