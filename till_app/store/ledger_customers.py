"""Customers who were made at this till and have not come back from the hub yet."""

from collections.abc import Sequence

from sqlalchemy import select

from till_app.domain.catalogue import Customer
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess

_NEW_CUSTOMERS = select(t.new_customer.c.customer).order_by(t.new_customer.c.added_at.desc())


class LedgerCustomers(LedgerAccess):
    """The reading half of Ledger about customers."""

    def new_customers(self) -> Sequence[Customer]:
        with self._reading() as connection:
            return [rows.customer_from(text) for text in connection.execute(_NEW_CUSTOMERS).scalars()]
