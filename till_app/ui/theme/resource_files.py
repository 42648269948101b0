"""Where the data files of the till are: fonts, icons, sounds, translations. It finds them; it reads none."""

import importlib.resources
import os
from pathlib import Path

ENVIRONMENT_NAME = "TILL_RESOURCES"


def resources_folder() -> Path:
    """The folder named by `TILL_RESOURCES`, else `resources` inside the package, else beside it (a checkout).

    Raises FileNotFoundError, saying where it looked, when there is none.
    """
    named = os.environ.get(ENVIRONMENT_NAME)
    package = Path(str(importlib.resources.files("till_app")))
    places = [Path(named)] if named else [package / "resources", package.parent / "resources"]
    for place in places:
        if place.is_dir():
            return place
    looked_in = ", ".join(str(place) for place in places)
    raise FileNotFoundError(f"the till's resources are not in {looked_in}; set {ENVIRONMENT_NAME}")


def resource_path(*parts: str) -> Path:
    """A path below the resources folder; the file may be missing."""
    return resources_folder().joinpath(*parts)
