"""The hub as an ASGI application."""

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State

from till_app.hub.api.admin_routes import ADMIN_ROUTER
from till_app.hub.api.described import openapi_config
from till_app.hub.api.errors import EXCEPTION_HANDLERS
from till_app.hub.api.inflate import InflateRequests
from till_app.hub.api.page import front_page, health
from till_app.hub.api.till_routes import TILL_ROUTER
from till_app.hub.hub import Hub

_MIN_COMPRESSED_BYTES = 1_000


def create_app(hub: Hub, *, is_on_loopback: bool) -> Litestar:
    """The OpenAPI document is at /schema/openapi.json."""
    return Litestar(
        route_handlers=[TILL_ROUTER, ADMIN_ROUTER, front_page, health],
        state=State({"hub": hub, "is_on_loopback": is_on_loopback}),
        middleware=[InflateRequests],
        exception_handlers=EXCEPTION_HANDLERS,
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=1, minimum_size=_MIN_COMPRESSED_BYTES
        ),
        openapi_config=openapi_config(),
        logging_config=None,
    )
