"""What tills call to get their whole catalogue at once, and to compare it with the hub's."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import anyio
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from till_app.hub.api.access import calling_till
from till_app.hub.api.byte_range import ByteRange, NotSatisfiable, asked_range
from till_app.hub.api.described import TILL_TOKEN, failing
from till_app.hub.hub import Hub
from till_app.hub.snapshot_build import SNAPSHOTS
from till_app.hub.snapshots import Snapshots
from till_app.hub.sweeping import Sweeps
from till_app.hub.tills import Till
from till_app.wire.changes import Record
from till_app.wire.exchange import (
    BucketAnswer,
    ErrorAnswer,
    ErrorCode,
    RecordsRequest,
    SnapshotAnswer,
    SweepAnswer,
)
from till_app.wire.sweeping import MOST_BUCKETS

IS_COMPRESSED = "is_compressed"
"""The option of a route whose answers must not be compressed again."""
_PIECE_BYTES = 1_000_000
_MAX_ASKED_BYTES = 256_000

AnyRequest = Request[Any, Any, Any]


def loading_state(hub: Hub) -> dict[str, Any]:
    """What these routes keep in the application's state."""
    return {
        "snapshots": Snapshots(hub.database, hub.jobs, hub.files.path(SNAPSHOTS)),
        "sweeps": Sweeps(hub.database, hub.jobs),
    }


def _snapshots(request: AnyRequest) -> Snapshots:
    snapshots: Snapshots = request.app.state.snapshots
    return snapshots


def _sweeps(request: AnyRequest) -> Sweeps:
    sweeps: Sweeps = request.app.state.sweeps
    return sweeps


@get("/v1/snapshot", sync_to_thread=True, security=TILL_TOKEN, responses=failing(400, 401, 404))
def snapshot(
    request: AnyRequest, till: NamedDependency[Till], schema_version: FromQuery[int]
) -> SnapshotAnswer:
    """The newest ready catalogue file for the calling till's shop, and where the feed goes on from it."""
    return _snapshots(request).newest(till.shop_id, schema_version)


@get(
    "/v1/snapshot/{sha256:str}",
    sync_to_thread=True,
    security=TILL_TOKEN,
    responses={
        200: ResponseSpec(bytes, media_type="application/zstd", generate_examples=False),
        206: ResponseSpec(bytes, media_type="application/zstd", generate_examples=False),
        **failing(400, 401, 404, 416),
    },
    opt={IS_COMPRESSED: True},
)
def snapshot_bytes(request: AnyRequest, till: NamedDependency[Till], sha256: FromPath[str]) -> Response[Any]:
    """The compressed file, or one `Range` of it; it never changes."""
    path = _snapshots(request).file(till.shop_id, sha256)
    size = path.stat().st_size
    tag = f'"{sha256}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    is_same = request.headers.get("if-range", tag) == tag
    try:
        asked = asked_range(request.headers.get("range", "") if is_same else "", size)
    except NotSatisfiable:
        answer = ErrorAnswer(ErrorCode.BAD_REQUEST, f"The file has {size} bytes.")
        headers["Content-Range"] = f"bytes */{size}"
        return Response(answer, status_code=416, headers=headers, media_type="application/json")
    sent = asked or ByteRange(0, size)
    if asked is not None:
        headers["Content-Range"] = f"bytes {sent.first}-{sent.beyond - 1}/{size}"
    headers["Content-Length"] = str(sent.beyond - sent.first)
    return Stream(
        _pieces(path, sent),
        status_code=206 if asked is not None else 200,
        headers=headers,
        media_type="application/zstd",
    )


async def _pieces(path: Path, sent: ByteRange) -> AsyncIterator[bytes]:
    async with await anyio.open_file(path, "rb") as file:
        await file.seek(sent.first)
        left = sent.beyond - sent.first
        while left:
            piece = await file.read(min(left, _PIECE_BYTES))
            if not piece:
                raise OSError(f"{path.name} became shorter")
            left -= len(piece)
            yield piece


@get("/v1/sweep", sync_to_thread=True, security=TILL_TOKEN, responses=failing(401))
def sweep(request: AnyRequest, till: NamedDependency[Till]) -> SweepAnswer:
    """Sums over all records of the calling till's shop, by kind and bucket."""
    return _sweeps(request).sums(till.shop_id)


@get("/v1/sweep/{kind:str}", sync_to_thread=True, security=TILL_TOKEN, responses=failing(400, 401))
def sweep_bucket(
    request: AnyRequest,
    till: NamedDependency[Till],
    kind: FromPath[str],
    bucket: Annotated[int, QueryParameter(ge=0, lt=MOST_BUCKETS)],
    of_buckets: Annotated[int, QueryParameter(ge=1, le=MOST_BUCKETS, description="A power of two.")],
) -> BucketAnswer:
    """The records of one kind whose ids fall into one of so many buckets, each with its digest."""
    return _sweeps(request).bucket(till.shop_id, kind, bucket, of_buckets)


@post(
    "/v1/records",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=_MAX_ASKED_BYTES,
    security=TILL_TOKEN,
    responses={200: ResponseSpec(list[Record], generate_examples=False), **failing(400, 401, 413)},
)
def records(
    request: AnyRequest, till: NamedDependency[Till], data: JSONBody[RecordsRequest]
) -> Response[bytes]:
    """Records by id, whole, as the feed has them; those that do not exist are left out."""
    found = _sweeps(request).records(till.shop_id, data.kind, data.record_ids)
    return Response(b"[" + b",".join(found) + b"]", media_type="application/json")


LOADING_ROUTER = Router(
    "/",
    route_handlers=[snapshot, snapshot_bytes, sweep, sweep_bucket, records],
    dependencies={"till": Provide(calling_till, sync_to_thread=True)},
    tags=["till"],
)
