"""Finding devices: what this machine has comes by itself, a network is searched when it is asked for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QSizePolicy

from till_app.services.device_places import free_place, may_take, with_found
from till_app.services.device_ports import FoundDevice
from till_app.services.set_up import SetUp
from till_app.ui.devices_words import device_name, found_words
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.screens.installer.parts import Page
from till_app.ui.screens.parts import words
from till_app.ui.shell import Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow


class FindDevicesPage(Page):
    """Rows keep their places while others come."""

    chosen = Signal(str, object)
    """A place, and the settings with what was found in it."""
    left = Signal()

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self._shell = shell
        self._set_up = set_up
        self._found: dict[str, FoundDevice] = {}
        self._device = ""
        self._search = 0
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self.list = ChoiceList()
        self.list.setAccessibleName(self.tr("Found devices"))
        self.list.choice_made.connect(self._on_choice)
        self.network = QLineEdit()
        self.network.setAccessibleName(self.tr("Addresses to look at"))
        self.network.setPlaceholderText("192.168.1.0/24")
        self.network.returnPressed.connect(self.search_network)
        self.search = ActionButton(self.tr("Search the network"), "F6")
        self.search.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.search.clicked.connect(self.search_network)
        advice = words(
            self.tr("Network printers: type the shop's addresses, as in 192.168.1.0/24, and search."),
            "small",
            "muted",
        )
        advice.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(current_theme().tokens.space.s)
        row.addWidget(self.network, 1)
        row.addWidget(self.search)
        self.again = self.add_to_head(ActionButton(self.tr("Once more"), "F5"))
        self.again.clicked.connect(self.begin)
        self.content.addWidget(self._bar)
        self.content.addWidget(self.list, 1)
        self.content.addWidget(advice)
        self.content.addLayout(row)

    @property
    def found(self) -> tuple[FoundDevice, ...]:
        return tuple(self._found.values())

    def open(self, device: str = "") -> None:
        """`device`: show only what may take that place."""
        self._device = device
        title = self.tr("Find: {device}").format(device=device_name(device)) if device else ""
        self.title.setText(title or self.tr("Find devices"))
        self.list.setFocus()
        self.begin()

    def begin(self) -> None:
        self._found = {}
        self._send("")

    def search_network(self) -> None:
        network = self.network.text().strip()
        if network:
            self._send(network)
        else:
            self.network.setFocus()

    def stepped_back(self) -> bool:
        self._search += 1
        self._set_up.devices.give_up()
        self.left.emit()
        return True

    def _send(self, network: str) -> None:
        self._search += 1
        number = self._search
        devices = self._set_up.devices
        self._bar.setVisible(True)
        self.list.set_empty_text(self.tr("Looking …"))
        self._show()

        def heard(found: FoundDevice) -> None:
            if number == self._search:
                self._found[found.address or found.name] = found
                self._show()

        self._shell.errands.send_and_hear(
            self,
            lambda tell: devices.find(tell, network),
            heard,
            lambda _none: self._on_end(number),
            lambda error: self._on_failed(number, error),
        )

    def _on_end(self, number: int) -> None:
        if number == self._search:
            self._bar.setVisible(False)
            self.list.set_empty_text(
                self.tr("Nothing was found. Check cable and power; a network printer is searched for below.")
            )

    def _on_failed(self, number: int, error: Exception) -> None:
        self._on_end(number)
        if not isinstance(error, ValueError):
            raise error
        self._shell.say(Tone.BAD, self.tr("Not searched\n{why}").format(why=error))

    def _show(self) -> None:
        self.list.show_rows(
            [
                ChoiceRow(key, found.name or found.address, found_words(found), self._use(found))
                for key, found in self._found.items()
                if not self._device or may_take(found.suits, self._device)
            ]
        )

    def _use(self, found: FoundDevice) -> str:
        """What choosing it leads to."""
        if not found.address:
            return ""
        if found.in_use_by:
            return self.tr("Look at it")
        if self._device or len(found.suits) != 1:
            return self.tr("Set it up")
        return self.tr("Set up as {device}").format(device=device_name(found.suits[0]).lower())

    # ------------------------------------------------------------------ choosing

    def _on_choice(self, key: str) -> None:
        found = self._found[key]
        if not found.address:
            self._shell.say(Tone.WARNING, f"{found.name}\n{found.detail}")
        elif found.in_use_by:
            self.chosen.emit(found.in_use_by, None)
        elif self._device:
            self._choose(self._device, found)
        elif len(found.suits) == 1:
            self._choose(self._place(found.suits[0]), found)
        else:
            self._ask_which(found)

    def _ask_which(self, found: FoundDevice) -> None:
        places = dict.fromkeys(self._place(suited) for suited in found.suits)
        rows = [ChoiceRow(place, device_name(place)) for place in places]
        panel = ChoosePanel(self.tr("What is it?"), rows, found.name, self.tr("Set it up"))
        panel.chosen.connect(lambda place: self._choose(place, found))
        self._shell.ask(panel)

    def _place(self, suited: str) -> str:
        return free_place(self._set_up.devices.settings(), (suited,)) or suited

    def _choose(self, device: str, found: FoundDevice) -> None:
        self._search += 1
        self._set_up.devices.give_up()
        self.chosen.emit(device, with_found(self._set_up.devices.settings(), device, found.address))
