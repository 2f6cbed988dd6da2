"""gnkmigrate.op is what revisions import; op.pyi tells editors and mypy what is in it."""

import inspect
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent, indent

import alembic

import gnkmigrate
from gnkmigrate import op
from gnkmigrate.run.recorder import MAKERS

_ALEMBICS = (Path(alembic.__file__).parent / "op.pyi").read_text()
STUB = Path(gnkmigrate.__file__).parent / "op.pyi"
_HEAD = """# The operations of gnkmigrate, beside Alembic's own.
# Written by tests/run/test_op.py: GNKMIGRATE_UPDATE_STUB=1 pytest tests/run/test_op.py
from collections.abc import Mapping, Sequence

from alembic.op import *

from gnkmigrate.operations.links.spec import Linking as Linking
from gnkmigrate.run.sync.conversion import Conversion as Conversion
from gnkmigrate.run.sync.mappings import answer as answer
from gnkmigrate.run.sync.mappings import cast as cast
from gnkmigrate.run.sync.mappings import constant as constant
from gnkmigrate.run.sync.mappings import enum_text as enum_text
from gnkmigrate.run.sync.mappings import new as new
from gnkmigrate.run.sync.mappings import renamed as renamed
from gnkmigrate.run.sync.mappings import shortened as shortened
from gnkmigrate.run.sync.mappings import text_enum as text_enum
from gnkmigrate.run.sync.mappings import zoned as zoned
from gnkmigrate.run.sync.reference import reference as reference
from gnkmigrate.run.reversible import reversible as reversible
"""


def stub() -> str:
    return _HEAD + "".join(_declared(name) for name in sorted(MAKERS))


def _declared(name: str) -> str:
    maker = MAKERS[name]
    given = ",\n    ".join(_arguments(list(inspect.signature(maker).parameters.values())))
    doc = indent(dedent(f'"""{inspect.getdoc(maker)}\n"""'), "    ").replace("    \n", "\n")
    other = "  # type: ignore[no-redef]" if f"def {name}(" in _ALEMBICS else ""
    return f"\ndef {name}({other}\n    {given},\n) -> None:\n{doc}\n"


def _arguments(parameters: Sequence[inspect.Parameter]) -> Iterator[str]:
    named = [each for each in parameters if each.kind is each.KEYWORD_ONLY]
    several = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    for parameter in parameters:
        if named and parameter is named[0] and not several:
            yield "*"
        yield ("*" if parameter.kind is parameter.VAR_POSITIONAL else "") + _argument(parameter)


def _argument(parameter: inspect.Parameter) -> str:
    type_ = inspect.formatannotation(parameter.annotation)
    for module in (
        "gnkmigrate.operations.links.spec.",
        "gnkmigrate.run.sync.conversion.",
        "collections.abc.",
        "typing.",
    ):
        type_ = type_.replace(module, "")
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{parameter.name}: {type_.strip(chr(39))}{default}".replace("'", '"')


def test_the_stub_declares_every_operation() -> None:
    if os.environ.get("GNKMIGRATE_UPDATE_STUB"):
        STUB.write_text(stub())
    assert STUB.read_text() == stub()


def test_what_the_stub_declares_is_there() -> None:
    assert callable(op.reversible)
    assert op.zoned("a").column == "a"
