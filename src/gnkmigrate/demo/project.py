"""MineGNK's project files, in a checkout or as they come with the installed package."""

from importlib import resources
from pathlib import Path

import gnkmigrate
from gnkmigrate.errors import SettingsError
from gnkmigrate.settings import Settings, load
from gnkmigrate.settings_file import FILE_NAME


def demo_settings() -> Settings:
    """The settings of the project that the demonstration shows.

    Raises:
        SettingsError: its files are neither installed nor in a checkout.
    """
    installed = Path(str(resources.files("gnkmigrate.demo"))) / "files"
    checkout = Path(gnkmigrate.__file__).parents[2]
    for folder in (installed, checkout):
        if (folder / "schema" / "baseline.sql").is_file():
            return load(folder / FILE_NAME)
    raise SettingsError(
        f"The demonstration's files are missing from {installed}.",
        hint="Install the package again, or run the command in a checkout of its repository.",
    )
