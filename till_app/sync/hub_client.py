"""The hub's calls over HTTP. Nothing counts as success that was not read as the answer it should be."""

from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote

import msgspec

from till_app.services.errors import HubUnreachable
from till_app.sync.codes import SyncCode
from till_app.sync.http_exchange import HttpExchange
from till_app.sync.http_exchange import HttpLimits as HttpLimits
from till_app.sync.records import decode_page, decode_records
from till_app.sync.unpacking import Coding, packed
from till_app.wire.changes import ChangesPage, Record
from till_app.wire.exchange import (
    BucketAnswer,
    Capability,
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalPage,
    JournalRequest,
    KnownAnswer,
    KnownRequest,
    LiveAnswer,
    PairAnswer,
    PairRequest,
    RecordsRequest,
    SessionCheck,
    SnapshotAnswer,
    SweepAnswer,
    TillTotals,
    WaitingEntry,
)

_Answer = TypeVar("_Answer")
_PACK_FROM_BYTES = 8_192
_LARGEST_GROWTH = 100
"""A hub takes what grows more for an attack; an odd entry that does goes as it is."""


class HttpHubApi:
    """Implements HubApi. For one thread; only `close` may be called from another.

    `ca_file` names the certificate authority of a hub whose certificate is the shop's own, `ca_pem` is that
    authority itself; without either the system's authorities count. The certificate is always checked. Plain
    HTTP goes to this computer only, unless an installer insists with `allow_plain_http`.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        ca_file: str | None = None,
        ca_pem: str | None = None,
        allow_plain_http: bool = False,
        limits: HttpLimits | None = None,
    ) -> None:
        """Raises ValueError, in words for people, which never name the token."""
        self._exchange = HttpExchange(
            base_url, token, ca_file=ca_file, ca_pem=ca_pem, allow_plain_http=allow_plain_http, limits=limits
        )
        self._coding = Coding.GZIP
        self._skipped_records = 0

    def __repr__(self) -> str:
        return f"HttpHubApi({self._exchange.base_url!r})"

    @property
    def skipped_records(self) -> int:
        """Records that this release could not read."""
        return self._skipped_records

    def close(self) -> None:
        """From any thread: breaks off the request under way; each later call fails with code `stopped`."""
        self._exchange.close()

    def pair(self, request: PairRequest) -> PairAnswer:
        return _decoded(self._post("/v1/pair", request), PairAnswer)

    def hello(self, request: HelloRequest) -> HelloAnswer:
        answer = _decoded(self._post("/v1/hello", request), HelloAnswer)
        self._coding = Coding.ZSTD if Capability.ZSTD in answer.capabilities else Coding.GZIP
        return answer

    def changes(self, cursor: str, limit: int) -> ChangesPage:
        content = self._get("/v1/changes", cursor=cursor, limit=limit)
        try:
            page, skipped = decode_page(content)
        except msgspec.MsgspecError as error:
            raise HubUnreachable(SyncCode.NOT_A_HUB, f"a page of changes: {error}") from error
        self._skipped_records += skipped
        return page

    def send_journal(self, request: JournalRequest) -> JournalAnswer:
        return _decoded(self._post("/v1/journal", request), JournalAnswer)

    def picture(self, sha256: str) -> bytes:
        return self._exchange.ask(
            "GET", f"/v1/pictures/{_quoted(sha256)}", headers={"Accept": "image/*"}, media_type=""
        )

    def totals(self) -> TillTotals:
        return _decoded(self._get("/v1/totals"), TillTotals)

    def live(self, cursor: str, wait_s: float) -> LiveAnswer:
        params = {"cursor": cursor, "wait_s": f"{wait_s:g}"}
        return _decoded(self._exchange.ask("GET", "/v1/live", params=params, extra_wait_s=wait_s), LiveAnswer)

    def snapshot(self, schema_version: int) -> SnapshotAnswer:
        return _decoded(self._get("/v1/snapshot", schema_version=schema_version), SnapshotAnswer)

    def snapshot_bytes(self, sha256: str, start: int) -> Iterator[bytes]:
        return self._exchange.stream(f"/v1/snapshot/{_quoted(sha256)}", start)

    def sweep(self) -> SweepAnswer:
        return _decoded(self._get("/v1/sweep"), SweepAnswer)

    def bucket(self, kind: str, bucket: int, of_buckets: int) -> BucketAnswer:
        content = self._get(f"/v1/sweep/{_quoted(kind)}", bucket=bucket, of_buckets=of_buckets)
        return _decoded(content, BucketAnswer)

    def records(self, kind: str, record_ids: list[str]) -> list[Record]:
        content = self._post("/v1/records", RecordsRequest(kind, record_ids))
        try:
            records, skipped = decode_records(content)
        except msgspec.MsgspecError as error:
            raise HubUnreachable(SyncCode.NOT_A_HUB, f"records: {error}") from error
        self._skipped_records += skipped
        return records

    def known(self, uuids: list[str]) -> KnownAnswer:
        return _decoded(self._post("/v1/known", KnownRequest(uuids)), KnownAnswer)

    def journal(self, after_seq: int, limit: int) -> JournalPage:
        return _decoded(self._get("/v1/journal", after_seq=after_seq, limit=limit), JournalPage)

    def waiting(self) -> list[WaitingEntry]:
        return _decoded(self._get("/v1/waiting"), list[WaitingEntry])

    def session_check(self, session_id: str) -> SessionCheck:
        return _decoded(self._get(f"/v1/sessions/{_quoted(session_id)}"), SessionCheck)

    def _get(self, path: str, **params: str | int) -> bytes:
        return self._exchange.ask("GET", path, params={name: str(value) for name, value in params.items()})

    def _post(self, path: str, request: msgspec.Struct) -> bytes:
        body = msgspec.json.encode(request)
        headers = {"Content-Type": "application/json"}
        if len(body) >= _PACK_FROM_BYTES:
            small = packed(body, self._coding)
            if len(body) <= len(small) * _LARGEST_GROWTH:
                body = small
                headers["Content-Encoding"] = self._coding
        return self._exchange.ask("POST", path, body=body, headers=headers)


def _quoted(part: str) -> str:
    return quote(part, safe="")


def _decoded(content: bytes, answer_type: type[_Answer]) -> _Answer:
    try:
        return msgspec.json.decode(content, type=answer_type)
    except msgspec.MsgspecError as error:
        raise HubUnreachable(SyncCode.NOT_A_HUB, f"{answer_type}: {error}") from error
