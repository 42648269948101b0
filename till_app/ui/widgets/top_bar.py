"""The bar over every screen: which till, who, how the hub and the devices are, what time it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painting import LEFT, draw_box, draw_state_mark, draw_text, metrics_for


class StatusTone(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


_SHAPES = {StatusTone.GOOD: "disc", StatusTone.WARN: "triangle", StatusTone.BAD: "square"}


@dataclass(frozen=True, slots=True)
class StatusState:
    """`key` names what it is about and comes back by the signal; `icon` is a Lucide name."""

    key: str
    words: str
    tone: StatusTone
    icon: str = ""


class StatusPill(QAbstractButton):
    """A mark that differs in shape and colour, an icon, and words; without words when room is short."""

    def __init__(self, state: StatusState, parent: QWidget) -> None:
        super().__init__(parent)
        self.state = state
        self.is_compact = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_state(state)

    def show_state(self, state: StatusState) -> None:
        self.state = state
        self.setAccessibleName(state.words)
        self.setToolTip(state.words)
        self.updateGeometry()
        self.update()

    def set_compact(self, is_compact: bool) -> None:
        if is_compact != self.is_compact:
            self.is_compact = is_compact
            self.updateGeometry()
            self.update()

    def width_for(self, is_compact: bool) -> int:
        tokens = current_theme().tokens
        width = 2 * tokens.space.m + _mark_size(tokens)
        if self.state.icon:
            width += tokens.space.s + _icon_size(tokens)
        if not is_compact or not self.state.icon:
            width += tokens.space.s + metrics_for(tokens.type.small).horizontalAdvance(self.state.words) + 1
        return width

    def sizeHint(self) -> QSize:
        # As high as the bar, so that a thumb finds it; the pill itself is painted smaller.
        return QSize(self.width_for(self.is_compact), current_theme().tokens.height.touch)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width_for(is_compact=bool(self.state.icon)), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours = tokens.colours
        painter = QPainter(self)
        height = tokens.height.pill
        box = QRect(0, (self.height() - height) // 2, self.width(), height)
        draw_box(painter, QRectF(box), height / 2, colours.bar_pill)
        mark = _mark_size(tokens)
        left = box.left() + tokens.space.m
        ink = {
            StatusTone.GOOD: colours.bar_good,
            StatusTone.WARN: colours.bar_warn,
            StatusTone.BAD: colours.bar_bad,
        }[self.state.tone]
        top = box.top() + (height - mark) / 2
        draw_state_mark(painter, QRectF(left, top, mark, mark), _SHAPES[self.state.tone], ink)
        left += mark + tokens.space.s
        if self.state.icon:
            size = _icon_size(tokens)
            pixmap = icon_pixmap(self.state.icon, colours.bar_text, size, self.devicePixelRatioF())
            painter.drawPixmap(left, box.top() + (height - size) // 2, pixmap)
            left += size + tokens.space.s
        if not self.is_compact or not self.state.icon:
            room = QRect(left, box.top(), box.right() + 1 - tokens.space.m - left + 1, height)
            draw_text(painter, room, self.state.words, tokens.type.small, colours.bar_text, LEFT)
        painter.end()


class TopBar(QWidget):
    """When room is short the pills of what is well lose their words first; trouble keeps them longest."""

    status_pressed = Signal(str)
    """The key of the pill that was touched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pills: dict[str, StatusPill] = {}
        self._place = _label("strong", "bar")
        self._operator = _label("body", "bar_muted")
        self._clock = _label("strong", "bar")
        self._pill_row = QHBoxLayout()
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._place)
        self._layout.addWidget(self._operator)
        self._layout.addStretch(1)
        self._layout.addLayout(self._pill_row)
        self._layout.addWidget(self._clock)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_place(self, shop: str, till: str) -> None:
        self._place.setText(f"{shop} · {till}")
        self._fit()

    def show_operator(self, words: str) -> None:
        self._operator.setText(words)
        self._fit()

    def show_time(self, words: str) -> None:
        self._clock.setText(words)

    def show_states(self, states: Sequence[StatusState]) -> None:
        """All pills, in order; one whose key stays is changed in place."""
        wanted = {state.key for state in states}
        for key in [key for key in self._pills if key not in wanted]:
            pill = self._pills.pop(key)
            self._pill_row.removeWidget(pill)
            pill.hide()
            pill.deleteLater()
        for index, state in enumerate(states):
            known = self._pills.get(state.key)
            if known is None:
                known = StatusPill(state, self)
                known.clicked.connect(lambda _checked=False, key=state.key: self.status_pressed.emit(key))
                self._pills[state.key] = known
            elif known.state != state:
                known.show_state(state)
            if self._pill_row.indexOf(known) != index:
                self._pill_row.removeWidget(known)
                self._pill_row.insertWidget(index, known)
            known.show()
        self._fit()

    @property
    def states(self) -> tuple[StatusState, ...]:
        return tuple(pill.state for pill in self._pills.values())

    def pill(self, key: str) -> StatusPill:
        return self._pills[key]

    def _fit(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        fixed = sum(label.sizeHint().width() for label in (self._place, self._operator, self._clock))
        room = self.width() - fixed - 2 * space.l - 4 * space.m - space.s * max(0, len(self._pills) - 1)
        pills = list(self._pills.values())
        is_compact = {pill.state.key: False for pill in pills}
        order = [StatusTone.GOOD, StatusTone.WARN, StatusTone.BAD]
        from_the_right = pills[::-1]
        from_the_right.sort(key=lambda each: order.index(each.state.tone))
        for pill in from_the_right:
            if sum(each.width_for(is_compact[each.state.key]) for each in pills) <= room:
                break
            is_compact[pill.state.key] = True
        used = sum(each.width_for(is_compact[each.state.key]) for each in pills)
        self._operator.setVisible(used <= room)
        for pill in pills:
            pill.set_compact(is_compact[pill.state.key])

    def minimumSizeHint(self) -> QSize:
        """Narrow: the bar makes do, it never holds the window open."""
        return QSize(4 * current_theme().tokens.height.touch, current_theme().tokens.height.bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self.setFixedHeight(tokens.height.bar)
        self._layout.setContentsMargins(tokens.space.l, 0, tokens.space.l, 0)
        self._layout.setSpacing(tokens.space.m)
        self._pill_row.setSpacing(tokens.space.s)
        self._fit()


def _label(style: str, tone: str) -> QLabel:
    label = QLabel()
    label.setProperty("type", style)
    label.setProperty("tone", tone)
    return label


def _mark_size(tokens: Tokens) -> int:
    return tokens.space.s + 2


def _icon_size(tokens: Tokens) -> int:
    return tokens.height.icon - 4
