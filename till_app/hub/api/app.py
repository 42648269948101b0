"""The hub as an ASGI application."""

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State

from till_app.hub.api.access_routes import ACCESS_ROUTER
from till_app.hub.api.admin_routes import ADMIN_ROUTER
from till_app.hub.api.catalogue_routes import CATALOGUE_ROUTER
from till_app.hub.api.custody_routes import CUSTODY_ROUTER
from till_app.hub.api.described import openapi_config
from till_app.hub.api.errors import EXCEPTION_HANDLERS
from till_app.hub.api.health import health
from till_app.hub.api.inflate import InflateRequests
from till_app.hub.api.journal_gate import JournalGate
from till_app.hub.api.live_routes import LIVE_ROUTER
from till_app.hub.api.loading_routes import IS_COMPRESSED, LOADING_ROUTER, loading_state
from till_app.hub.api.till_routes import TILL_ROUTER
from till_app.hub.bell import Bell
from till_app.hub.custody.greeting import FeedSizes
from till_app.hub.hub import Hub
from till_app.hub.pages.routes import PAGE_ROUTER

_MIN_COMPRESSED_BYTES = 1_000


def create_app(hub: Hub, bell: Bell, *, is_on_loopback: bool) -> Litestar:
    """The OpenAPI document is at /schema/openapi.json."""
    return Litestar(
        route_handlers=[
            TILL_ROUTER,
            LIVE_ROUTER,
            LOADING_ROUTER,
            ACCESS_ROUTER,
            ADMIN_ROUTER,
            CATALOGUE_ROUTER,
            CUSTODY_ROUTER,
            PAGE_ROUTER,
            health,
        ],
        state=State(
            {
                "hub": hub,
                "bell": bell,
                "journal_gate": JournalGate(),
                "feed_sizes": FeedSizes(),
                "is_on_loopback": is_on_loopback,
                **loading_state(hub),
            }
        ),
        middleware=[InflateRequests],
        exception_handlers=EXCEPTION_HANDLERS,
        compression_config=CompressionConfig(
            backend="gzip",
            gzip_compress_level=1,
            minimum_size=_MIN_COMPRESSED_BYTES,
            exclude_opt_key=IS_COMPRESSED,
        ),
        openapi_config=openapi_config(),
        logging_config=None,
    )
