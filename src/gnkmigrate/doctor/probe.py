"""The probe: one thing that has to work, and what was found out about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gnkmigrate.doctor.circumstances import Circumstances

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Diagnosis:
    """What a probe has found out.

    Attributes:
        state: "warning" blocks nothing, or only some commands; "failed" must be fixed.
        message: what is the case, in one sentence.
        details: the objects that it is about.
        hint: what to do about it; "" where nothing has to be done.
        title: the probe's.
        blocks: the commands that will not work because of it.
    """

    state: State
    message: str
    details: tuple[str, ...] = ()
    hint: str = ""
    title: str = ""
    blocks: tuple[str, ...] = ()


Examine: TypeAlias = Callable[[Circumstances], Iterator[Diagnosis]]


@dataclass(frozen=True)
class Probe:
    """One question to the circumstances; each file of probes/ has one, called PROBE.

    Attributes:
        place: where it stands in the list; project files come first, then the database.
        title: what it looks at, in a word or two.
        examine: gives any number of diagnoses.
        needs_database: it is left out where there is no session.
        blocks: the commands that a failure blocks, unless a diagnosis says others.
    """

    place: int
    title: str
    examine: Examine
    needs_database: bool = False
    blocks: tuple[str, ...] = ()
