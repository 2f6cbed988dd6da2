"""A phase as a TypeORM migration: a class whose up and down send plain SQL."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.orm.typeorm import script
from gnkmigrate.orm.typeorm.recording.replay import whole
from gnkmigrate.orm.typeorm.recording.workflow import Recorded
from gnkmigrate.postgres.connection import PINNED_SETTINGS
from gnkmigrate.postgres.quoting import dollar_quoted, literal
from gnkmigrate.run.events import Direction
from gnkmigrate.run.one_runner import KEY
from gnkmigrate.run.phase import Phase

# The first line of each file: what has it may be written again.
MARK = "// Written by gnkmigrate typeorm migrations, which will write it again.\n"

# What says how values are written and read; the others are TypeORM's own business.
_LEFT_ALONE = {"client_encoding", "statement_timeout", "idle_in_transaction_session_timeout",
               "idle_session_timeout", "default_transaction_isolation",
               "default_transaction_deferrable"}  # fmt: skip
_PINNED = tuple((name, value) for name, value in PINNED_SETTINGS if name not in _LEFT_ALONE)

_LONG = 200

_CLASS = """import type {{ MigrationInterface, QueryRunner }} from 'typeorm';

{about}export class {name} implements MigrationInterface {{
  name = {quoted};

  public async up(queryRunner: QueryRunner): Promise<void> {{
    if (!(await isInForce(queryRunner))) {{
      await send(queryRunner, UP);
    }}
  }}

  public async down(queryRunner: QueryRunner): Promise<void> {{
{down}
  }}
}}

const PHASE = {phase};

/** Whether gnkmigrate's journal says that the phase stands, whoever has run it. */
async function isInForce(queryRunner: QueryRunner): Promise<boolean> {{
  if (!queryRunner.isTransactionActive) {{
    throw new Error(`Phase ${{PHASE}} needs a transaction: not migrationsTransactionMode "none".`);
  }}
  const [lock] = await queryRunner.query('SELECT pg_try_advisory_xact_lock({key}) AS ours');
  if (!lock.ours) {{
    throw new Error('Another gnkmigrate works on this database. Wait for it: gnkmigrate status');
  }}
  const [journal] = await queryRunner.query("SELECT to_regclass('gnkmigrate.run') AS there");
  if (journal.there === null) {{
    return false;
  }}
  const [last] = await queryRunner.query(
    'SELECT direction, state FROM gnkmigrate.run WHERE phase = $1 ORDER BY number DESC LIMIT 1',
    [PHASE],
  );
  if (last && last.state !== 'done') {{
    throw new Error(`Phase ${{PHASE}} is half done. gnkmigrate status says where it stands.`);
  }}
  return last !== undefined && last.direction === 'up';
}}

async function send(queryRunner: QueryRunner, statements: string[]): Promise<void> {{
  for (const statement of statements) {{
    await queryRunner.query(statement);
  }}
}}

{repeated}const UP = [
{up}];
{back}"""

_DOWN = """    if (await isInForce(queryRunner)) {
      await send(queryRunner, DOWN);
    }"""


@dataclass(frozen=True)
class Named:
    """A phase and what its migration is called.

    Attributes:
        phase: the phase.
        title: the class, without its time.
        time: in milliseconds since 1970.
    """

    phase: Phase
    title: str
    time: int

    @property
    def name(self) -> str:
        return f"{self.title}{self.time}"

    @property
    def file(self) -> str:
        return f"{self.time}-{self.title}"


def render(named: Named, recorded: Recorded) -> str:
    """The file of a migration."""
    phase = named.phase
    up = tuple(_statements(phase, "up", recorded))
    is_lasting = (phase.name, "down") not in recorded.ways
    down = () if is_lasting else tuple(_statements(phase, "down", recorded))
    names = _repeated((*up, *down))
    lasting = phase.irreversible or "a later phase cannot be taken back"
    refusal = f"Phase {phase.name} cannot be taken back: {lasting}"
    return MARK + _CLASS.format(
        about=script.comment([f"Phase {phase.number} {phase.name}: {phase.title}"]),
        name=named.name,
        quoted=script.text(named.name),
        phase=script.text(phase.name),
        key=KEY,
        repeated="".join(f"const {name} = {_template(text)};\n\n" for text, name in names.items()),
        up=_listed(up, names),
        down=f"    throw new Error({script.text(refusal)});" if is_lasting else _DOWN,
        back="" if is_lasting else f"\nconst DOWN = [\n{_listed(down, names)}];\n",
    )


def _repeated(statements: Sequence[str]) -> Mapping[str, str]:
    """Names for long statements that are sent several times."""
    times = Counter(text for text in statements if len(text) > _LONG)
    several = [text for text, number in times.items() if number > 1]
    return {text: f"REPEATED_{number}" for number, text in enumerate(several, start=1)}


def _listed(statements: Sequence[str], names: Mapping[str, str]) -> str:
    return "".join(f"  {names.get(each) or _template(each)},\n" for each in statements)


def _statements(phase: Phase, direction: Direction, recorded: Recorded) -> Iterator[str]:
    """All that a direction sends: the session's settings are as they were at its end."""
    way = (phase.name, direction)
    settings = [*_PINNED, ("search_path", "pg_catalog, pg_temp")]
    names = ", ".join(f"({literal(name)})" for name, _ in settings)
    values = ", ".join(f"({literal(name)}, {literal(value)})" for name, value in settings)
    yield (
        "SELECT set_config('gnkmigrate.kept_' || name, current_setting(name), true)\n"
        f"FROM (VALUES {names}) AS kept (name)"
    )
    yield f"SELECT set_config(name, value, true)\nFROM (VALUES {values}) AS pinned (name, value)"
    yield _as_expected(phase, direction, *recorded.shapes[way].columns)
    yield from whole(recorded, recorded.ways[way])
    yield (
        # For the session: some of the statements set it so.
        "SELECT set_config(name, current_setting('gnkmigrate.kept_' || name), false)\n"
        f"FROM (VALUES {names}) AS kept (name)"
    )


def _as_expected(phase: Phase, direction: Direction, query: str, expected: str) -> str:
    """A statement that fails where the tables are not those that the SQL was written for."""
    before = "before" if direction == "up" else "after"
    message = f"The columns of the tables are not what they are {before} phase {phase.name}."
    hint = "gnkmigrate audit shows what is different."
    return "\n".join(
        [
            "DO $gnkmigrate_expect$",
            "BEGIN",
            f"IF ({query.strip()}) <> {literal(expected)} THEN",
            f"RAISE EXCEPTION USING MESSAGE = {dollar_quoted(message)}, HINT = {literal(hint)};",
            "END IF;",
            "END $gnkmigrate_expect$",
        ]
    )


def _template(statement: str) -> str:
    """A statement as a template string, line by line as it is."""
    escaped = statement.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"`{escaped}`"
