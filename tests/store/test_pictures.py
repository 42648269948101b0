"""The picture cache: bounded, what is looked for first, never in the way of data."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.conftest import ExpectedLogs
from tests.store.builders import item
from till_app.domain.catalogue import Item, QuickKey, Setting
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.pictures import PictureFolder


def picture(name: str, size_bytes: int = 400_000) -> tuple[str, bytes]:
    content = name.encode().ljust(size_bytes, b".")
    return hashlib.sha256(content).hexdigest(), content


ONE_MB = Setting("picture_cache_mb", "1")
A, B, C, D = (picture(name) for name in "abcd")


def with_picture(item_id: str, *shas: str) -> Item:
    return item(item_id, picture=shas[0], pictures=shas)


def test_what_was_shown_longest_ago_makes_room(catalogue: SqliteCatalogue, tmp_path: Path) -> None:
    catalogue.apply([ONE_MB], "1")
    catalogue.missing_pictures(1)
    catalogue.add_picture(*A)
    catalogue.add_picture(*B)
    assert catalogue.picture(A[0]) == A[1]
    catalogue.add_picture(*C)
    assert catalogue.picture(B[0]) is None
    assert (catalogue.picture(A[0]), catalogue.picture(C[0])) == (A[1], C[1])
    files = [path for path in (tmp_path / "pictures").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 1_000_000


def test_when_a_picture_was_shown_is_known_after_a_restart(tmp_path: Path) -> None:
    for at, (sha256, content) in enumerate((B, A)):
        PictureFolder(tmp_path).add(sha256, content, list)
        os.utime(tmp_path / sha256[:2] / sha256, (1_000_000 + at, 1_000_000 + at))
    assert PictureFolder(tmp_path).read(B[0]) == B[1]
    again = PictureFolder(tmp_path)
    again.limit_bytes = 1_000_000
    assert again.add(*C, list)
    assert (again.has(A[0]), again.has(B[0]), again.has(C[0])) == (False, True, True)


def test_pictures_of_quick_keys_never_make_room(catalogue: SqliteCatalogue) -> None:
    key = QuickKey("k", "Fruit", 1, 1, "i1", "Pears")
    catalogue.apply([ONE_MB, with_picture("i1", A[0]), key], "1")
    for sha256, content in (A, B, C, D):
        catalogue.missing_pictures(1)
        catalogue.add_picture(sha256, content)
    assert catalogue.picture(A[0]) == A[1]
    assert catalogue.picture(B[0]) is None


def test_pictures_come_by_need(catalogue: SqliteCatalogue) -> None:
    """Asked for, then quick keys, then items' first ones; further ones only when asked for."""
    catalogue.apply(
        [
            with_picture("i1", A[0], D[0]),
            with_picture("i2", B[0]),
            with_picture("i3", C[0]),
            QuickKey("k", "Fruit", 1, 1, "i2", ""),
        ],
        "1",
    )
    others = sorted([A[0], C[0]])
    assert catalogue.missing_pictures(9) == [B[0], *others]
    catalogue.want_picture(D[0])
    catalogue.want_picture(C[0])
    assert catalogue.missing_pictures(9) == [D[0], C[0], B[0], A[0]]
    assert catalogue.missing_pictures(1) == [D[0]]
    for sha256, content in (A, B, C, D):
        catalogue.add_picture(sha256, content)
    assert catalogue.missing_pictures(9) == []


def test_a_full_cache_fetches_only_what_is_asked_for(catalogue: SqliteCatalogue) -> None:
    full = picture("full", 950_000)
    catalogue.apply([ONE_MB, with_picture("i1", A[0])], "1")
    catalogue.add_picture(*full)
    assert catalogue.missing_pictures(9) == []
    catalogue.want_picture(A[0])
    assert catalogue.missing_pictures(9) == [A[0]]


def test_what_finds_no_room_is_not_asked_for_again_and_again(catalogue: SqliteCatalogue) -> None:
    large = picture("large", 1_200_000)
    catalogue.apply([ONE_MB, with_picture("i1", large[0])], "1")
    assert catalogue.missing_pictures(9) == [large[0]]
    catalogue.add_picture(*large)
    catalogue.want_picture(large[0])
    assert (catalogue.picture(large[0]), catalogue.missing_pictures(9)) == (None, [])


def test_a_damaged_cached_picture_is_dropped_and_wanted_again(
    catalogue: SqliteCatalogue, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("is damaged; it is fetched again")
    catalogue.add_picture(*A)
    (tmp_path / "pictures" / A[0][:2] / A[0]).write_bytes(b"scratched")
    assert catalogue.picture(A[0]) is None
    assert catalogue.missing_pictures(9) == [A[0]]
    catalogue.add_picture(*A)
    assert catalogue.picture(A[0]) == A[1]


def test_a_picture_that_somebody_removed_is_fetched_when_it_is_looked_for(
    catalogue: SqliteCatalogue, tmp_path: Path
) -> None:
    catalogue.add_picture(*A)
    (tmp_path / "pictures" / A[0][:2] / A[0]).unlink()
    assert catalogue.picture(A[0]) is None
    catalogue.want_picture(A[0])
    assert catalogue.missing_pictures(9) == [A[0]]


def test_a_full_disk_leaves_the_picture_out_for_a_while_and_data_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("pictures are not cached for a while")
    seconds = [0.0]
    folder = PictureFolder(tmp_path / "pictures", monotonic=lambda: seconds[0])
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", _no_space)
        assert not folder.add(*A, list)
    assert folder.is_resting
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    seconds[0] = 601.0
    assert not folder.is_resting
    assert folder.add(*A, list)


def test_a_catalogue_with_a_full_disk_wants_no_pictures_and_keeps_taking_pages(
    catalogue: SqliteCatalogue, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("pictures are not cached for a while")
    catalogue.apply([with_picture("i1", A[0])], "1")
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", _no_space)
        catalogue.add_picture(*A)
    assert catalogue.missing_pictures(9) == []
    catalogue.apply([item("i2")], "2")
    assert catalogue.cursor() == "2"


def _no_space(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
