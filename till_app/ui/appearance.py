"""Changing how the till looks while it runs: light or dark, and the size of everything."""

from typing import cast

from PySide6.QtWidgets import QApplication

from till_app.ui.theme.theme import ThemeMode, apply_theme, current_theme

SCALES = (1.0, 1.25, 1.5)


def toggle_dark() -> None:
    theme = current_theme()
    mode = ThemeMode.LIGHT if theme.tokens.is_dark else ThemeMode.DARK
    _apply(mode, theme.tokens.scale)


def next_scale() -> None:
    """100, 125, 150 % and round again."""
    theme = current_theme()
    larger = (scale for scale in SCALES if scale > theme.tokens.scale)
    _apply(theme.mode, next(larger, SCALES[0]))


def _apply(mode: ThemeMode, scale: float) -> None:
    apply_theme(cast(QApplication, QApplication.instance()), mode, scale)
