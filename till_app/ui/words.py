"""What the till says when a rule or the disk says no: each error's code as plain words and what to do."""

from collections.abc import Callable, Mapping

from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.times import from_text
from till_app.services.sign_on import LockedOut, WrongPin
from till_app.ui.formatting import Formatter
from till_app.ui.translation import tr

_CONTEXT = "Words"


def _source(text: str) -> str:
    """Marks a text for the translators; it is translated when it is said."""
    return text


_REFUSALS: Mapping[str, str] = {
    "amount_negative": _source("That amount is below zero\nType an amount of zero or more."),
    "amount_not_positive": _source("Type an amount first\nIt must be more than zero."),
    "amount_too_large": _source("That amount is too large\nCheck what was typed, and type it again."),
    "approval_needed": _source("A supervisor is needed for this\nAsk one to type a PIN."),
    "balance_open": _source(
        "The sale is not paid in full\n{open} is still open: take it in cash or by card."
    ),
    "basket_empty": _source("There is nothing in the basket\nScan the first item."),
    "basket_of_other": _source(
        "{operator} has a basket open\n{operator} can unlock the till, or a supervisor can."
    ),
    "basket_open": _source("A basket is still open\nFinish the sale or void the basket first."),
    "card_over_balance": _source(
        "A card cannot pay more than is due\n{due} is due. Check the amount on the card terminal."
    ),
    "count_negative": _source("A count cannot be below zero\nCheck the pieces that were typed."),
    "currency_differs": _source(
        "That sale was made in another currency\nIts goods cannot come back for money here: {currency}."
    ),
    "customer_inactive": _source("{name} is no longer a customer\nChoose another, or sell without a name."),
    "discount_negative": _source("A discount cannot be below zero\nType it without a minus."),
    "discount_on_return": _source(
        "Goods that come back take no discount\nThey go back at the price that was paid."
    ),
    "discount_too_large": _source("That discount is more than the goods cost\nType a smaller one."),
    "email_invalid": _source("That is no e-mail address\nIt needs an @ and a dot, or leave it empty."),
    "ledger_of_other_till": _source(
        "The records here belong to till {till_code}\n"
        "Ask the installer: another till needs a folder of its own."
    ),
    "label_price_missing": _source(
        "“{item}” has no price of its own\nA label shows the price: the office gives it one at the hub."
    ),
    "line_gone": _source("That line is no longer in the basket\nChoose another line."),
    "location_unknown": _source("That place is no longer on file\nChoose another place."),
    "name_missing": _source("A name is needed\nType who the customer is."),
    "no_session": _source("The day is not open on this till\nCount the float and open the day."),
    "no_shop": _source(
        "This till has not loaded its shop yet\nConnect it to the hub once; then it sells without it too."
    ),
    "not_paired": _source("This till is not paired with a hub\nAsk the installer to pair it."),
    "not_permitted": _source("{operator} may not sell\nA cashier, supervisor or manager must sign on."),
    "not_signed_on": _source("Nobody is signed on\nChoose your name and type your PIN."),
    "nothing_to_print": _source("There is nothing to put on it\nChoose at least one thing that was bought."),
    "nothing_to_pay": _source("There is nothing left to pay\nFinish the sale."),
    "no_terminal": _source(
        "No card terminal is set up on this till\nKey the amount on the separate terminal."
    ),
    "payment_gone": _source(
        "That card payment is settled already\nLook at what is paid, and go on from there."
    ),
    "payment_open": _source(
        "A card payment of {amount} is not settled yet\nSay first what became of it, on its screen."
    ),
    "price_fixed": _source("The price of “{item}” is fixed\nIt comes from the sale that it was bought in."),
    "price_in_other_currency": _source(
        "The label of “{item}” has a price in another currency: {currency}\n"
        "Put it aside, or look for the item by name and type its price."
    ),
    "price_missing": _source("“{item}” has no price yet\nType its price to sell it."),
    "price_negative": _source("A price cannot be below zero\nCheck the price of “{item}”."),
    "quantity_fixed": _source(
        "The quantity of “{item}” is fixed\nVoid the line and add it again if it is wrong."
    ),
    "quantity_negative": _source("A quantity cannot be below zero\nUse Return for goods that come back."),
    "quantity_not_whole": _source("“{item}” is sold in whole pieces\nType a whole number."),
    "quantity_too_large": _source("That quantity is too large\nCheck what was typed, and type it again."),
    "quantity_zero": _source("A quantity must be more than zero\nTo take a line out, use Void line."),
    "reason_missing": _source("A reason is needed\nWrite in a few words why."),
    "refund_over_balance": _source("That is more than goes back\n{due} is to be given back."),
    "return_too_much": _source(
        "More of “{item}” than can come back\nOf this sale, {left} can still be returned."
    ),
    "reverse_first": _source(
        "The card terminal took {amount}\nIt must be given back there before it leaves the sale."
    ),
    "sale_unknown": _source(
        "This till does not know that sale\nCheck the receipt number, or use a return without receipt."
    ),
    "session_open": _source("The day is already open\nGo on selling, or close the day first."),
    "staff_unknown": _source("That name is no longer on the staff list\nChoose another name."),
    "tenders_taken": _source(
        "Money has been taken for this basket\nGive it back on the payment screen, then void the basket."
    ),
    "text_too_long": _source("That text is too long\nShorten it."),
    "unknown_currency": _source(
        "This till does not know the currency {currency}\nAsk the manager to update it."
    ),
    "weight_missing": _source("“{item}” is sold by weight\nWeigh it, and type the weight."),
    "vat_code_unknown": _source(
        "“{item}” has a VAT code that is not set up: {vat_code}\n"
        "It cannot be sold until the office corrects it."
    ),
}

_DISK: Mapping[str, str] = {
    "disk_full": _source(
        "The till's disk is full: nothing was changed\nCall the installer. What was sold so far is safe."
    ),
    "disk_failed": _source(
        "The till cannot write to its disk: nothing was changed\n"
        "Try once more. If it stays so, call the installer. What was sold so far is safe."
    ),
}

REFUSAL_CODES = frozenset(_REFUSALS)
DISK_CODES = frozenset(_DISK)


def words_of_refusal(error: DomainError, formatter: Formatter) -> str:
    """The first line says what is wrong, the second what to do."""
    text = _REFUSALS.get(error.code)
    if text is None:
        return tr(_CONTEXT, "That is not possible now\nThe reason: {code}.").format(code=error.code)
    return tr(_CONTEXT, text).format_map(_facts_in_words(error.facts, formatter))


_PERMISSIONS: Mapping[Permission, str] = {
    Permission.SELL: _source("Selling needs somebody who may."),
    Permission.VOID_BASKET: _source("Voiding a basket needs a supervisor's PIN."),
    Permission.DISCOUNT: _source("A discount needs a supervisor's PIN."),
    Permission.OVERRIDE_PRICE: _source("Another price needs a supervisor's PIN."),
    Permission.SELL_EXPIRED: _source("Selling goods past their date needs a supervisor's PIN."),
    Permission.RETURN: _source("A return needs a supervisor's PIN."),
    Permission.RETURN_WITHOUT_RECEIPT: _source("A return without receipt needs a supervisor's PIN."),
    Permission.NO_SALE: _source("Opening the drawer without a sale needs a supervisor's PIN."),
    Permission.PAY_IN_OUT: _source("Cash into or out of the drawer needs a supervisor's PIN."),
    Permission.X_REPORT: _source("Reading the figures of the day needs a supervisor's PIN."),
    Permission.CLOSE_DAY: _source("Closing the day needs the manager's PIN."),
    Permission.COUNT_STOCK: _source("Counting stock needs a supervisor's PIN."),
    Permission.ACCEPT_REMOVAL: _source("Removing so many goods needs the manager's PIN."),
    Permission.LINK_TILL: _source(
        "Pairing the till or taking its unsent sales away needs a supervisor's or the installer's PIN."
    ),
    Permission.CONFIRM_CARD_PAYMENT: _source("Saying what the card terminal did needs a supervisor's PIN."),
    Permission.SET_UP_DEVICES: _source("Setting up devices needs the installer's or the manager's PIN."),
}


def words_of_permission(permission: Permission) -> str:
    """Whom an action asks for."""
    return tr(_CONTEXT, _PERMISSIONS[permission])


def words_of_disk(code: str) -> str:
    """Of LedgerUnavailable and CatalogueUnavailable."""
    return tr(_CONTEXT, _DISK.get(code, _DISK["disk_failed"]))


def words_of_pin(result: WrongPin | LockedOut, formatter: Formatter) -> str:
    """Why a PIN did not open: how many tries are left, or until when there are none."""
    if isinstance(result, LockedOut):
        return tr(_CONTEXT, "Too many wrong PINs: locked until {time}").format(
            time=formatter.time(from_text(result.until))
        )
    if result.tries_left == 1:
        return tr(_CONTEXT, "Wrong PIN – 1 try left")
    return tr(_CONTEXT, "Wrong PIN – {count} tries left").format(count=result.tries_left)


def _facts_in_words(facts: Mapping[str, object], formatter: Formatter) -> dict[str, str]:
    """`due_minor=1206` fills `{due}` as £12.06, `left_milli=2000` fills `{left}` as 2; others as they are."""
    units: Mapping[str, Callable[[int], str]] = {
        "_minor": formatter.amount,
        "_milli": formatter.quantity,
        "_bp": formatter.percent,
    }
    words: dict[str, str] = {}
    for name, value in facts.items():
        suffix = next((unit for unit in units if name.endswith(unit)), None)
        if suffix is not None and isinstance(value, int):
            words[name.removesuffix(suffix)] = units[suffix](value)
        else:
            words[name] = str(value)
    return words
