"""What an installer asks of a till without its window: no unsent fact can be lost by any of it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.shop import MILK, admin, begin_day, open_shop, open_till, pair, sell
from till_app.till_files import TillFiles


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "till_app", "--data", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def sold_and_unsent(tmp_path: Path) -> TillFiles:
    with open_shop(tmp_path) as hub, open_till(tmp_path / "till") as (till, _):
        pair(till, hub)
        begin_day(till)
        sell(till, MILK)
    return TillFiles(tmp_path / "till")


def test_reset_and_unpairing_are_refused_while_anything_is_unsent(tmp_path: Path) -> None:
    files = sold_and_unsent(tmp_path)
    before = {path.name: path.read_bytes() for path in files.folder.iterdir() if path != files.log}
    for wish in ("--reset", "--unpair"):
        done = run(files.folder, wish)
        assert done.returncode == 1
        assert "--export FILE" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in files.folder.iterdir() if path != files.log} == before


def test_a_reset_that_exports_moves_everything_aside(tmp_path: Path) -> None:
    files = sold_and_unsent(tmp_path)
    ledger = files.ledger.read_bytes()
    refused = run(files.folder, "--reset", "--export", str(files.folder / "inside.jsonl"))
    assert refused.returncode == 1
    assert "outside the folder" in refused.stderr
    done = run(files.folder, "--reset", "--export", str(tmp_path / "unsent.jsonl"))
    assert done.returncode == 0, done.stderr
    assert not files.folder.exists()
    (aside,) = tmp_path.glob("till.reset-*")
    assert (aside / "ledger.sqlite").read_bytes() == ledger
    header, *entries = map(json.loads, (tmp_path / "unsent.jsonl").read_text().splitlines())
    assert (header["format"], header["version"]) == ("till-journal", 1)
    assert header["entries"] == len(entries) == header["head"]["seq"] - header["first_seq"] + 1
    assert "sale" in {entry["kind"] for entry in entries}


def test_the_journal_is_exported_and_the_till_stays_as_it_is(tmp_path: Path) -> None:
    files = sold_and_unsent(tmp_path)
    done = run(files.folder, "--export-journal", str(tmp_path / "journal.jsonl"))
    assert done.returncode == 0, done.stderr
    assert "1 of them sales" in done.stdout
    assert run(files.folder, "--unpair").returncode == 1


def test_a_till_that_sold_nothing_may_be_reset(tmp_path: Path) -> None:
    with open_till(tmp_path / "till"):
        pass
    done = run(tmp_path / "till", "--reset")
    assert done.returncode == 0, done.stderr


def test_pairing_by_a_scanned_text_says_where_the_credential_is(tmp_path: Path) -> None:
    with open_shop(tmp_path) as hub:
        code = admin(hub, "POST", "/v1/admin/pairing-codes").json()["code"]
        # The window cannot open on a platform that is not there: what was printed before is what counts.
        done = subprocess.run(
            [
                *(sys.executable, "-m", "till_app", "--data", str(tmp_path / "till")),
                *("--pair-text", f"tillpair:{hub.url}?code={code}"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={"QT_QPA_PLATFORM": "none", "PATH": "/usr/bin:/bin"},
        )
    assert "credential is in" in done.stdout, done.stderr


def test_a_text_that_is_no_pairing_code_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path / "till", "--pair-text", "5000128104517")
    assert (done.returncode, done.stderr) == (1, "this is no pairing code of a hub.\n")


def test_a_damaged_ledger_says_how_to_recover_it_and_that_works(tmp_path: Path) -> None:
    files = sold_and_unsent(tmp_path)
    content = bytearray(files.ledger.read_bytes())
    content[-4096:] = b"\xff" * 4096
    files.ledger.write_bytes(content)
    told = run(files.folder, "--export-journal", str(tmp_path / "journal.jsonl"))
    assert told.returncode == 1
    assert "--recover" in told.stderr
    done = run(files.folder, "--recover")
    assert done.returncode == 0, done.stderr
    assert "whole again" in done.stdout
    with open_till(files.folder) as (till, _):
        assert till.ledger.unsent().sales == 1
