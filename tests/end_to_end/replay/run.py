"""Rings a planned trade up on a real till against a real hub."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import requests

from tests.end_to_end.replay.catalogue import OPERATOR_PIN, import_files
from tests.end_to_end.replay.figures import Figures, of_hub, of_till
from tests.end_to_end.replay.plan import PlannedLine, PlannedSale
from tests.end_to_end.replay.trade_file import Invoice, TradeLine, pennies
from till_app.bootstrap import Listeners, Till
from till_app.domain.sale import Sale
from till_app.domain.tender import TenderKind
from till_app.hub.server import RunningHub
from till_app.services.device_settings import DeviceSettings
from till_app.services.scanning import Added, Pending
from till_app.services.status import SyncStatus
from till_app.till_files import TillFiles

FLOAT_MINOR = 10_000
SEND_TIMEOUT_S = 300.0


class ReplayFailed(Exception):
    """The till or the hub did something that the plan does not allow; the message says what."""


def replay(
    invoices: Sequence[Invoice],
    planned: Sequence[PlannedSale],
    folder: Path,
    progress: Callable[[int], None],
) -> tuple[Figures, Figures, dict[str, int]]:
    """Figures of the till and of the hub, and what else the hub counted. Raises ReplayFailed."""
    with RunningHub(folder / "hub.sqlite") as hub:
        _import(hub, import_files(invoices))
        link = _Link()
        till = Till(
            TillFiles(folder / "till"), DeviceSettings(), Listeners(on_sync=link.on_sync), combine_lines=False
        )
        try:
            till.pair(hub.url, _pairing_code(hub), "Replay")
            till.load_catalogue()
            _begin_day(till)
            till.start()
            _ring_up(till, planned, progress)
            link.wait_until_sent(till)
            on_till = of_till(till.services.reporting.read())
            totals = till.hub_totals()
        finally:
            till.close()
    others = {
        "quarantined": totals.quarantined,
        "differences": totals.differences,
        "cash_in_drawer_minor": totals.cash_minor,
    }
    return on_till, of_hub(totals), others


def _import(hub: RunningHub, files: Mapping[str, str]) -> None:
    for kind, text in files.items():
        answer = requests.post(
            f"{hub.url}/v1/admin/imports/{kind}",
            data=text.encode(),
            headers={"Authorization": f"Bearer {hub.admin_token}", "Content-Type": "text/csv"},
            timeout=120,
        )
        answer.raise_for_status()
        report = answer.json()
        if report["refused_count"]:
            raise ReplayFailed(f"the hub's import refused lines of {kind}: {report['refused'][:3]}")


def _pairing_code(hub: RunningHub) -> str:
    answer = requests.post(
        f"{hub.url}/v1/admin/pairing-codes",
        headers={"Authorization": f"Bearer {hub.admin_token}"},
        timeout=10,
    )
    answer.raise_for_status()
    return str(answer.json()["code"])


def _begin_day(till: Till) -> None:
    services = till.services
    (member,) = services.sign_on.staff()
    services.sign_on.sign_on(member.staff_id, OPERATOR_PIN)
    services.cash_control.open_session(FLOAT_MINOR)


def _ring_up(till: Till, planned: Sequence[PlannedSale], progress: Callable[[int], None]) -> None:
    sales: dict[str, Sale] = {}
    for number, transaction in enumerate(planned, start=1):
        for entry in transaction.lines:
            _ring_line(till, entry, sales)
        checkout = till.services.checkout
        if checkout.total_minor != transaction.total_minor:
            raise ReplayFailed(
                f"invoice {transaction.invoice}: the till says {checkout.total_minor}, the file"
                f" {transaction.total_minor}"
            )
        for tender in transaction.tenders:
            kind = TenderKind(tender.kind)
            if tender.amount_minor < 0:
                checkout.refund(kind, -tender.amount_minor)
            elif kind is TenderKind.CASH:
                checkout.pay_cash(tender.given_minor)
            else:
                checkout.pay_card(tender.amount_minor)
        sales[transaction.invoice] = checkout.complete().sale
        progress(number)


def _ring_line(till: Till, entry: PlannedLine, sales: Mapping[str, Sale]) -> None:
    services, line = till.services, entry.line
    if entry.returned_from is not None:
        sale = sales[entry.returned_from.invoice]
        number = _line_number(sale, entry.returned_from.line)
        services.returns.add(sale.uuid, {number: -line.quantity * 1000})
        return
    found = services.selling.look_up(line.stock_code)
    if not isinstance(found, tuple) or len(found) != 1:
        raise ReplayFailed(f"line {line.number}: {line.stock_code} is not one item: {found}")
    unit_price_minor = pennies(line.unit_price)
    is_whole = line.unit_price * 100 == unit_price_minor
    pending = Pending(
        found[0].item,
        line.stock_code,
        abs(line.quantity) * 1000,
        unit_price_minor=unit_price_minor,
        # A price in parts of a penny: what counts is the line's amount.
        fixed_price_minor=None if is_whole else abs(line.amount_minor),
    )
    if line.quantity < 0:
        services.selling.add_return_without_receipt(pending)
        return
    result = services.selling.add(pending)
    if not isinstance(result, Added):
        raise ReplayFailed(f"line {line.number}: {line.stock_code} could not be added: {result}")


def _line_number(sale: Sale, sold: TradeLine) -> int:
    for line in sale.lines:
        if (
            line.code == sold.stock_code
            and line.quantity_milli == sold.quantity * 1000
            and line.gross_minor == sold.amount_minor
        ):
            return line.line_number
    raise ReplayFailed(f"line {sold.number} is not on receipt {sale.receipt_number}")


class _Link:
    """Hears of each change of the link to the hub."""

    def __init__(self) -> None:
        self._changed = threading.Condition()

    def on_sync(self, _status: SyncStatus) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait_until_sent(self, till: Till) -> None:
        """Raises ReplayFailed."""
        till.sync.wake()
        with self._changed:
            if not self._changed.wait_for(lambda: till.ledger.unsent().entries == 0, SEND_TIMEOUT_S):
                raise ReplayFailed(f"{till.ledger.unsent().entries} entries were not acknowledged in time")
