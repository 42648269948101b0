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
from till_app.hub.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_it_is_and_stops_cleanly(database_path: Path, stop_signal: signal.Signals) -> None:
    command = [sys.executable, "-m", "till_app.hub", "serve", "--database", str(database_path), "--port", "0"]
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
    database_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--database", str(database_path), "--port", str(port)]) == 3
    assert f"Port {port} of 127.0.0.1 is in use" in capsys.readouterr().err


def test_import_reports_each_file_and_pairing_code_and_new_epoch_answer_json(
    database_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "departments.csv").write_text(DEPARTMENTS)
    (folder / "vat_codes.csv").write_text(VAT_CODES)
    (folder / "items.csv").write_text("item_code,name,department,vat_code,price\nA,Apple,GR,Z,\n")
    database = ["--database", str(database_path)]
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
    database_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    assert main(["import", str(folder), "--database", str(database_path)]) == 1
    assert "holds none of shop.csv" in capsys.readouterr().err
    (folder / "items.csv").write_text("")
    assert main(["import", str(folder), "--database", str(database_path)]) == 1
    assert "items.csv: The file is empty" in capsys.readouterr().err
