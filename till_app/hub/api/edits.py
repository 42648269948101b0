"""What the routes of single edits share: the transaction, the answer, what is not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from litestar import Request

from till_app.hub.access_tokens import Role
from till_app.hub.api.access import hub_of
from till_app.hub.catalogue.editing import Editing, Outcome, editing, not_found

AnyRequest = Request[Any, Any, Any]
EDITOR = {"role": Role.EDITOR}
"""What a route that changes the catalogue takes."""


class Stored(msgspec.Struct, frozen=True):
    """What a PUT did."""

    outcome: Outcome


@contextmanager
def edited(request: AnyRequest) -> Iterator[Editing]:
    """One transaction; committed when the block ends."""
    hub = hub_of(request)
    with hub.database.writing() as connection, editing(connection, hub.clock()) as edit:
        yield edit


def require_found(was_there: bool, words: str, code: str) -> None:
    """Raises Refused 404."""
    if not was_there:
        raise not_found(words, code)
