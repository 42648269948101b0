"""The hub as an ASGI application."""

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from till_app import __version__
from till_app.hub.api.admin_routes import ADMIN_ROUTER
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
        openapi_config=OpenAPIConfig(
            title="Till hub",
            version=__version__,
            description="What tills and the back office say to the hub. Every failure is an ErrorAnswer.",
            render_plugins=[JsonRenderPlugin()],
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
