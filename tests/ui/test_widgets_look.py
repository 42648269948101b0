"""Whole pages, grabbed off screen: they fit the screen, no caption is cut, and something is painted."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QCheckBox, QVBoxLayout, QWidget

from tests.ui.scenes import Scene, SellScene, TenderScene
from till_app.ui.theme.fonts import FAMILY, font_for
from till_app.ui.theme.theme import Theme, ThemeMode
from till_app.ui.theme.tokens import Tokens, tokens_for
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.form_fields import LinesField, TextField
from till_app.ui.widgets.painting import metrics_for

Show = Callable[..., QWidget]
SIZES = [(1024, 768), (1366, 768), (1920, 1080)]


def _cut_captions(page: QWidget, tokens: Tokens) -> list[str]:
    """The smallest style that a button may take, and the room that it leaves at both sides."""
    width_of = metrics_for(tokens.type.caption).horizontalAdvance
    return [
        button.caption
        for button in page.findChildren(ActionButton)
        if button.isVisible() and width_of(button.caption) >= button.width() - 2 * tokens.space.xs
    ]


def _too_small(page: QWidget, tokens: Tokens) -> list[str]:
    least = tokens.height.touch
    return [
        button.accessibleName()
        for button in page.findChildren(ActionButton)
        if button.isVisible() and (button.height() < least or button.width() < least)
    ]


@pytest.mark.parametrize("scene", [SellScene, TenderScene])
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_page_fits_its_screen_with_every_caption_whole_and_every_target_large_enough(
    show: Show, theme: Theme, scene: Callable[[], Scene], size: tuple[int, int], mode: ThemeMode, scale: float
) -> None:
    theme.apply(mode, scale)
    page = scene()
    show(page, *size)
    QApplication.processEvents()
    assert page.size() == QSize(*size)
    assert _cut_captions(page, theme.tokens) == []
    assert _too_small(page, theme.tokens) == []
    image = page.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, size[0], 16) for y in range(0, size[1], 16)}
    assert len(colours) > 8


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_message_on_a_full_page_holds_the_window_no_larger_than_the_screen(
    show: Show, theme: Theme, size: tuple[int, int], scale: float
) -> None:
    theme.apply(ThemeMode.LIGHT, scale)
    page = SellScene()
    show(page, *size)
    page.show_trouble()
    QApplication.processEvents()
    assert page.size() == QSize(*size)
    assert page.banner.height() >= page.banner.heightForWidth(page.banner.width())


@pytest.mark.parametrize("question", [SellScene.ask_weight, SellScene.ask_pin])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_question_lies_whole_inside_the_smallest_screen(
    show: Show, theme: Theme, question: Callable[[SellScene], object], scale: float
) -> None:
    theme.apply(ThemeMode.LIGHT, scale)
    page = SellScene()
    show(page, 1024, 768)
    question(page)
    QApplication.processEvents()
    panel = page.host.panel
    assert panel is not None
    assert page.rect().contains(panel.rect().translated(panel.mapTo(page, panel.rect().topLeft())))


@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
@pytest.mark.parametrize("field", [TextField, LinesField])
def test_a_field_shows_where_one_can_type(
    show: Show, theme: Theme, field: Callable[[str, str], TextField | LinesField], mode: ThemeMode
) -> None:
    theme.apply(mode, 1.0)
    page, form = QWidget(), field("idle_text", "While nobody buys")
    column = QVBoxLayout(page)
    column.addWidget(QCheckBox("It has the keyboard"))
    column.addWidget(form)
    show(page)
    page.findChildren(QCheckBox)[0].setFocus()
    QApplication.processEvents()
    image, middle = form.editor.grab().toImage(), form.editor.height() // 2
    edge = {image.pixelColor(x, middle).name() for x in range(3)}
    assert theme.tokens.colours.line_strong in edge


def test_the_bundled_face_is_used_and_its_figures_have_one_width(qapp: QApplication) -> None:
    font: QFont = font_for(tokens_for(is_dark=False).type.amount)
    assert QFontInfo(font).family() == FAMILY
    widths = {round(QFontMetricsF(font).horizontalAdvance(digit * 10), 2) for digit in "0123456789"}
    assert len(widths) == 1
