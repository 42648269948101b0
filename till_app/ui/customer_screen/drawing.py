"""What the parts of the customer's screen draw alike: pictures of goods in round corners, words that fit."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPixmap, QTextLayout, QTextOption, QTransform

from till_app.ui.theme.fonts import font_for
from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.tokens import Tokens, TypeStyle
from till_app.ui.widgets.painting import CENTRE, colour, draw_box, fitted_font, metrics_for

_ICON_SHARE = 0.42
_FILLING = Qt.AspectRatioMode.KeepAspectRatioByExpanding
_MUCH_LARGER = 1.5
"""A picture that is made smaller by more is averaged first: a brush would leave pixels out."""
_LEAST_FITTED_PX = 11


def cut_to(picture: QPixmap, size: QSize, radius: int, pixel_ratio: float) -> QPixmap:
    """The middle of the picture, filling `size` (logical pixels) with round corners."""
    cut = QPixmap(size * pixel_ratio)
    cut.fill(Qt.GlobalColor.transparent)
    if picture.width() > _MUCH_LARGER * cut.width():
        picture = picture.scaled(cut.size(), _FILLING, Qt.TransformationMode.SmoothTransformation)
    factor = max(cut.width() / picture.width(), cut.height() / picture.height())
    brush = QBrush(picture)
    brush.setTransform(
        QTransform.fromTranslate(
            (cut.width() - factor * picture.width()) / 2, (cut.height() - factor * picture.height()) / 2
        ).scale(factor, factor)
    )
    painter = QPainter(cut)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    corner = radius * pixel_ratio
    painter.drawRoundedRect(QRectF(cut.rect()), corner, corner)
    painter.end()
    cut.setDevicePixelRatio(pixel_ratio)
    return cut


def draw_placeholder(painter: QPainter, rect: QRect, radius: int, tokens: Tokens) -> None:
    """Where a picture would be: a quiet ground with a small sign on it."""
    draw_box(painter, QRectF(rect), radius, tokens.colours.placeholder)
    side = round(min(rect.width(), rect.height()) * _ICON_SHARE)
    icon = icon_pixmap(
        "shopping-basket", tokens.colours.text_disabled, side, painter.device().devicePixelRatioF()
    )
    painter.drawPixmap(rect.center().x() - side // 2, rect.center().y() - side // 2, icon)


def draw_fitted(
    painter: QPainter, rect: QRect, text: str, style: TypeStyle, ink: str, align: Qt.AlignmentFlag = CENTRE
) -> None:
    """One line, made smaller rather than cut."""
    painter.setFont(fitted_font(text, style, rect.width(), _LEAST_FITTED_PX))
    painter.setPen(colour(ink))
    painter.drawText(rect, int(align | Qt.TextFlag.TextSingleLine), text)


def draw_paragraph(
    painter: QPainter,
    rect: QRect,
    text: str,
    style: TypeStyle,
    ink: str,
    *,
    most_lines: int,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    """Broken between words, in `most_lines` at most; the height that it took. The last line is elided."""
    font, metrics = font_for(style), metrics_for(style)
    lines = broken(text, font, rect.width(), most_lines)
    painter.setFont(font)
    painter.setPen(colour(ink))
    for number, line in enumerate(lines):
        place = QRect(rect.left(), rect.top() + number * metrics.height(), rect.width(), metrics.height())
        shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(place, int(align | Qt.TextFlag.TextSingleLine), shown)
    return len(lines) * metrics.height()


def broken(text: str, font: QFont, width: int, most_lines: int) -> list[str]:
    """Lines that are not wider, but for the last one that is allowed: it has all the rest."""
    lines: list[str] = []
    for part in text.split("\n"):
        layout = QTextLayout(part, font)
        layout.setTextOption(_wrapping())
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            start = line.textStart()
            lines.append(part[start : start + line.textLength()].strip())
        layout.endLayout()
        if not part:
            lines.append("")
    if len(lines) > most_lines:
        lines[most_lines - 1 :] = [" ".join(lines[most_lines - 1 :])]
    return lines


def _wrapping() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option
