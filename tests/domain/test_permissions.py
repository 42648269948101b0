import pytest

from till_app.domain.catalogue import Role
from till_app.domain.permissions import Permission, may

TABLE = """
permission              cashier  supervisor  manager  installer
sell                    yes      yes         yes      no
void_basket             yes      yes         yes      no
discount                no       yes         yes      no
override_price          no       yes         yes      no
sell_expired            no       yes         yes      no
return                  yes      yes         yes      no
return_without_receipt  no       yes         yes      no
no_sale                 yes      yes         yes      no
pay_in_out              no       yes         yes      no
x_report                no       yes         yes      yes
close_day               no       no          yes      no
set_up_devices          no       no          yes      yes
count_stock             no       yes         yes      no
accept_removal          no       no          yes      no
link_till               no       yes         yes      yes
confirm_card_payment    yes      yes         yes      no
"""
_HEAD, *_ROWS = (line.split() for line in TABLE.strip().splitlines())


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (Role(role), Permission(row[0]), answer == "yes")
        for row in _ROWS
        for role, answer in zip(_HEAD[1:], row[1:], strict=True)
    ],
)
def test_who_may_do_what(role: Role, permission: Permission, allowed: bool) -> None:
    assert may(role, permission) is allowed


def test_the_table_has_every_role_and_permission() -> None:
    assert [row[0] for row in _ROWS] == list(Permission)
    assert _HEAD[1:] == list(Role)
