"""Customers at the counter: find one, name one as who buys, make a new one; the hub need not answer."""

from collections.abc import Sequence

from till_app.domain.catalogue import Customer
from till_app.domain.errors import DomainError
from till_app.services.ports import Catalogue, Ledger, SyncWaker
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace
from till_app.wire.bodies import CustomerAddedBody, Kind

LONGEST_NAME, LONGEST_FIELD, LONGEST_NOTE = 100, 200, 500


class Customers:
    """GUI thread only."""

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        catalogue: Catalogue,
        selling: Selling,
        sync: SyncWaker,
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._catalogue = catalogue
        self._selling = selling
        self._sync = sync

    @property
    def current(self) -> Customer | None:
        """Who buys, with what is known of them now; None too when the hub has removed their record."""
        named = self._selling.customer
        return self.find(named.customer_id) if named else None

    def find(self, customer_id: str) -> Customer | None:
        """The hub's record, or the one made here until that has come."""
        known = self._catalogue.customer(customer_id)
        if known is not None:
            return known
        made_here = self._ledger.new_customers()
        return next((customer for customer in made_here if customer.customer_id == customer_id), None)

    def search(self, text: str, limit: int) -> Sequence[Customer]:
        """By name, code, phone or e-mail; those made at this till and not yet at the hub come first."""
        waiting = self._still_waiting()
        words = text.casefold().split()
        here = [customer for customer in waiting if words and all(_matches(customer, w) for w in words)]
        found = self._catalogue.search_customers(text, limit)
        return [*here, *found][:limit]

    def attach(self, customer: Customer) -> None:
        """Name who buys. What happens to prices: `Pricing.set_customer`.

        Raises DomainError `customer_inactive`, `not_signed_on`, `no_session`.
        """
        if not customer.active:
            raise DomainError("customer_inactive", name=customer.name)
        self._selling.set_customer(customer)

    def detach(self) -> None:
        """Nobody in particular buys."""
        if self._selling.customer is not None:
            self._selling.set_customer(None)

    def forget_waiting(self) -> None:
        """Who was named before a first item that never came; the customer of an open basket stays."""
        if not self._selling.is_open:
            self.detach()

    def add(
        self,
        name: str,
        *,
        email: str = "",
        phone: str = "",
        address: Sequence[str] = (),
        note: str = "",
    ) -> Customer:
        """A new customer, usable at once; the hub gets them as a journal entry.

        Raises DomainError `name_missing`, `text_too_long`, `email_invalid`, `not_permitted`.
        """
        operator = self._workplace.require_seller()
        customer = Customer(
            customer_id=self._workplace.new_id(),
            customer_code="",
            name=" ".join(name.split()),
            email=email.strip(),
            phone=phone.strip(),
            address=tuple(line.strip() for line in address if line.strip()),
            note=note.strip(),
        )
        _check(customer)
        body = CustomerAddedBody(
            customer.customer_id,
            customer.name,
            customer.email,
            customer.phone,
            list(customer.address),
            customer.note,
            operator.staff_id,
        )
        with self._ledger.write() as write:
            write.record(self._workplace.fact(Kind.CUSTOMER_ADDED, body))
            write.add_new_customer(customer, self._workplace.now_text())
            write.commit()
        self._sync.wake()
        return customer

    def _still_waiting(self) -> list[Customer]:
        """Forgets those whose record has come from the hub."""
        made_here = self._ledger.new_customers()
        arrived = [c.customer_id for c in made_here if self._catalogue.customer(c.customer_id) is not None]
        if arrived:
            with self._ledger.write() as write:
                write.forget_new_customers(arrived)
                write.commit()
        return [customer for customer in made_here if customer.customer_id not in arrived]


def _matches(customer: Customer, word: str) -> bool:
    """As the catalogue searches: a word of the name, or the phone or e-mail, begins with it."""
    names = customer.name.casefold().split()
    fields = (*names, customer.email.casefold(), customer.phone.replace(" ", ""))
    return any(field.startswith(word) for field in fields if field)


def _check(customer: Customer) -> None:
    if not customer.name:
        raise DomainError("name_missing")
    fields = (customer.email, customer.phone, *customer.address)
    if (
        len(customer.name) > LONGEST_NAME
        or any(len(field) > LONGEST_FIELD for field in fields)
        or len(customer.note) > LONGEST_NOTE
    ):
        raise DomainError("text_too_long")
    local, at, domain = customer.email.partition("@")
    if customer.email and not (local and at and "." in domain.strip(".") and " " not in customer.email):
        raise DomainError("email_invalid")
