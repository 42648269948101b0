"""The hub as a program of its own."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.hub.building import DEPARTMENTS, TIMEOUT_S, VAT_CODES
from tests.hub.conftest import HubPlace
from till_app.hub.__main__ import DATA_VARIABLE, DATABASE_VARIABLE, main
from till_app.hub.database import HEAD_REVISION
from till_app.hub.hub import open_hub
from till_app.hub.tls import OwnAuthority

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_it_is_and_stops_cleanly(place: HubPlace, stop_signal: signal.Signals) -> None:
    command = [sys.executable, "-m", "till_app.hub", "serve", *place.arguments, "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert requests.get(url + "/health", timeout=TIMEOUT_S).json() == {"status": "ok"}
        process.send_signal(stop_signal)
        rest, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_a_port_in_use_is_a_plain_sentence_and_exit_code_3(
    place: HubPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", *place.arguments, "--port", str(port)]) == 3
    assert f"Port {port} of 127.0.0.1 is in use" in capsys.readouterr().err


def test_import_reports_each_file_and_pairing_code_and_new_epoch_answer_json(
    place: HubPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "departments.csv").write_text(DEPARTMENTS)
    (folder / "vat_codes.csv").write_text(VAT_CODES)
    (folder / "items.csv").write_text("item_code,name,department,vat_code,price\nA,Apple,GR,Z,\n")
    database = place.arguments
    assert main(["import", str(folder), *database]) == 0
    reports = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(report["kind"], report["added"], report["refused_count"]) for report in reports] == [
        ("vat-codes", 2, 0),
        ("departments", 1, 0),
        ("items", 0, 1),
    ]
    assert main(["pairing-code", *database]) == 0
    assert len(json.loads(capsys.readouterr().out)["code"]) == 8
    assert main(["new-epoch", *database]) == 0
    assert json.loads(capsys.readouterr().out)["epoch"]


def test_a_folder_without_files_or_with_a_bad_one_is_a_plain_sentence(
    place: HubPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    assert main(["import", str(folder), *place.arguments]) == 1
    assert "holds none of shop.csv" in capsys.readouterr().err
    (folder / "items.csv").write_text("")
    assert main(["import", str(folder), *place.arguments]) == 1
    assert "items.csv: The file is empty" in capsys.readouterr().err


def test_the_place_can_be_said_by_the_environment(
    place: HubPlace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    assert main(["new-epoch"]) == 1
    assert "--database, or TILL_HUB_DATABASE" in capsys.readouterr().err
    monkeypatch.setenv(DATABASE_VARIABLE, str(place.database))
    if place.data is not None:
        monkeypatch.setenv(DATA_VARIABLE, str(place.data))
    assert main(["new-epoch"]) == 0
    assert json.loads(capsys.readouterr().out)["epoch"]


def test_a_pairing_code_can_be_scanned_with_address_and_fingerprint(
    place: HubPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    def pairing_url(url: str) -> tuple[str, str]:
        assert main(["pairing-code", *place.arguments, "--url", url]) == 0
        answer = json.loads(capsys.readouterr().out)
        return answer["pairing_url"], answer["code"]

    scanned, code = pairing_url("https://hub.example:8750/")
    assert scanned == f"tillpair:https://hub.example:8750?code={code}"
    hub = open_hub(place.database, data=place.data)
    own = OwnAuthority(hub.files.path("tls"))
    own.server_certificate(["hub.example"], hub.clock())
    hub.close()
    scanned, code = pairing_url("https://hub.example:8750")
    assert scanned == f"tillpair:https://hub.example:8750?code={code}&ca={own.fingerprint()}"
    scanned, code = pairing_url("http://127.0.0.1:8750")
    assert scanned == f"tillpair:http://127.0.0.1:8750?code={code}"


def test_a_pairing_code_is_for_a_shop_and_a_till_that_there_are(
    place: HubPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pairing-code", *place.arguments, "--shop", "1"]) == 0
    assert main(["pairing-code", *place.arguments, "--shop", "77"]) == 1
    assert "There is no shop with the code 77." in capsys.readouterr().err
    assert main(["pairing-code", *place.arguments, "--continues", "9"]) == 1
    assert "There is no till with the code 9." in capsys.readouterr().err


def test_migrate_moves_the_schema_down_and_the_next_start_moves_it_up(
    place: HubPlace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", *place.arguments, "--to", "0002"]) == 0
    assert json.loads(capsys.readouterr().out) == {"schema": "0002"}
    if isinstance(place.database, Path):
        assert place.database.with_name(f"hub.sqlite.before-{HEAD_REVISION}").exists()
    assert main(["migrate", *place.arguments, "--to", "0099"]) == 1
    assert "There is no schema 0099" in capsys.readouterr().err
    hub = open_hub(place.database, data=place.data)
    assert hub.database.revision() == HEAD_REVISION
    hub.close()


def test_a_database_that_cannot_be_opened_is_a_plain_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hub.sqlite").mkdir()
    assert main(["new-epoch", "--database", str(tmp_path / "hub.sqlite")]) == 1
    assert "cannot be opened" in capsys.readouterr().err
    assert main(["new-epoch", "--database", "mysql://db/hub"]) == 1
    assert "in an SQLite file or in PostgreSQL" in capsys.readouterr().err
