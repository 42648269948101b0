"""Drawing that several widgets share: boxes, lines of text that fit, keycaps, state marks."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from till_app.ui.theme.fonts import font_for
from till_app.ui.theme.tokens import Tokens, TypeStyle

CENTRE = Qt.AlignmentFlag.AlignCenter
NAME_ELIDE = Qt.TextElideMode.ElideMiddle
"""Names of goods differ at their end, where the size stands: that end must be seen."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@lru_cache(maxsize=128)
def colour(name: str) -> QColor:
    return QColor(name)


@lru_cache(maxsize=64)
def metrics_for(style: TypeStyle) -> QFontMetrics:
    return QFontMetrics(font_for(style))


def draw_box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    fill: str | None,
    border: str | None = None,
    border_width: float = 1.0,
) -> None:
    """A rounded box whose border lies inside `rect`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour(fill) if fill else Qt.BrushStyle.NoBrush)
    if border is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
        return
    painter.setPen(QPen(colour(border), border_width))
    inset = border_width / 2
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def draw_focus_ring(painter: QPainter, rect: QRectF, radius: float, tokens: Tokens) -> None:
    """Where the keyboard is: an accent line with a gap of ground inside it, seen on any fill."""
    draw_box(painter, rect, radius, None, tokens.colours.accent, 2 * tokens.scale)
    inner = 2 * tokens.scale
    draw_box(
        painter,
        rect.adjusted(inner, inner, -inner, -inner),
        max(radius - inner, 0),
        None,
        tokens.colours.surface,
        1,
    )


def draw_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    style: TypeStyle,
    ink: str,
    align: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """One line, elided when it does not fit."""
    shown = metrics_for(style).elidedText(text, elide, rect.width())
    painter.setFont(font_for(style))
    painter.setPen(colour(ink))
    painter.drawText(rect, int(align | Qt.TextFlag.TextSingleLine), shown)


def wrapped(text: str, style: TypeStyle, width: int) -> tuple[str, ...]:
    """The text on one line, or broken between words into two when it is wider."""
    metrics = metrics_for(style)
    if metrics.horizontalAdvance(text) <= width:
        return (text,)
    words = text.split(" ")
    count = len(words) - 1
    while count > 1 and metrics.horizontalAdvance(" ".join(words[:count])) > width:
        count -= 1
    return (" ".join(words[:count]), " ".join(words[count:])) if count else (text,)


def first_fitting(text: str, width: int, styles: Sequence[TypeStyle]) -> TypeStyle:
    """The first style, in the order given, in which the text is narrower; else the last."""
    return next((style for style in styles if metrics_for(style).horizontalAdvance(text) < width), styles[-1])


def fitted_font(text: str, style: TypeStyle, width: int, least_px: int) -> QFont:
    """The font of a style made smaller until the text fits, but not below `least_px`."""
    advance = metrics_for(style).horizontalAdvance(text)
    font = QFont(font_for(style))
    if advance > width > 0:
        font.setPixelSize(max(least_px, style.size_px * width // advance))
    return font


def draw_state_mark(painter: QPainter, rect: QRectF, shape: str, ink: str) -> None:
    """A state as a shape as well as a colour: `disc` well, `triangle` look here, `square` not working."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ink))
    if shape == "triangle":
        painter.drawPolygon(
            QPolygonF([QPointF(rect.center().x(), rect.top()), rect.bottomRight(), rect.bottomLeft()])
        )
    elif shape == "square":
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.drawEllipse(rect)
