"""A hub that has only a feed and, if wanted, a snapshot of it; in memory, or behind HTTP with faults."""

import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import msgspec
import zstandard

from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.schema import SCHEMA_VERSION
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.wire.changes import ChangesPage, ItemRecord, Record, Tombstone
from till_app.wire.exchange import ErrorAnswer, ErrorCode, SnapshotAnswer

PIECE_BYTES = 50


def item(number: int, price_minor: int = 100) -> ItemRecord:
    # Names of random letters: what is packed is long enough to be cut anywhere.
    name = hashlib.sha256(str(number).encode()).hexdigest()
    return ItemRecord(
        f"item-{number:06}", f"I{number}", name, "", "GR", "A", price_minor, "each", None, [], 0, None, False
    )


def items(count: int, first: int = 1) -> list[Record]:
    return [item(number) for number in range(first, first + count)]


class StubHub:
    """Implements the part of HubApi that a first load needs."""

    def __init__(self, records: Sequence[Record], epoch: str = "epoch-1") -> None:
        self.records = list(records)
        self.epoch = epoch
        self.page_rows = 5_000
        self.answer: SnapshotAnswer | None = None
        self.packed = b""
        self.not_ready_times = 0
        self.starts: list[int] = []
        """From which byte the snapshot was asked for."""
        self.cursors: list[str] = []
        """From where pages were asked for."""
        self.cuts: list[int] = []
        """After how many bytes of the file the next downloads break off."""

    def make_snapshot(self, folder: Path) -> None:
        path = folder / f"stub-{self.epoch}-{len(self.records)}.sqlite"
        with CatalogueBuilder(path) as builder:
            builder.add(self.records)
            builder.finish(self.cursor_at(len(self.records)))
        content = path.read_bytes()
        path.unlink()
        self.packed = zstandard.ZstdCompressor(level=3).compress(content)
        self.answer = SnapshotAnswer(
            sha256=hashlib.sha256(self.packed).hexdigest(),
            compressed_bytes=len(self.packed),
            catalogue_sha256=hashlib.sha256(content).hexdigest(),
            catalogue_bytes=len(content),
            schema_version=SCHEMA_VERSION,
            epoch=self.epoch,
            cursor=self.cursor_at(len(self.records)),
            records=len(self.records),
        )

    def cursor_at(self, number: int) -> str:
        return f"{self.epoch}:{number}"

    def snapshot(self, schema_version: int) -> SnapshotAnswer:
        if self.not_ready_times:
            self.not_ready_times -= 1
            raise HubUnreachable(ErrorCode.NOT_READY, retry_after_s=5.0)
        if self.answer is None or schema_version != self.answer.schema_version:
            raise HubRefused(ErrorCode.NOT_FOUND)
        return self.answer

    def snapshot_bytes(self, sha256: str, start: int) -> Iterator[bytes]:
        self.starts.append(start)
        cut = self.cuts.pop(0) if self.cuts else None
        for at in range(start, len(self.packed), PIECE_BYTES):
            if cut is not None and at >= cut:
                self.on_cut()
            yield self.packed[at : at + PIECE_BYTES]

    def on_cut(self) -> None:
        raise HubUnreachable("cut_answer")

    def changes(self, cursor: str, limit: int) -> ChangesPage:
        self.cursors.append(cursor)
        epoch, _, number = cursor.rpartition(":")
        if cursor and epoch != self.epoch:
            raise HubRefused(ErrorCode.EPOCH_CHANGED)
        after = int(number or 0)
        last = min(after + min(limit, self.page_rows), len(self.records))
        more = last < len(self.records)
        return ChangesPage(self.epoch, self.records[after:last], self.cursor_at(last), more)


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    range_header: str | None


class HttpStub:
    """The same behind HTTP. A context manager. Holds the snapshot's answer after `hold_after` bytes."""

    def __init__(self, hub: StubHub) -> None:
        self.hub = hub
        self.hold_after: int | None = None
        self.refuse_with = ""
        """The code of every answer, if any."""
        self.is_holding = threading.Event()
        self.asked: list[Asked] = []
        self._let_go = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                stub._serve(self)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def let_go(self) -> None:
        self._let_go.set()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        self.asked.append(Asked(address.path, handler.headers.get("Range")))
        if self.refuse_with:
            self._answer(handler, 401, msgspec.json.encode(ErrorAnswer(self.refuse_with, "no")))
            return
        if address.path.startswith("/v1/snapshot/"):
            self._serve_file(handler)
            return
        try:
            if address.path == "/v1/snapshot":
                content = msgspec.json.encode(self.hub.snapshot(SCHEMA_VERSION))
            else:
                asked = parse_qs(address.query)
                page = self.hub.changes(asked.get("cursor", [""])[0], int(asked["limit"][0]))
                content = msgspec.json.encode(page)
        except HubRefused as error:
            self._answer(handler, 404, msgspec.json.encode(ErrorAnswer(error.code, "no")))
        else:
            self._answer(handler, 200, content)

    @staticmethod
    def _answer(handler: BaseHTTPRequestHandler, status: int, content: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _serve_file(self, handler: BaseHTTPRequestHandler) -> None:
        content = self.hub.packed
        found = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(found[1]) if found else 0
        handler.send_response(206 if found else 200)
        if found:
            handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        if self.hold_after is not None and not self._let_go.is_set():
            handler.wfile.write(content[start : self.hold_after])
            self.is_holding.set()
            self._let_go.wait()
            handler.close_connection = True
            return
        handler.wfile.write(content[start:])


def gone(number: int) -> Tombstone:
    return Tombstone("item", f"item-{number:06}")
