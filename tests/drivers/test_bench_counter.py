"""The bench tells what a scale says and shows a text on a display, without the till."""

import os

import pytest

from hardware.__main__ import main
from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.scales import Pan, SimulatedScale

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")


@pytest.mark.parametrize(
    ("pan", "words"),
    [
        (Pan(412), "412 g, stable\n"),
        (Pan(462, tare_grams=50), "412 g net, stable\n"),
        (Pan(412, is_moving=True), "moving\n"),
        (Pan(0), "0 g, stable\n"),
        (Pan(-20), "under zero: empty it, then set it to zero\n"),
    ],
)
def test_weighing_says_what_the_scale_says(pan: Pan, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedScale("toledo_8217", pan=pan) as peer:
        assert main(["weigh", "toledo_8217", peer.address, "--count", "1"]) == 0
    assert capsys.readouterr().out == words


def test_a_scale_in_pounds_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedScale("toledo_8217", pan=Pan(412, weighs_in_pounds=True)) as peer:
        assert main(["weigh", "toledo_8217", peer.address, "--count", "1"]) == 1
    assert "set the scale to kilograms. A weight is never converted here. (unit_refused)" in (
        capsys.readouterr().err
    )


def test_zero_and_tare_are_asked_for_first(capsys: pytest.CaptureFixture[str]) -> None:
    pan = Pan(50)
    with SimulatedScale("toledo_8217", pan=pan) as peer:
        assert main(["weigh", "toledo_8217", peer.address, "--count", "1", "--tare"]) == 0
        assert pan.tare_grams == 50
        assert main(["weigh", "toledo_8217", peer.address, "--count", "1", "--zero"]) == 0
        assert (pan.grams, pan.tare_grams) == (0, 0)
    assert "0 g net, stable" in capsys.readouterr().out


def test_a_scale_that_has_no_word_for_zero_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedScale("cas", pan=Pan(50)) as peer:
        assert main(["weigh", "cas", peer.address, "--zero"]) == 1
    assert "Use the key on the device itself. (not_supported)" in capsys.readouterr().err


def test_a_text_is_shown_on_a_display(capsys: pytest.CaptureFixture[str]) -> None:
    with SimulatedDisplay("logic_controls") as peer:
        bare_name = peer.address.removeprefix("serial://")
        assert main(["display", "logic_controls", bare_name, "Hello £5", "again"]) == 0
        peer.wait_for(("Hello £5", "again"))
    assert "does it show the two lines?" in capsys.readouterr().out


def test_a_display_behind_a_printer_gets_its_text_framed() -> None:
    with SimulatedPrinter() as peer:
        assert main(["display", "cd5220", peer.address, "Hello", "again", "--behind-printer"]) == 0
        assert b"\x1bQAHello" in peer.wait_for_display(40)
        assert not peer.jobs


def test_a_device_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weigh", "cas", "/dev/absent"]) == 1
    assert main(["display", "dm_d", "/dev/absent"]) == 1
    assert capsys.readouterr().err.count("(unavailable)") == 2
