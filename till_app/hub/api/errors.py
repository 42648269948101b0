"""Every failure as an ErrorAnswer with the right status; nothing of the hub's inside is told."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from till_app.hub.engines import is_passing
from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorAnswer, ErrorCode

_log = logging.getLogger(__name__)
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}, 503: {"Retry-After": "5"}}
"""By status."""
_CODES = {
    401: ErrorCode.UNAUTHORISED,
    404: ErrorCode.NOT_FOUND,
    413: ErrorCode.TOO_LARGE,
    429: ErrorCode.TOO_MANY_REQUESTS,
}

AnyRequest = Request[Any, Any, Any]


def _answer(status: int, answer: ErrorAnswer, headers: dict[str, str] | None = None) -> Response[ErrorAnswer]:
    return Response(answer, status_code=status, headers=headers, media_type="application/json")


def on_refused(_request: AnyRequest, refused: Refused) -> Response[ErrorAnswer]:
    return _answer(refused.status, refused.answer, _HEADERS.get(refused.status))


def on_http_exception(_request: AnyRequest, error: HTTPException) -> Response[ErrorAnswer]:
    message = error.detail or HTTPStatus(error.status_code).phrase
    problems = error.extra if isinstance(error.extra, list) else []
    words = [
        f"{problem.get('key', '')}: {problem.get('message', '')}"
        for problem in problems
        if isinstance(problem, dict)
    ]
    code = _CODES.get(error.status_code, ErrorCode.BAD_REQUEST)
    return _answer(error.status_code, ErrorAnswer(code, "; ".join([message, *words])[:1_000]))


def on_recursion(_request: AnyRequest, _error: RecursionError) -> Response[ErrorAnswer]:
    return _answer(400, ErrorAnswer(ErrorCode.BAD_REQUEST, "The JSON is nested beyond all measure."))


def on_database_error(request: AnyRequest, error: DBAPIError) -> Response[ErrorAnswer]:
    if not is_passing(error):
        return on_fault(request, error)
    return on_busy(request, error)


def on_busy(_request: AnyRequest, _error: Exception) -> Response[ErrorAnswer]:
    answer = ErrorAnswer(ErrorCode.BUSY, "The hub's database is busy; send the same again later.")
    return _answer(503, answer, _HEADERS[503])


def on_conflict(request: AnyRequest, error: IntegrityError) -> Response[ErrorAnswer]:
    """Of two that wrote the same at one moment; who sends again meets what the other wrote."""
    _log.warning("%s %s met another writer", request.method, request.url.path, exc_info=error)
    return on_busy(request, error)


def on_impossible_value(_request: AnyRequest, _error: Exception) -> Response[ErrorAnswer]:
    words = "The request holds a text or a number that no database keeps."
    return _answer(400, ErrorAnswer(ErrorCode.BAD_REQUEST, words))


def on_fault(request: AnyRequest, error: Exception) -> Response[ErrorAnswer]:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(500, ErrorAnswer(ErrorCode.HUB_FAULT, "The hub failed; nothing of the request was kept."))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Refused: on_refused,
    HTTPException: on_http_exception,
    RecursionError: on_recursion,
    OverflowError: on_impossible_value,
    DBAPIError: on_database_error,
    IntegrityError: on_conflict,
    DataError: on_impossible_value,
    NoConnectionFree: on_busy,
    Exception: on_fault,
}
