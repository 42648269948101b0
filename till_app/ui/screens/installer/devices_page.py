"""All devices of this till as cards; finding and setting them up, their profile, the commissioning sheet."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from till_app.domain.catalogue import StaffMember
from till_app.domain.times import from_text
from till_app.services.commissioning import SheetDevice
from till_app.services.device_places import (
    WEDGE,
    is_set_up,
    places_of,
    scanner_id,
    valid_test,
)
from till_app.services.device_settings import DeviceId, DeviceSettings
from till_app.services.device_status import DeviceHealth
from till_app.services.set_up import SetUp
from till_app.ui.device_state_words import last_error_words, state_words, status_words, test_words
from till_app.ui.devices_words import device_name, how_it_is_set, test_caption
from till_app.ui.screens.installer.device_profile import DeviceProfile
from till_app.ui.screens.installer.device_set_up import DeviceSetUpPage
from till_app.ui.screens.installer.find_devices import FindDevicesPage
from till_app.ui.screens.installer.parts import Page, ScrollColumn
from till_app.ui.shell import Shell
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.device_card import CardWords, DeviceCard

_TICK_MS = 1000
_FIND_WIDTH = 220
"""In pixels at 100 %."""


class CardsPage(Page):
    """The cards; they are made once for each place and changed where they stand."""

    test_pressed = Signal(str)
    set_up_pressed = Signal(str)
    """The place's name, of both."""

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self.title.setText(self.tr("Devices"))
        self._shell = shell
        self._set_up = set_up
        self.cards: dict[str, DeviceCard] = {}
        self.cards_column = ScrollColumn()
        self.cards_column.column.addStretch(1)
        self.content.addWidget(self.cards_column, 1)
        self.find_button = self.add_to_head(ActionButton(self.tr("Find devices"), "F5", Variant.PRIMARY))
        self.sheet = self.add_to_foot(ActionButton(self.tr("Print the sheet"), "F6"))
        self.export = self.add_to_foot(ActionButton(self.tr("Export profile"), "F7"))
        self.import_ = self.add_to_foot(ActionButton(self.tr("Import profile"), "F8"))
        self.add_scanner = self.add_to_foot(ActionButton(self.tr("Another scanner"), "F9"))
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.show_all)

    def entered(self) -> None:
        self.show_all()
        self._tick.start(_TICK_MS)

    def rest(self) -> None:
        self._tick.stop()

    def show_all(self) -> None:
        """What the devices said last, as of now; asks none of them."""
        if not self.isVisible() and self.cards:
            return
        settings = self._set_up.devices.settings()
        healths = {health.device: health for health in self._set_up.devices.health()}
        places = places_of(settings)
        for device in [device for device in self.cards if device not in places]:
            card = self.cards.pop(device)
            card.hide()
            card.deleteLater()
        for index, device in enumerate(places):
            if device not in self.cards:
                card = DeviceCard(device)
                self.cards[device] = card
                self.cards_column.column.insertWidget(index, card)
                card.test_pressed.connect(self.test_pressed)
                card.set_up_pressed.connect(self.set_up_pressed)
            self.cards[device].show_words(self._words(settings, device, healths.get(device)))
        self.add_scanner.setEnabled(is_set_up(settings, scanner_id(1)))

    def _words(self, settings: DeviceSettings, device: str, health: DeviceHealth | None) -> CardWords:
        formatter = self._shell.formatter
        now = from_text(self._shell.services.workplace.now_text())
        is_there = is_set_up(settings, device)
        health = self._with_names(health or DeviceHealth(device))
        state = state_words(health, is_set_up=is_there)
        kind, address = how_it_is_set(settings, device)
        tested, tested_tone = test_words(settings, device, formatter)
        trouble = last_error_words(health, formatter, now)
        can_find = device not in (WEDGE, DeviceId.SECOND_SCREEN)
        caption = test_caption(device) if is_there or not can_find else self.tr("Find one")
        return CardWords(
            device_name(device),
            kind,
            address,
            state.mark,
            state.tone,
            state.word,
            state.tone,
            status_words(health, formatter, now) if is_there else "",
            "\n".join(part for part in (tested, trouble) if part),
            tested_tone,
            caption,
        )

    def _with_names(self, health: DeviceHealth) -> DeviceHealth:
        """Of the person whose id is among the facts."""
        by = health.facts.get("last_opened_by", "")
        if not by:
            return health
        names = {member.staff_id: member.name for member in self._shell.services.sign_on.staff()}
        return replace(health, facts=health.facts | {"last_opened_by": names.get(by, "")})

    def _on_theme_changed(self) -> None:
        self.find_button.setMinimumWidth(round(_FIND_WIDTH * current_theme().tokens.scale))


class DevicesPage(QStackedWidget):
    """Cards, one device's set-up, and what was found: one of them at a time."""

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__()
        self._shell = shell
        self._set_up = set_up
        self.overview = CardsPage(shell, set_up)
        self.set_up_page = DeviceSetUpPage(shell, set_up)
        self.find_page = FindDevicesPage(shell, set_up)
        for page in (self.overview, self.set_up_page, self.find_page):
            self.addWidget(page)
        self.overview.test_pressed.connect(self._on_test)
        self.overview.set_up_pressed.connect(self.set_up_device)
        self.overview.find_button.clicked.connect(lambda: self.begin_finding(""))
        self.overview.sheet.clicked.connect(self.print_sheet)
        self.profile = DeviceProfile(shell, set_up, self)
        self.profile.taken.connect(self.overview.show_all)
        self.overview.export.clicked.connect(self.profile.ask_where_to_export)
        self.overview.import_.clicked.connect(self.profile.ask_what_to_import)
        self.overview.add_scanner.clicked.connect(self.set_up_another_scanner)
        self.set_up_page.left.connect(self.show_cards)
        self.find_page.left.connect(self.show_cards)
        self.find_page.chosen.connect(self._on_found_chosen)

    # ------------------------------------------------------------------ the pages

    def entered(self) -> None:
        if self.currentWidget() is self.overview:
            self.overview.entered()

    def rest(self) -> None:
        self.overview.rest()

    def stepped_back(self) -> bool:
        page = self.currentWidget()
        return isinstance(page, Page) and page is not self.overview and page.stepped_back()

    def leave(self, then: Callable[[], object]) -> None:
        """Goes on with `then` once nothing unsaved is left behind."""
        if self.currentWidget() is self.set_up_page:
            self.set_up_page.leave(then)
        else:
            then()

    def show_cards(self) -> None:
        came_from = self.set_up_page.device
        self.setCurrentWidget(self.overview)
        self.overview.entered()
        card = self.overview.cards.get(came_from)
        if card is not None:
            card.set_up.setFocus()
            self.overview.cards_column.ensureWidgetVisible(card)

    def device_changed(self, _health: DeviceHealth) -> None:
        if self.currentWidget() is self.overview:
            self.overview.show_all()

    def begin_finding(self, device: str) -> None:
        self.overview.rest()
        self.setCurrentWidget(self.find_page)
        self.find_page.open(device)

    def set_up_device(self, device: str, settings: DeviceSettings | None = None) -> None:
        self.overview.rest()
        self.setCurrentWidget(self.set_up_page)
        self.set_up_page.open(device, settings)

    def set_up_another_scanner(self) -> None:
        self.set_up_device(scanner_id(len(self._set_up.devices.settings().scanners) + 1))

    def _on_test(self, device: str) -> None:
        if not is_set_up(self._set_up.devices.settings(), device) and device not in (
            WEDGE,
            DeviceId.SECOND_SCREEN,
        ):
            self.begin_finding(device)
            return
        self.set_up_device(device)
        self.set_up_page.test_and_leave()

    def _on_found_chosen(self, device: str, settings: DeviceSettings | None) -> None:
        self.set_up_device(device, settings)

    # -------------------------------------------------------------------- the sheet

    def print_sheet(self) -> None:
        settings = self._set_up.devices.settings()
        devices = [
            SheetDevice(
                device_name(device),
                how_it_is_set(settings, device),
                valid_test(settings, device),
                is_set_up(settings, device),
            )
            for device in places_of(settings)
        ]

        def print_it(_approver: StaffMember | None) -> None:
            job = self._shell.services.commissioning.print_sheet(devices)
            self._shell.delivered(job.document, self.tr("The sheet is printing"))

        self._shell.attempt(print_it)
