"""What the OpenAPI document says beside the routes: tokens, error answers, bodies that are files."""

from dataclasses import dataclass
from http import HTTPStatus

from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
    SecurityScheme,
)

from till_app import __version__
from till_app.wire.exchange import ErrorAnswer

TILL_TOKEN: list[dict[str, list[str]]] = [{"tillToken": []}]
ADMIN_TOKEN: list[dict[str, list[str]]] = [{"adminToken": []}]

_DESCRIPTION = """\
What tills and the back office say to the hub.

Units: amounts (`…_minor`) are integers in minor units of the currency, VAT included (£1.50 is 150);
quantities (`…_milli`) are thousandths of the unit (one piece is 1000, 0.412 kg is 412); VAT rates
(`…_bp`) are basis points (20 % is 2000). Moments are RFC 3339 in UTC with microseconds.

Every failure is an ErrorAnswer. Only a 2xx with a whole body means that something happened; greetings,
journals and imports may be sent again as they are. A body may have `Content-Encoding: gzip` or `zstd`.
"""


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Till hub",
        version=__version__,
        description=_DESCRIPTION,
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "tillToken": SecurityScheme(
                    type="http", scheme="bearer", description="Of one till, from pairing; can be revoked."
                ),
                "adminToken": SecurityScheme(
                    type="http", scheme="bearer", description="Of the hub, in the file beside its database."
                ),
            }
        ),
    )


def failing(*statuses: int) -> dict[int, ResponseSpec]:
    """These statuses answer an ErrorAnswer; 500 and 503 always may."""
    return {
        status: ResponseSpec(ErrorAnswer, generate_examples=False, description=HTTPStatus(status).phrase)
        for status in (*statuses, 500, 503)
    }


def _file_body(media_type: str) -> RequestBody:
    schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
    return RequestBody(content={media_type: OpenAPIMediaType(schema=schema)}, required=True)


@dataclass
class CsvOperation(Operation):
    """The request body is a CSV file."""

    def __post_init__(self) -> None:
        self.request_body = _file_body("text/csv")


@dataclass
class PictureOperation(Operation):
    """The request body is a picture."""

    def __post_init__(self) -> None:
        self.request_body = _file_body("image/*")


@dataclass
class JournalFileOperation(Operation):
    """The request body is an exported journal."""

    def __post_init__(self) -> None:
        self.request_body = _file_body("application/x-ndjson")
