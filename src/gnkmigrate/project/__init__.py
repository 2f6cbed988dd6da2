"""A new project: its files, written once from the folder template/ and the user's from then on."""

from gnkmigrate.project.create import create_project

__all__ = ["create_project"]
