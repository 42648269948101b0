"""The installer's pages that are read more than changed: shop and till, hub, staff."""

from till_app.domain.catalogue import Role
from till_app.domain.permissions import Permission, may
from till_app.domain.times import from_text
from till_app.ui.screens.installer.parts import Page, cards_on
from till_app.ui.screens.parts import words
from till_app.ui.shell import ScreenName, Shell
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.fact_table import Fact, FactTable
from till_app.ui.widgets.note_list import NoteLine, NoteList, NoteRow


class ShopPage(Page):
    """Who this till is, and of which shop."""

    def __init__(self, shell: Shell) -> None:
        super().__init__("")
        self.title.setText(self.tr("Shop & till"))
        self._shell = shell
        self.facts = FactTable()
        self._column = cards_on(self, (self.tr("This till"), self.facts))
        remark = words(self.tr("The shop's name, address and VAT number are the hub's."), "body", "muted")
        remark.setWordWrap(True)
        self._column.column.addWidget(remark)
        self._column.column.addStretch(1)

    def entered(self) -> None:
        shop = self._shell.services.catalogue.shop()
        identity = self._shell.services.ledger.identity()
        none = "–"
        self.facts.show_facts(
            (
                Fact(
                    self.tr("Shop"), shop.name if shop else self.tr("not loaded yet"), "" if shop else "warn"
                ),
                Fact(self.tr("Address"), ", ".join(shop.address) if shop else none),
                Fact(self.tr("VAT number"), (shop.vat_number if shop else "") or none),
                Fact(self.tr("Currency"), shop.currency.code if shop else none),
                Fact(
                    self.tr("Till"),
                    identity.till_name if identity else self.tr("not paired"),
                    "" if identity else "warn",
                ),
                Fact(self.tr("Its code, on every receipt"), identity.till_code if identity else none),
                Fact(self.tr("Its number at the hub"), identity.till_id if identity else none),
            )
        )


class HubPage(Page):
    """The link to the hub in short; the sync centre has the rest."""

    def __init__(self, shell: Shell) -> None:
        super().__init__("")
        self.title.setText(self.tr("Hub"))
        self._shell = shell
        self.facts = FactTable()
        self._column = cards_on(self, (self.tr("The link"), self.facts))
        self._column.column.addStretch(1)
        self.pair = self.add_to_foot(ActionButton(self.tr("Pair this till"), "F8"))
        self.pair.clicked.connect(lambda: shell.look_at(ScreenName.PAIRING))
        self.open = self.add_to_foot(ActionButton(self.tr("Open the sync centre"), "F5", Variant.PRIMARY))
        self.open.clicked.connect(lambda: shell.look_at(ScreenName.SYNC_CENTRE))

    def entered(self) -> None:
        facts, status = self._shell.control.facts(), self._shell.sync_status
        formatter = self._shell.formatter
        now = from_text(self._shell.services.workplace.now_text())
        last = status.last_exchange_at
        self.pair.setVisible(not facts.is_paired)
        self.facts.show_facts(
            (
                Fact(
                    self.tr("Address"),
                    facts.hub_url or self.tr("not paired"),
                    "" if facts.is_paired else "warn",
                ),
                Fact(
                    self.tr("Last exchange"),
                    formatter.age(from_text(last), now) if last else self.tr("none yet"),
                    "" if last else "warn",
                ),
                Fact(self.tr("Waiting here"), formatter.count(status.waiting_entries)),
                Fact(self.tr("Release of the hub"), status.hub_version or "–"),
                Fact(
                    self.tr("This till's secret"),
                    self.tr("in the system's keyring") if facts.is_in_keyring else str(facts.secret_file),
                ),
            )
        )


class StaffPage(Page):
    """Read only: staff and rights are the hub's."""

    def __init__(self, shell: Shell) -> None:
        super().__init__("")
        self.title.setText(self.tr("Staff & rights"))
        self._shell = shell
        self.list = NoteList()
        self.list.setAccessibleName(self.tr("Staff"))
        self.list.set_empty_text(self.tr("Nobody is on the staff list yet: it comes from the hub"))
        remark = words(self.tr("Staff, roles and PINs are changed at the hub."), "body", "muted")
        remark.setWordWrap(True)
        self.content.addWidget(self.list, 1)
        self.content.addWidget(remark)

    def entered(self) -> None:
        rows = [
            NoteRow(
                member.staff_id,
                member.name,
                self._role(member.role),
                (NoteLine(self._rights(member.role)),),
            )
            for member in self._shell.services.sign_on.staff()
        ]
        self.list.show_rows(rows)

    def _role(self, role: Role) -> str:
        return {
            Role.CASHIER: self.tr("Cashier"),
            Role.SUPERVISOR: self.tr("Supervisor"),
            Role.MANAGER: self.tr("Manager"),
            Role.INSTALLER: self.tr("Installer"),
        }[role]

    def _rights(self, role: Role) -> str:
        names = {
            Permission.SELL: self.tr("sell"),
            Permission.VOID_BASKET: self.tr("void a basket"),
            Permission.RETURN: self.tr("take goods back"),
            Permission.NO_SALE: self.tr("open the drawer"),
            Permission.DISCOUNT: self.tr("discounts"),
            Permission.OVERRIDE_PRICE: self.tr("other prices"),
            Permission.RETURN_WITHOUT_RECEIPT: self.tr("returns without receipt"),
            Permission.PAY_IN_OUT: self.tr("cash in and out"),
            Permission.X_REPORT: self.tr("read the day's figures"),
            Permission.CLOSE_DAY: self.tr("close the day"),
            Permission.SET_UP_DEVICES: self.tr("set up devices"),
            Permission.COUNT_STOCK: self.tr("count stock"),
            Permission.ACCEPT_REMOVAL: self.tr("accept a large removal"),
            Permission.LINK_TILL: self.tr("pair the till"),
            Permission.SELL_EXPIRED: self.tr("sell goods past their date"),
            Permission.CONFIRM_CARD_PAYMENT: self.tr("say what the card terminal did"),
        }
        may_do = [names[permission] for permission in Permission if may(role, permission)]
        return ", ".join(may_do)
