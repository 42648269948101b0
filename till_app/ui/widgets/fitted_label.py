"""A line of large figures, and words before them, that grow smaller rather than being cut off."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import TypeStyle
from till_app.ui.widgets.painting import LEFT, colour, fitted_font, metrics_for


class FittedLabel(QWidget):
    """`style` and `ink` are names of the tokens, so that the label follows theme and scale."""

    def __init__(
        self,
        text: str = "",
        style: str = "display",
        ink: str = "text",
        align: Qt.AlignmentFlag = LEFT,
        lead: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`lead` stands at the left in the same size: `Total`."""
        super().__init__(parent)
        self._text = text
        self._style_name = style
        self._ink_name = ink
        self._align = align
        self._lead = lead
        self.setAccessibleName(self._line())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(self._line())
            self.updateGeometry()
            self.update()

    def set_ink(self, ink: str) -> None:
        if ink != self._ink_name:
            self._ink_name = ink
            self.update()

    def _line(self) -> str:
        return f"{self._lead}  {self._text}" if self._lead else self._text

    def _type_style(self) -> TypeStyle:
        style: TypeStyle = getattr(current_theme().tokens.type, self._style_name)
        return style

    def sizeHint(self) -> QSize:
        metrics = metrics_for(self._type_style())
        return QSize(metrics.horizontalAdvance(self._line()) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self.sizeHint().height() * 2), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self)
        painter.setFont(
            fitted_font(self._line(), self._type_style(), self.width(), tokens.type.small.size_px)
        )
        painter.setPen(colour(getattr(tokens.colours, self._ink_name)))
        painter.drawText(self.rect(), int(self._align | Qt.TextFlag.TextSingleLine), self._text)
        if self._lead:
            painter.drawText(self.rect(), int(LEFT | Qt.TextFlag.TextSingleLine), self._lead)
        painter.end()
