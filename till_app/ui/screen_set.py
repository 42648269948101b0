"""All screens of the till by name, as the window makes them when each is first shown."""

from collections.abc import Mapping, Sequence

from till_app.services.set_up import SetUp
from till_app.ui.screen_stack import MakeScreen
from till_app.ui.screens.card_payment import CardPaymentScreen
from till_app.ui.screens.end_of_day import EndOfDayScreen
from till_app.ui.screens.installer.installer import InstallerScreen
from till_app.ui.screens.open_day import OpenDayScreen
from till_app.ui.screens.pairing import PairingScreen
from till_app.ui.screens.returns import ReturnsScreen
from till_app.ui.screens.sale_done import SaleDoneScreen
from till_app.ui.screens.sell import SellScreen
from till_app.ui.screens.sign_on import PinHint, SignOnScreen
from till_app.ui.screens.stock import StockScreen
from till_app.ui.screens.sync_centre import SyncCentreScreen
from till_app.ui.screens.tender import TenderScreen
from till_app.ui.shell import ScreenName


def all_screens(set_up: SetUp, hints: Sequence[PinHint] = ()) -> Mapping[ScreenName, MakeScreen]:
    """`hints` are the PINs of a demo shop, shown on the sign-on screen."""
    return {
        ScreenName.SIGN_ON: lambda shell: SignOnScreen(shell, hints),
        ScreenName.OPEN_DAY: OpenDayScreen,
        ScreenName.SELL: SellScreen,
        ScreenName.TENDER: TenderScreen,
        ScreenName.CARD_PAYMENT: CardPaymentScreen,
        ScreenName.SALE_DONE: SaleDoneScreen,
        ScreenName.RETURNS: ReturnsScreen,
        ScreenName.END_OF_DAY: EndOfDayScreen,
        ScreenName.STOCK: StockScreen,
        ScreenName.SYNC_CENTRE: SyncCentreScreen,
        ScreenName.PAIRING: PairingScreen,
        ScreenName.INSTALLER: lambda shell: InstallerScreen(shell, set_up),
    }
