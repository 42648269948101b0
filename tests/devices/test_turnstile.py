"""Calls that come while devices are exchanged: none is lost, none changes places, nobody waits."""

import threading
from collections.abc import Callable

from tests.conftest import ExpectedLogs
from till_app.devices.standing import Turnstile

Done = list[str]


def doing(name: str) -> Callable[[Done], None]:
    return lambda done: done.append(name)


def test_what_came_while_nobody_was_there_is_done_in_order() -> None:
    turnstile: Turnstile[Done] = Turnstile()
    done: Done = []
    turnstile.call(doing("first"))
    turnstile.call(doing("second"))
    turnstile.open(done)
    turnstile.call(doing("third"))
    assert done == ["first", "second", "third"]


def test_nobody_waits_while_what_was_kept_is_done() -> None:
    turnstile: Turnstile[Done] = Turnstile()
    done: Done = []
    is_begun, may_end = threading.Event(), threading.Event()

    def take_long(done: Done) -> None:
        is_begun.set()
        assert may_end.wait(5.0)
        done.append("long")

    turnstile.call(take_long)
    opening = threading.Thread(target=turnstile.open, args=(done,))
    opening.start()
    assert is_begun.wait(5.0)
    turnstile.call(doing("meanwhile"))
    assert done == []
    may_end.set()
    opening.join()
    turnstile.call(doing("after"))
    assert done == ["long", "meanwhile", "after"]


def test_what_fails_takes_nothing_else_along(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the rest is done")
    turnstile: Turnstile[Done] = Turnstile()
    done: Done = []
    turnstile.call(lambda done: done.remove("nothing"))
    turnstile.call(doing("next"))
    turnstile.open(done)
    assert done == ["next"]
