"""Pictures on tiles: decoded a few at a time, and only when there is something to decode."""

from pytestqt.qtbot import QtBot

from tests.ui.till_fixture import plain_picture
from till_app.ui.pictures import PictureShelf


def test_pictures_arrive_after_they_are_wanted(qtbot: QtBot) -> None:
    shelf = PictureShelf({"red": plain_picture("#ff0000")}.get)
    assert shelf.pixmap("red") is None
    with qtbot.waitSignal(shelf.arrived):
        shelf.want(["red"])
    picture = shelf.pixmap("red")
    assert picture is not None
    assert picture.toImage().pixelColor(0, 0).name() == "#ff0000"


def test_a_picture_that_was_not_fetched_yet_or_is_none_stays_missing(qtbot: QtBot) -> None:
    shelf = PictureShelf({"broken": b"not a picture"}.get)
    shelf.want(["absent", None, "broken"])
    qtbot.waitUntil(lambda: shelf.is_idle)
    assert shelf.pixmap("absent") is None
    assert shelf.pixmap("broken") is None


def test_a_large_picture_is_kept_small(qtbot: QtBot) -> None:
    shelf = PictureShelf({"wide": plain_picture("#00ff00", 1200, 300)}.get)
    with qtbot.waitSignal(shelf.arrived):
        shelf.want(["wide"])
    picture = shelf.pixmap("wide")
    assert picture is not None
    assert (picture.width(), picture.height()) == (360, 90)
