"""Every failure as an ErrorAnswer with the right status; nothing of the hub's inside is told."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import OperationalError

from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorAnswer, ErrorCode

_log = logging.getLogger(__name__)
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}
"""By status."""
_CODES = {
    401: ErrorCode.UNAUTHORISED,
    404: ErrorCode.NOT_FOUND,
    413: ErrorCode.TOO_LARGE,
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


def on_database_error(request: AnyRequest, error: OperationalError) -> Response[ErrorAnswer]:
    if "locked" in str(error.orig) or "busy" in str(error.orig):
        answer = ErrorAnswer(ErrorCode.BUSY, "The hub's database is busy; send the same again later.")
        return _answer(503, answer, _HEADERS[503])
    return on_fault(request, error)


def on_fault(request: AnyRequest, error: Exception) -> Response[ErrorAnswer]:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _answer(500, ErrorAnswer(ErrorCode.HUB_FAULT, "The hub failed; nothing of the request was kept."))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Refused: on_refused,
    HTTPException: on_http_exception,
    RecursionError: on_recursion,
    OperationalError: on_database_error,
    Exception: on_fault,
}
