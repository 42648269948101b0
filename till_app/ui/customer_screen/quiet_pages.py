"""The customer's screen when no basket is open: the shop and its messages, change and thanks, closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QWidget

from till_app.services.device_status import CustomerView
from till_app.ui.customer_screen.drawing import cut_to, draw_fitted, draw_paragraph
from till_app.ui.customer_screen.lines_view import PictureOf
from till_app.ui.customer_screen.sizes import ScreenSizes, sizes_for
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import CENTRE, colour, draw_box, metrics_for

_TURN_MS = 9_000
"""How long a message or a picture stays."""
_MOST_MESSAGE_LINES = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """Goods with a picture, shown while nobody buys."""

    name: str
    price: str
    picture: str
    """SHA-256."""


class QuietPage(QWidget):
    """A ground and what a subclass paints on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paint(self, painter: QPainter, sizes: ScreenSizes) -> None:
        raise NotImplementedError

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, sizes_for(self.size()))
        painter.end()

    def fill(self, painter: QPainter, ground: str) -> None:
        painter.fillRect(self.rect(), colour(ground))


class IdlePage(QuietPage):
    """The shop's name; messages and pictures take turns, slowly."""

    def __init__(self, picture_of: PictureOf) -> None:
        super().__init__()
        self._picture_of = picture_of
        self.shop = ""
        self.messages: tuple[str, ...] = ()
        self.offers: tuple[Offer, ...] = ()
        self._turn = 0
        self._cut: tuple[str, QSize, QPixmap] | None = None
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._clock.timeout.connect(self.turn)

    @property
    def message(self) -> str:
        """Shown now."""
        return self.messages[self._turn % len(self.messages)] if self.messages else ""

    @property
    def offer(self) -> Offer | None:
        """Shown now: one whose picture is here."""
        there = [offer for offer in self.offers if self._picture_of(offer.picture) is not None]
        return there[self._turn % len(there)] if there else None

    def show_messages(self, shop: str, messages: Sequence[str]) -> None:
        if (shop, tuple(messages)) != (self.shop, self.messages):
            self.shop, self.messages = shop, tuple(messages)
            self.update()

    def show_offers(self, offers: Sequence[Offer]) -> None:
        self.offers = tuple(offers)
        self.update()

    def turn(self) -> None:
        """On to the next message and the next picture."""
        self._turn += 1
        if len(self.messages) > 1 or len(self.offers) > 1:
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start(_TURN_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def paint(self, painter: QPainter, sizes: ScreenSizes) -> None:
        self.fill(painter, current_theme().tokens.colours.surface)
        offer = self.offer
        words = self.rect()
        if offer is not None:
            if sizes.is_portrait:
                beside = QRect(0, 0, self.width(), round(self.height() * 0.55))
                words = self.rect().adjusted(0, beside.height(), 0, 0)
            else:
                beside = QRect(self.width() // 2, 0, self.width() - self.width() // 2, self.height())
                words = self.rect().adjusted(0, 0, -beside.width(), 0)
            self._paint_offer(painter, beside, offer, sizes)
        self._paint_words(painter, words.adjusted(2 * sizes.gap, 0, -2 * sizes.gap, 0), sizes)

    def _paint_words(self, painter: QPainter, rect: QRect, sizes: ScreenSizes) -> None:
        colours = current_theme().tokens.colours
        shop_height = metrics_for(sizes.shop).height()
        line_height = metrics_for(sizes.message).height()
        most = max(1, min(_MOST_MESSAGE_LINES, (rect.height() - shop_height) // line_height - 2))
        room = shop_height + (sizes.gap + 3 * line_height if self.message else 0)
        top = rect.top() + max(0, (rect.height() - room) // 2)
        draw_fitted(
            painter, QRect(rect.left(), top, rect.width(), shop_height), self.shop, sizes.shop, colours.text
        )
        if self.message:
            below = QRect(rect.left(), top + shop_height + sizes.gap, rect.width(), line_height)
            draw_paragraph(
                painter,
                below,
                self.message,
                sizes.message,
                colours.text_muted,
                most_lines=most,
                align=CENTRE,
            )

    def _paint_offer(self, painter: QPainter, rect: QRect, offer: Offer, sizes: ScreenSizes) -> None:
        colours = current_theme().tokens.colours
        gap = sizes.gap
        inner = rect.adjusted(2 * gap, 2 * gap, -2 * gap, -2 * gap)
        draw_box(painter, QRectF(inner), sizes.radius, colours.page)
        card = inner.adjusted(gap, gap, -gap, -gap)
        name_height = metrics_for(sizes.last_name).height()
        price_height = metrics_for(sizes.last_amount).height()
        picture_room = QSize(card.width(), card.height() - name_height - price_height - gap)
        if picture_room.height() > 2 * name_height:
            picture = self._picture(offer.picture, picture_room)
            if picture is not None:
                painter.drawPixmap(card.topLeft(), picture)
        price = QRect(card.left(), card.bottom() - price_height, card.width(), price_height)
        name = QRect(card.left(), price.top() - name_height, card.width(), name_height)
        draw_fitted(painter, name, offer.name, sizes.last_name, colours.text)
        draw_fitted(painter, price, offer.price, sizes.last_amount, colours.text)

    def _picture(self, sha256: str, size: QSize) -> QPixmap | None:
        if self._cut is None or self._cut[:2] != (sha256, size):
            whole = self._picture_of(sha256)
            if whole is None:
                return None
            radius = sizes_for(self.size()).radius
            self._cut = (sha256, size, cut_to(whole, size, radius, self.devicePixelRatioF()))
        return self._cut[2]


class DonePage(QuietPage):
    """The sale is complete: what goes back, and thanks."""

    def __init__(self) -> None:
        super().__init__()
        self.change = ""
        self.total = ""

    def show_view(self, view: CustomerView) -> None:
        if (view.change, view.total) != (self.change, self.total):
            self.change, self.total = view.change, view.total
            self.update()

    def paint(self, painter: QPainter, sizes: ScreenSizes) -> None:
        colours = current_theme().tokens.colours
        self.fill(painter, colours.primary)
        ink = colours.on_primary
        thanks = self.tr("Thank you")
        total = self.tr("Total {amount}").format(amount=self.total)
        rows = (
            ((self.tr("Change"), sizes.shop), (self.change, sizes.hero), (thanks, sizes.shop))
            if self.change
            else ((thanks, sizes.total), (total, sizes.shop))
        )
        gap = sizes.gap
        height = sum(metrics_for(style).height() for _, style in rows) + gap * (len(rows) - 1)
        top = (self.height() - height) // 2
        for text, style in rows:
            row = QRect(2 * gap, top, self.width() - 4 * gap, metrics_for(style).height())
            draw_fitted(painter, row, text, style, ink)
            top += row.height() + gap


class ClosedPage(QuietPage):
    """Nobody is signed on at this till."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = ""

    def show_shop(self, shop: str) -> None:
        if shop != self.shop:
            self.shop = shop
            self.update()

    def paint(self, painter: QPainter, sizes: ScreenSizes) -> None:
        colours = current_theme().tokens.colours
        self.fill(painter, colours.page)
        gap = sizes.gap
        rows = (
            (self.tr("Till closed"), sizes.shop, colours.text),
            (self.tr("Next till, please"), sizes.message, colours.text_muted),
        )
        top = self.height() // 2 - metrics_for(sizes.shop).height()
        for text, style, ink in rows:
            row = QRect(2 * gap, top, self.width() - 4 * gap, metrics_for(style).height())
            draw_fitted(painter, row, text, style, ink)
            top += row.height() + gap // 2
        foot = QRect(2 * gap, self.height() - 3 * gap, self.width() - 4 * gap, 2 * gap)
        draw_fitted(painter, foot, self.shop, sizes.detail, colours.text_muted)
