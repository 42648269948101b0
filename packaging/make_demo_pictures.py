"""Draws the pictures of the demo shop's quick keys on a soft ground, by demo_shop/pictures.csv.

A drawing is one of demo_shop/drawings, else a Fluent emoji. It is run by hand when a picture changes.
ICONS.json is icons.json of the npm package @iconify-json/fluent-emoji-flat.

Usage: python packaging/make_demo_pictures.py ICONS.json [FOLDER]
"""

import csv
import json
import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).parent / "demo_shop"
FOLDER = Path(__file__).parents[1] / "resources" / "demo" / "pictures"
WIDTH, HEIGHT = 320, 240
SIZE_BY_COUNT = {1: 168, 2: 144, 3: 120}
OVERLAP = 0.12
"""Of a drawing's width: emoji have a margin, so that neighbours would else stand too far apart."""


def svg_of(name: str, emoji: dict[str, str], view_size: int) -> str:
    own = SOURCE / "drawings" / f"{name}.svg"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {view_size} {view_size}">{emoji[name]}</svg>'
    )


def picture(svgs: list[str], background: str) -> QImage:
    """The drawings side by side in the middle of the ground."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(background))
    size = SIZE_BY_COUNT[len(svgs)]
    step = size * (1 - OVERLAP)
    left = (WIDTH - step * (len(svgs) - 1) - size) / 2
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index, svg in enumerate(svgs):
        renderer = QSvgRenderer(QByteArray(svg.encode()))
        renderer.render(painter, QRectF(left + index * step, (HEIGHT - size) / 2, size, size))
    painter.end()
    return image


def main() -> None:
    icons = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    emoji = {name: icon["body"] for name, icon in icons["icons"].items()}
    with (SOURCE / "pictures.csv").open(encoding="utf-8", newline="") as file:
        recipes = list(csv.DictReader(file))
    for recipe in recipes:
        svgs = [svg_of(name, emoji, icons["height"]) for name in recipe["drawings"].split("+")]
        image = picture(svgs, recipe["background"])
        image.save(str(folder / f"{recipe['picture']}.png"), quality=0)  # PNG: 0 is the strongest compression
    print(f"{len(recipes)} pictures in {folder}")


if __name__ == "__main__":
    main()
