"""Builders for the hub's tests: a client over HTTP, a till's journal, sales with visible figures."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import msgspec
import requests

from till_app.domain.ids import receipt_number
from till_app.domain.journal import GENESIS_HASH, sealed
from till_app.domain.tax import split_gross
from till_app.hub.hub import Hub
from till_app.hub.server import RunningHub
from till_app.wire.bodies import BODY_VERSION, Kind, LineBody, MovementBody, OriginBody, SaleBody, TenderBody
from till_app.wire.exchange import Entry, JournalRequest

AT = "2026-11-24T16:20:00.000000Z"
BUSINESS_DATE = "2026-11-24"
TIMEOUT_S = 20.0

DEPARTMENTS = "code,name,position\nGR,Groceries,1\n"
VAT_CODES = "code,name,rate_percent,kind\nA,Standard,20,standard\nZ,Zero,0,zero\n"


@dataclass(frozen=True, slots=True)
class ServedHub:
    """A hub behind a running server."""

    url: str
    hub: Hub

    @property
    def admin_token(self) -> str:
        return self.hub.admin_token


class Client:
    """The back office and any number of tills, on one hub."""

    def __init__(self, hub: ServedHub | RunningHub) -> None:
        self._served = hub
        self._session = requests.Session()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    @property
    def url(self) -> str:
        return self._served.url

    @property
    def admin_token(self) -> str:
        return self._served.admin_token

    @property
    def hub(self) -> Hub:
        """The hub itself, behind HTTP."""
        assert self._served.hub is not None
        return self._served.hub

    def another(self) -> "Client":
        """With a connection of its own, for another thread."""
        return Client(self._served)

    def call(self, method: str, path: str, token: str = "", **options: Any) -> requests.Response:
        headers = {**options.pop("headers", {})}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self._session.request(
            method, self._served.url + path, headers=headers, timeout=TIMEOUT_S, **options
        )

    def admin(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.call(method, "/v1/admin" + path, self._served.admin_token, **options)

    def import_csv(self, kind: str, text: str | bytes, **options: Any) -> dict[str, Any]:
        data = text.encode() if isinstance(text, str) else text
        answer = self.admin("POST", f"/imports/{kind}", data=data, **options)
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    def stock_shop(self, items: str) -> dict[str, Any]:
        """Departments, VAT codes and items; the report of the items."""
        self.import_csv("departments", DEPARTMENTS)
        self.import_csv("vat-codes", VAT_CODES)
        return self.import_csv("items", items)

    def item(self, item_code: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.admin("GET", f"/items/{item_code}").json()
        return answer

    def pair(self, name: str = "Front") -> "TillClient":
        code = self.admin("POST", "/pairing-codes").json()["code"]
        answer = self.call("POST", "/v1/pair", json={"code": code, "till_name": name})
        assert answer.status_code == 200, answer.text
        paired = answer.json()
        return TillClient(self, paired["till_id"], paired["till_code"], paired["token"])


@dataclass
class TillClient:
    """One paired till and its journal."""

    client: Client
    till_id: str
    till_code: str
    token: str
    entries: list[Entry] = field(default_factory=list)
    counter: int = 0

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.client.call(method, path, self.token, **options)

    def hello(self, seq: int = 0) -> requests.Response:
        return self.call(
            "POST",
            "/v1/hello",
            json={
                "oldest_protocol": 1,
                "newest_protocol": 1,
                "app_version": "0.1.0",
                "journal_head": {"seq": seq, "hash": GENESIS_HASH},
                "till_time": AT,
            },
        )

    def write(
        self, kind: str, body: object, *, uuid: str | None = None, version: int = BODY_VERSION
    ) -> Entry:
        """Append an entry to the journal; nothing is sent."""
        seq = len(self.entries) + 1
        prev_hash = self.entries[-1].hash if self.entries else GENESIS_HASH
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        uuid = uuid or f"{self.till_code}-entry-{seq}"
        entry = make_entry(self.till_id, seq, uuid, kind, raw, prev_hash, version)
        self.entries.append(entry)
        return entry

    def sell(self, *lines: LineBody, **changes: Any) -> SaleBody:
        """Append a sale for cash."""
        self.counter += 1
        body = make_sale(self.till_code, self.counter, lines, **changes)
        self.write(Kind.SALE, body)
        return body

    def send(self, entries: Iterable[Entry] | None = None, epoch: str | None = None) -> requests.Response:
        request = JournalRequest(
            self.hello().json()["epoch"] if epoch is None else epoch,
            list(self.entries if entries is None else entries),
        )
        return self.call("POST", "/v1/journal", data=msgspec.json.encode(request))

    def sent(self, entries: Iterable[Entry] | None = None) -> list[str]:
        """Send, and what became of each entry: its state, or state and code."""
        answer = self.send(entries)
        assert answer.status_code == 200, answer.text
        return [" ".join(filter(None, (r["state"], r["code"]))) for r in answer.json()["results"]]

    def totals(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", "/v1/totals").json()
        return answer

    def page(self, cursor: str = "", limit: int = 5_000) -> dict[str, Any]:
        answer = self.call("GET", "/v1/changes", params={"cursor": cursor, "limit": limit})
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = json.loads(answer.content)
        return page


def make_entry(
    till_id: str,
    seq: int,
    uuid: str,
    kind: str,
    body: bytes,
    prev_hash: str,
    version: int = BODY_VERSION,
) -> Entry:
    entry = sealed(till_id, seq, uuid, kind, version, AT, BUSINESS_DATE, body, prev_hash)
    return Entry(seq, uuid, kind, version, AT, BUSINESS_DATE, body.decode(), prev_hash, entry.hash)


def make_line(
    number: int,
    gross_minor: int,
    *,
    quantity_milli: int = 1000,
    vat_rate_bp: int = 2000,
    vat_code: str = "A",
    item_id: str = "item-1",
    tax_minor: int | None = None,
    origin: OriginBody | None = None,
) -> LineBody:
    tax_minor = split_gross(gross_minor, vat_rate_bp).tax_minor if tax_minor is None else tax_minor
    return LineBody(
        line_number=number,
        item_id=item_id,
        item_code="MILK",
        code="MILK",
        name="Milk",
        unit="each",
        department_id="GR",
        quantity_milli=quantity_milli,
        unit_price_minor=abs(gross_minor),
        list_price_minor=None,
        discount_minor=0,
        gross_minor=gross_minor,
        net_minor=gross_minor - tax_minor,
        tax_minor=tax_minor,
        vat_code=vat_code,
        vat_rate_bp=vat_rate_bp,
        origin=origin,
    )


def return_of(sale: SaleBody, gross_minor: int, quantity_milli: int = -1000) -> LineBody:
    """A return of the first line of a sale."""
    origin = OriginBody(sale.uuid, sale.receipt_number, 1)
    return make_line(1, gross_minor, quantity_milli=quantity_milli, origin=origin)


def make_sale(till_code: str, counter: int, lines: Iterable[LineBody], **changes: Any) -> SaleBody:
    """A sale settled in cash; `changes` replace fields at the end."""
    lines = list(lines)
    total_minor = sum(line.gross_minor for line in lines)
    uuid = changes.pop("uuid", f"sale-{till_code}-{counter}")
    sale = SaleBody(
        uuid=uuid,
        receipt_number=receipt_number(till_code, counter),
        till_code=till_code,
        counter=counter,
        session_id="session-1",
        opened_at=AT,
        completed_at=AT,
        operator_id="staff-1",
        operator_name="Aisha Khan",
        currency="GBP",
        total_minor=total_minor,
        lines=lines,
        tenders=[TenderBody(f"tender-{uuid}", "cash", total_minor, total_minor, 0)],
        movements=[make_movement(f"movement-{uuid}", total_minor, sale_uuid=uuid)],
    )
    return msgspec.structs.replace(sale, **changes)


def make_movement(movement_id: str, amount_minor: int, sale_uuid: str | None = None) -> MovementBody:
    kind = "tender" if sale_uuid else "paid_in"
    return MovementBody(movement_id, "session-1", kind, amount_minor, AT, "staff-1", "", sale_uuid)
