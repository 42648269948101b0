"""Who may do what: one table."""

from enum import StrEnum

from till_app.domain.catalogue import Role


class Permission(StrEnum):
    SELL = "sell"
    VOID_BASKET = "void_basket"
    DISCOUNT = "discount"
    OVERRIDE_PRICE = "override_price"
    SELL_EXPIRED = "sell_expired"
    """Goods past the date on them."""
    RETURN = "return"
    RETURN_WITHOUT_RECEIPT = "return_without_receipt"
    NO_SALE = "no_sale"
    PAY_IN_OUT = "pay_in_out"
    X_REPORT = "x_report"
    CLOSE_DAY = "close_day"
    SET_UP_DEVICES = "set_up_devices"
    COUNT_STOCK = "count_stock"
    ACCEPT_REMOVAL = "accept_removal"
    """Of many goods at once, which the hub asks for."""
    LINK_TILL = "link_till"
    """Pair it again, or carry what is unsent away in a file."""
    CONFIRM_CARD_PAYMENT = "confirm_card_payment"
    """Say what a card terminal did that cannot be asked."""


_CASHIER = frozenset(
    {
        Permission.SELL,
        Permission.VOID_BASKET,
        Permission.RETURN,
        Permission.NO_SALE,
        Permission.CONFIRM_CARD_PAYMENT,
    }
)
_SUPERVISOR = _CASHIER | {
    Permission.DISCOUNT,
    Permission.OVERRIDE_PRICE,
    Permission.SELL_EXPIRED,
    Permission.RETURN_WITHOUT_RECEIPT,
    Permission.PAY_IN_OUT,
    Permission.X_REPORT,
    Permission.COUNT_STOCK,
    Permission.LINK_TILL,
}
_TABLE: dict[Role, frozenset[Permission]] = {
    Role.CASHIER: _CASHIER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.MANAGER: frozenset(Permission),
    Role.INSTALLER: frozenset({Permission.SET_UP_DEVICES, Permission.X_REPORT, Permission.LINK_TILL}),
}


def may(role: Role, permission: Permission) -> bool:
    return permission in _TABLE[role]
