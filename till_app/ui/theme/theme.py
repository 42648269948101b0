"""The theme of the running application: which tokens hold now, and handing them to Qt."""

from enum import StrEnum
from typing import cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from till_app.ui.theme.fonts import font_for, load_fonts
from till_app.ui.theme.style import palette_for, style_sheet
from till_app.ui.theme.tokens import Tokens, TypeStyle, tokens_for


class ThemeMode(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


_SCHEMES = {
    ThemeMode.LIGHT: Qt.ColorScheme.Light,
    ThemeMode.DARK: Qt.ColorScheme.Dark,
    ThemeMode.SYSTEM: Qt.ColorScheme.Unknown,
}


class Theme(QObject):
    """Lives as a child of the application; widgets read `tokens` and listen to `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode = ThemeMode.LIGHT
        self._scale = 1.0
        self._tokens = tokens_for(is_dark=False)
        app.setStyle("Fusion")
        load_fonts()
        app.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    @property
    def mode(self) -> ThemeMode:
        return self._mode

    def font(self, style: TypeStyle) -> QFont:
        return font_for(style)

    def apply(self, mode: ThemeMode, scale: float) -> None:
        self._mode, self._scale = mode, scale
        # Unknown gives the choice back to the system, which is then asked for it.
        self._app.styleHints().setColorScheme(_SCHEMES[mode])
        is_dark = mode is ThemeMode.DARK
        if mode is ThemeMode.SYSTEM:
            is_dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        self._tokens = tokens_for(is_dark, scale)
        self._app.setPalette(palette_for(self._tokens))
        self._app.setFont(font_for(self._tokens.type.body))
        self._app.setStyleSheet(style_sheet(self._tokens))
        self.changed.emit()

    def _on_system_scheme_changed(self) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self.apply(self._mode, self._scale)


def apply_theme(app: QApplication, mode: ThemeMode | str = ThemeMode.LIGHT, scale: float = 1.0) -> Theme:
    """Gives the application its look, now and again whenever the operator changes mode or scale."""
    theme = app.findChild(Theme) or Theme(app)
    theme.apply(ThemeMode(mode), scale)
    return theme


def current_theme() -> Theme:
    """The application's theme; the light one at 100 % if none was applied yet."""
    app = cast(QApplication, QApplication.instance())
    return app.findChild(Theme, options=Qt.FindChildOption.FindDirectChildrenOnly) or apply_theme(app)
