"""The API tried by a fuzzer from its own OpenAPI document: no 500, and a refused request changes nothing."""

import contextlib
import hashlib
import json
import warnings
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from sqlalchemy import select

from tests.hub.building import TIMEOUT_S, Client, TillClient, make_line
from till_app.hub.database import Database
from till_app.hub.tables import attempt, audit, metadata, till

Operation = schemathesis.APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]

EXAMPLES_PER_OPERATION = 5
LONG_POLL = "/v1/live"
ITEMS = "item_code,name,department,vat_code,price\nA,Tea,GR,Z,1.65\nB,Milk,GR,Z,1.20\n"
_TOUCHED_BY_ASKING = {audit.name, attempt.name}
"""Who asked, and who could not prove who they are, is noted of refused requests too."""
_SEEN_COLUMNS = {till.name: ("last_seen_at", "app_version", "clock_skew_s", "reported_seq")}


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(_context: schemathesis.SerializationContext, value: object) -> bytes:
    return json.dumps(value).encode()


def state_of(database: Database) -> str:
    """A digest of all that the hub keeps."""
    digest = hashlib.sha256()
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in _TOUCHED_BY_ASKING:
                continue
            unseen = _SEEN_COLUMNS.get(table.name, ())
            columns = [column for column in table.columns if column.name not in unseen]
            for row in connection.execute(select(*columns).order_by(*table.primary_key.columns)):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


class Fuzzed:
    """One hub with a little of everything, and its operations."""

    def __init__(self, client: Client) -> None:
        self._client = client
        client.stock_shop(ITEMS)
        self._till: TillClient = client.pair()
        self._till.sell(make_line(1, 165))
        self._till.sent()
        self._state = state_of(client.hub.database)
        self._session = requests.Session()
        self._url = client.url
        document = client.call("GET", "/schema/openapi.json").json()
        self._schema = schemathesis.openapi.from_dict(document)

    def close(self) -> None:
        self._session.close()

    def operations(self) -> list[Operation]:
        results = list(self._schema.get_all_operations())
        assert all(isinstance(result, Ok) for result in results)
        return [result.ok() for result in results if isinstance(result, Ok)]

    def try_out(self, operation: Operation, mode: GenerationMode) -> None:
        @settings(
            max_examples=EXAMPLES_PER_OPERATION,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode))
        def try_case(case: Case) -> None:
            self._try(case)

        # Where nothing can be said wrongly, there is nothing to try.
        with contextlib.suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):
            try_case()

    def _try(self, case: Case) -> None:
        if case.path == LONG_POLL:
            case.query["wait_s"] = 0
        answer = case.call(
            base_url=self._url,
            session=self._session,
            headers={"Authorization": f"Bearer {self._token(case)}"},
            timeout=TIMEOUT_S,
        )
        assert answer.status_code < 500 or answer.status_code == 503, case.as_curl_command()
        if answer.status_code >= 400:
            assert answer.headers["content-type"][0].startswith("application/json"), case.as_curl_command()
            assert state_of(self._client.hub.database) == self._state, case.as_curl_command()
        else:
            self._state = state_of(self._client.hub.database)

    def _token(self, case: Case) -> str:
        return self._client.admin_token if case.path.startswith("/v1/admin") else self._till.token


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_request_fails_the_hub_and_no_refused_one_changes_it(client: Client, mode: GenerationMode) -> None:
    fuzzed = Fuzzed(client)
    try:
        operations = fuzzed.operations()
        assert len(operations) > 20
        for operation in operations:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the fuzzer's own, about what it could not generate
                fuzzed.try_out(operation, mode)
    finally:
        fuzzed.close()
