"""The window that the customer looks at: whichever page suits the moment, painted after the cashier's."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from till_app.services.device_settings import SecondScreenSettings
from till_app.services.device_status import CustomerMoment, CustomerView
from till_app.services.status import CatalogueChanged
from till_app.ui.customer_screen.basket_page import BasketPage
from till_app.ui.customer_screen.quiet_pages import ClosedPage, DonePage, IdlePage, Offer
from till_app.ui.pictures import PictureShelf
from till_app.ui.theme.theme import current_theme

PAUSE_MS = 30
"""From a change to its painting: the cashier's window is painted first, and quick scans are painted once."""
_LARGEST_PICTURE_PX, _MOST_PICTURES = 640, 40
_OFFER_KINDS = frozenset(("item", "quick_key", "price", "price_list", "shop"))


class CustomerWindow(QWidget):
    """It takes neither the keyboard nor any touch, wherever it stands."""

    def __init__(
        self,
        read_picture: Callable[[str], bytes | None],
        offers: Callable[[], Sequence[Offer]],
        parent: QWidget | None = None,
    ) -> None:
        """`read_picture` gives a picture by SHA-256; `offers` are goods to show while nobody buys."""
        super().__init__(parent)
        self._offers = offers
        self._settings = SecondScreenSettings()
        self._view = CustomerView()
        self._are_offers_known = False
        self.shelf = PictureShelf(
            read_picture, self, largest_side_px=_LARGEST_PICTURE_PX, most_kept=_MOST_PICTURES
        )
        self.shelf.arrived.connect(self._on_pictures)
        self.basket = BasketPage(self.shelf.pixmap)
        self.idle = IdlePage(self.shelf.pixmap)
        self.done = DonePage()
        self.closed = ClosedPage()
        self._pages = QStackedWidget()
        for page in (self.closed, self.idle, self.basket, self.done):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(PAUSE_MS)
        self._due.timeout.connect(self.show_now)
        current_theme().changed.connect(self.basket.pictures_arrived)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def page(self) -> QWidget | None:
        return self._pages.currentWidget()

    @property
    def is_up_to_date(self) -> bool:
        return not self._due.isActive()

    def use(self, settings: SecondScreenSettings) -> None:
        self._settings = settings
        self.basket.use_pictures(settings.shows_pictures)
        self._are_offers_known = False
        self.idle.show_offers(())
        self.show_now()

    def show_view(self, view: CustomerView) -> None:
        """Soon; the newest wins."""
        self._view = view
        if not self._due.isActive():
            self._due.start()

    def end(self) -> None:
        """Nothing is read any more: the till closes its databases."""
        self._due.stop()
        self.shelf.want(())
        self.close()

    def show_now(self) -> None:
        """What was handed over last."""
        self._due.stop()
        view = self._view
        page: QWidget
        match view.moment:
            case CustomerMoment.SELLING | CustomerMoment.PAYING:
                page = self.basket
                self.basket.show_view(view)
                self._want_pictures(view)
            case CustomerMoment.DONE:
                page = self.done
                self.done.show_view(view)
            case CustomerMoment.IDLE:
                page = self.idle
                self._show_idle(view)
            case CustomerMoment.CLOSED:
                page = self.closed
                self.closed.show_shop(view.message.partition("\n")[0])
        if page is not self._pages.currentWidget():
            self._pages.setCurrentWidget(page)

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        if change.kinds & _OFFER_KINDS:
            self._are_offers_known = False
        if change.pictures or change.kinds & _OFFER_KINDS:
            self.show_now()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.show_now()

    def _show_idle(self, view: CustomerView) -> None:
        """What the settings say goes before the texts of the receipts."""
        shop, _, texts = view.message.partition("\n")
        own = self._settings.idle_text.strip()
        messages = [line.strip() for line in own.split("\n")] if own else [texts.strip()]
        self.idle.show_messages(shop, [message for message in messages if message])
        if not self._are_offers_known:
            self._are_offers_known = True
            self.idle.show_offers(self._offers() if self._settings.shows_pictures else ())
        self.shelf.want(offer.picture for offer in self.idle.offers)

    def _want_pictures(self, view: CustomerView) -> None:
        if not self._settings.shows_pictures:
            return
        lines = (view.last_line, *reversed(view.lines))
        self.shelf.want(line.picture for line in lines if line is not None)

    def _on_pictures(self) -> None:
        self.basket.pictures_arrived()
        self.idle.update()


def as_customer_screen(window: CustomerWindow) -> CustomerWindow:
    """A window of its own that covers its screen and is never the active one."""
    # What window systems call a tool tip is placed exactly, takes no focus and is closed by nobody. Wayland
    # places none of its own: there it is a window that fills a screen.
    kind = Qt.WindowType.Window if is_wayland() else Qt.WindowType.ToolTip
    window.setWindowFlags(kind | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
    window.setCursor(Qt.CursorShape.BlankCursor)
    return window


def is_wayland() -> bool:
    return QGuiApplication.platformName().startswith("wayland")
