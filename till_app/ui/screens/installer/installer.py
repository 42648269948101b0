"""The installer's screen: pages at the left, from who this till is to what is wrong with it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from till_app.services.device_status import DeviceHealth
from till_app.services.set_up import SetUp
from till_app.services.status import CatalogueChanged, SyncStatus
from till_app.ui.screens.installer.barcodes_page import BarcodesPage
from till_app.ui.screens.installer.devices_page import DevicesPage
from till_app.ui.screens.installer.fact_pages import HubPage, ShopPage, StaffPage
from till_app.ui.screens.installer.machine_pages import BackupPage, DiagnosticsPage
from till_app.ui.screens.installer.parts import Page
from till_app.ui.screens.installer.receipt_page import ReceiptPage
from till_app.ui.shell import Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.rail import Rail

SHOP, HUB, DEVICES, RECEIPT, BARCODES, STAFF, BACKUP, DIAGNOSTICS = (
    "shop",
    "hub",
    "devices",
    "receipt",
    "barcodes",
    "staff",
    "backup",
    "diagnostics",
)
_RAIL_WIDTH, _NARROW_RAIL_WIDTH = 240, 180
"""In pixels at 100 %."""
_WIDE_FROM = 1200


class InstallerScreen(QWidget):
    """Opened by the window for whoever may; pages are made when they are first shown."""

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__()
        self._shell = shell
        self._set_up = set_up
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._makers: dict[str, Callable[[], QWidget]] = {
            SHOP: lambda: ShopPage(shell),
            HUB: lambda: HubPage(shell),
            DEVICES: lambda: DevicesPage(shell, set_up),
            RECEIPT: lambda: ReceiptPage(shell, set_up),
            BARCODES: lambda: BarcodesPage(shell, set_up),
            STAFF: lambda: StaffPage(shell),
            BACKUP: lambda: BackupPage(shell, set_up),
            DIAGNOSTICS: lambda: DiagnosticsPage(shell, set_up),
        }
        self._pages: dict[str, QWidget] = {}
        self.rail = Rail(
            (
                (SHOP, self.tr("Shop & till")),
                (HUB, self.tr("Hub")),
                (DEVICES, self.tr("Devices")),
                (RECEIPT, self.tr("Receipt")),
                (BARCODES, self.tr("Barcodes")),
                (STAFF, self.tr("Staff & rights")),
                (BACKUP, self.tr("Backup")),
                (DIAGNOSTICS, self.tr("Diagnostics")),
            )
        )
        self.rail.page_chosen.connect(self.choose)
        self.back = ActionButton(self.tr("Back"), "Esc", Variant.GHOST)
        self.back.clicked.connect(self.step_back)
        self._stack = QStackedWidget()
        self._left = QWidget()
        self._left.setProperty("ground", "surface")
        self._left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.rail, 1)
        self._back_place = QVBoxLayout()
        self._back_place.addWidget(self.back)
        left.addLayout(self._back_place)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        self.message_place = QVBoxLayout()
        right.addLayout(self.message_place)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._left)
        layout.addLayout(right, 1)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    # ------------------------------------------------------------------- screen

    def entered(self) -> None:
        """Where it was left, or on the devices."""
        chosen = self.rail.chosen or DEVICES
        self._bring(chosen)
        self.rail.button(chosen).setFocus()

    def scanned(self, text: str) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, BarcodesPage):
            page.scanned(text)
            return
        told = self.tr("A scan: {text}\nIt is sold nowhere while you set up.").format(text=text)
        self._shell.say(Tone.INFO, told)

    def sync_changed(self, _status: SyncStatus) -> None:
        if self.rail.chosen == HUB:
            self._enter(HUB)

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        chosen = self.rail.chosen
        if ("shop" in change.kinds and chosen == SHOP) or ("staff" in change.kinds and chosen == STAFF):
            self._enter(chosen)

    def device_changed(self, health: DeviceHealth) -> None:
        if DEVICES in self._pages:
            self.devices.device_changed(health)
        page = self._pages.get(DIAGNOSTICS)
        if isinstance(page, DiagnosticsPage) and self.rail.chosen == DIAGNOSTICS:
            page.show_devices()

    def minute_passed(self) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, HubPage):
            page.entered()

    # -------------------------------------------------------------------- pages

    @property
    def devices(self) -> DevicesPage:
        page = self._page(DEVICES)
        assert isinstance(page, DevicesPage)
        return page

    def page(self, key: str) -> QWidget:
        return self._page(key)

    def choose(self, key: str) -> None:
        """What is not saved on the page that is left is asked about first."""
        shown = next(key for key, page in self._pages.items() if page is self._stack.currentWidget())
        page = self._pages[shown]
        if key != shown and isinstance(page, DevicesPage | Page):
            self.rail.choose(shown)
            page.leave(lambda: self._bring(key))
        else:
            self._bring(key)

    def step_back(self) -> None:
        """Out of what is open on the page, or back to what was under way before this screen."""
        page = self._stack.currentWidget()
        if isinstance(page, DevicesPage | Page) and not page.stepped_back():
            page.leave(self._end)

    def _end(self) -> None:
        if DEVICES in self._pages:
            self.devices.rest()
        self._shell.services.commissioning.end()
        self._shell.look_back()

    def _bring(self, key: str) -> None:
        page = self._page(key)
        if DEVICES in self._pages and key != DEVICES:
            self.devices.show_cards()
            self.devices.rest()
        self.rail.choose(key)
        self._stack.setCurrentWidget(page)
        self._enter(key)

    def _enter(self, key: str) -> None:
        page = self._page(key)
        if isinstance(page, DevicesPage | Page):
            page.entered()

    def _page(self, key: str) -> QWidget:
        if key not in self._pages:
            self._pages[key] = self._makers[key]()
            self._stack.addWidget(self._pages[key])
        return self._pages[key]

    # ------------------------------------------------------------------- layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        is_wide = self.width() >= round(_WIDE_FROM * tokens.scale)
        width = round((_RAIL_WIDTH if is_wide else _NARROW_RAIL_WIDTH) * tokens.scale)
        self._left.setFixedWidth(max(width, self.rail.least_width()))
        self._back_place.setContentsMargins(space.l, space.xs, space.l, space.s)
        self.message_place.setContentsMargins(space.xl, 0, space.xl, space.s)
