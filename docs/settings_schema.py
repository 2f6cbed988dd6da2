"""Writes docs/settings.schema.json, by which editors know gnkmigrate.toml, from the settings.

    python docs/settings_schema.py

A test holds the file against the settings.
"""

import inspect
import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gnkmigrate.settings import Settings

FILE = Path(__file__).parent / "settings.schema.json"
_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {6,}.+)*)", re.MULTILINE)
# What gnkmigrate finds out itself.
_NOT_WRITTEN = frozenset({"root"})


def schema() -> dict[str, Any]:
    """The JSON Schema, with what docstrings say of each setting."""
    made = Settings.model_json_schema()
    for name in _NOT_WRITTEN:
        made["properties"].pop(name)
    sections = {model.__name__: model for model in _models(Settings)}
    for title, part in (("Settings", made), *made["$defs"].items()):
        part.pop("title", None)
        part["description"] = _first_line(sections[title])
        for name, told in _attributes(sections[title]).items():
            if name in part["properties"]:
                part["properties"][name] |= {"description": told}
                part["properties"][name].pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gnkmigrate.toml",
        **made,
    }


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    found = [model]
    for field in model.model_fields.values():
        kind = field.annotation
        if inspect.isclass(kind) and issubclass(kind, BaseModel):
            found += _models(kind)
    return found


def _first_line(model: type[BaseModel]) -> str:
    return (inspect.getdoc(model) or "").splitlines()[0]


def _attributes(model: type[BaseModel]) -> dict[str, str]:
    found = _ATTRIBUTE.findall(inspect.getdoc(model) or "")
    return {name: " ".join(told.split()) for name, told in found}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
