# The operations of gnkmigrate, beside Alembic's own.
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

def add_columns(
    table: str,
    columns: Sequence[Conversion | str],
) -> None:
    """Adds columns in one short transaction.

    A downgrade is refused while one of them has another value than its default, or keeps the values
    with --spill, and the next upgrade gives them back to the rows that are as they were.

    Args:
        table: "schema.table", which has a key.
        columns: for each its name, where it is as the target declares it, or else op.new.

    Raises:
        RevisionError: no column is given, or one that is not new.
    """

def add_constraint(
    table: str,
    constraint: str,
    definition: str,
) -> None:
    """Adds a foreign key or CHECK: NOT VALID first, validated in a later transaction.

    Rows that do not satisfy it are listed before the phase begins, unless an earlier step of it may
    change them.

    Attributes:
        definition: as after ADD CONSTRAINT name.
    """

def add_unique(
    table: str,
    constraint: str,
    columns: Sequence[str],
    include: Sequence[str] = (),
    nulls_distinct: bool = True,
    deferrable: str = "",
) -> None:
    """Adds a UNIQUE constraint: its index is built CONCURRENTLY, and then becomes the constraint.

    Rows that have the same values are listed before the phase begins.

    Attributes:
        columns: which columns are unique together.
        include: further ones that the index holds.
        nulls_distinct: whether NULL differs from NULL; False needs PostgreSQL 15.
        deferrable: "DEFERRABLE" or "DEFERRABLE INITIALLY DEFERRED".

    Raises:
        RevisionError: no column is given, or one twice.
    """

def archive_type(
    type: str,
    converted: tuple[str, ...],
) -> None:
    """Moves a type that nothing uses any more out of the way.

    It goes where the views of the old shape are, so that the old application may go on casting to
    it, or to schema gnkmigrate_archive where there are none.

    Attributes:
        type: "schema.type".
        converted: the columns, "schema.table.column", that this phase converts away from it.
    """

def audit_log(
    tables: Sequence[str],
    log: str,
    setting: str = "app.user_id",
    secret: Mapping[str, Sequence[str]] | None = None,
    ignored: Mapping[str, Sequence[str]] | None = None,
    shown: Mapping[str, Sequence[str]] | None = None,
    ahead: int = 3,
) -> None:
    """Logs every change of some tables: when, which row, which columns, before and after, and who.

    The log belongs to the role that migrates, and is only added to: UPDATE, DELETE and TRUNCATE are
    refused. It is partitioned by month; `log_ahead(months)`, a procedure of the log's name, makes
    those to come, and what has none goes to a default partition. Who it was says a setting of the
    session, `SET app.user_id = '...'`, and in any case the role, and the one that has connected.

    Values of columns whose names look secret (password, token, key and the like), or that are
    generated of such, are never logged, but that they changed. A downgrade is refused while the log
    has rows, or keeps them with --spill, and the next upgrade brings them back.

    Args:
        tables: "schema.table" of each; all of them belong to one role, and have a key.
        log: "schema.name" of the log.
        setting: the setting that says who the user of the application is.
        secret: for each table further columns whose values are not logged.
        ignored: for each table columns that are not mentioned, such as generated ones.
        shown: for each table columns whose names look secret and whose values are not.
        ahead: for how many months after this one there are partitions.

    Raises:
        RevisionError: no table is given, or columns of another.
    """

def backfill(
    title: str,
    table: str,
    key: str | Sequence[str] = (),
    sql: str = "",
    alias: str = "",
    quiet: bool = False,
    at_once: str = "",
    workers: int = 1,
    irreversible: str = "",
) -> None:
    """Runs a statement for one key range after another until the table is done.

    A batch and its checkpoint commit together, so that a killed backfill goes on with the next
    batch. The end of the key range is fixed at the start: rows that arrive later are the sync
    trigger's, which must be in force before.

    Several sessions may walk at once, each on a range of keys of its own. One that was interrupted
    goes on with any number of them.

    Attributes:
        title: the step's name.
        table: "schema.table" whose rows are walked.
        key: the column, or columns, along which they are walked; those of its key where nothing
            is said.
        sql: statements that stay correct when run twice; `:batch` stands where the condition on
            the key range goes, on the key as `alias` qualifies it.
        alias: the table's alias in `sql`; without one the key is not qualified.
        quiet: the table's own triggers do not fire, since no value of the application changes.
        at_once: the same for all rows in one statement, for `--atomic`, where look-ups that suit a
            batch are slower than a join; `sql` without its condition unless given.
        workers: how many sessions at once, unless `limits.backfill_workers` says. Their number is
            nothing that the step is made of, so it may change before it goes on.
        irreversible: why no step of downgrade() takes it back, such as that the values go with
            their column; "" where one does.
    """

def build_index(
    index: str,
    table: str,
    definition: str,
    unique: bool = False,
) -> None:
    """Builds an index CONCURRENTLY; inside one transaction (--atomic, a dry run) plainly.

    An index of this name and definition that is there already is left as it is, also on the way
    back. An invalid one that an interrupted build left behind is dropped and built again.

    Attributes:
        index: its name; it lives in the schema of its table.
        table: "schema.table".
        definition: what follows ON table: "(status)", "(active) WHERE active".
        unique: whether each key may be there only once. Keys that are there more often are listed
            before the phase begins.
    """

def carry_privileges(
    source: str,
    targets: tuple[str, ...],
) -> None:
    """Gives new tables the owner and the grants of an old one; nothing has to be taken back.

    Whoever runs the migration owns what it makes, and the application may be somebody else.

    Attributes:
        source: "schema.table" of the old table.
        targets: "schema.table" of each new one.
    """

def convert_columns(
    table: str,
    key: str | Sequence[str] = (),
    conversions: tuple[Conversion, ...] = (),
) -> None:
    """Changes columns of one table, and keeps the old ones until contract.

    New columns are built beside the old ones while the application writes, and take their names in
    one short transaction. The old ones stay in the table, under names of ours, and in step with
    the new ones: the old application reads and writes them through its view, and a downgrade gives
    them their names back. A column whose values stay changes its name, default and nullability in
    place.

    Args:
        table: "schema.table".
        key: the column, or columns, that tell rows apart; the table's key where nothing is said.
        conversions: the columns' changes.

    Raises:
        RevisionError: they contradict each other, or there is none.
    """

def create_extension(
    extension: str,
    schema: str = "public",
) -> None:
    """Installs an extension, and remembers when it was there before.

    Attributes:
        extension: its name.
        schema: where its objects go.
    """

def create_routine(
    routine: str,
    definition: str,
    like: str,
    kind: str = "FUNCTION",
    comment: str = "",
) -> None:
    """Creates a function or procedure, which goes on the way back.

    It runs with the rights of whoever calls it, and belongs to the owner of a table. It finds
    nothing by its search path but what is PostgreSQL's own. A procedure that commits may have no
    settings of its own: it begins with `SET LOCAL search_path = pg_catalog, pg_temp`, and says so
    again after each COMMIT, or else somebody's function may be found instead of PostgreSQL's.

    Attributes:
        routine: "schema.name(argument types)", as DROP ROUTINE takes it.
        definition: what follows CREATE FUNCTION schema.name, or CREATE PROCEDURE schema.name: its
            arguments, language, body.
        like: "schema.table" of the table whose owner it gets.
        kind: "FUNCTION" or "PROCEDURE".
        comment: what it is for.

    Raises:
        RevisionError: the arguments' types are missing, or the kind is another.
    """

def create_schema(
    schema: str,
    like: str,
    comment: str = "",
) -> None:
    """Creates a schema, which goes on the way back when nothing is in it.

    It belongs to the owner of a table, so that what serves the table can belong to that role as
    well. Those may use it who may use the table's schema.

    Attributes:
        schema: its name.
        like: "schema.name" of the table.
        comment: what it is for.
    """

def create_tables(
    *tables: str,
    like: str = "",
    references: Sequence[str] = (),
    returns: bool = True,
) -> None:
    """Creates tables as the target declares them: with keys, checks, defaults, indexes, comments.

    A downgrade is refused while they hold rows, or keeps these with --spill, and the next upgrade
    brings them back.

    Args:
        tables: "schema.table" of each; one that others of them refer to comes before those.
        like: "schema.table" of an old table whose owner and grants they get; "" for what the
            target says of that.
        references: "schema.table" of each table that is there and that their foreign keys refer to.
        returns: False where rows that a downgrade has kept find their place in a later phase
            alone: there op.take_back brings them back, for the reason "The old shape has no table
            schema.table.".
    """

def create_view(
    view: str,
    query: str,
    comment: str = "",
) -> None:
    """Creates a view, which goes on the way back.

    It belongs to whom the tables belong that it reads. Those may read it who may read all of them;
    from PostgreSQL 15 on with their own rights and row security (security_invoker). On 14, where
    a view reads with its owner's rights, tables with row security are refused.

    Attributes:
        view: "schema.name".
        query: the SELECT.
        comment: what it is for.
    """

def daily_rows(
    source: str,
    into: str,
    key: Mapping[str, str],
    stamp: str,
    day: str,
    values: Mapping[str, str],
    procedure: str,
    missing: str,
    by: tuple[str, str] | None = None,
    disputed: str = "",
    zone: str = "UTC",
) -> None:
    """Makes a procedure that records one row for each thing and day, and says what is missing.

    `CALL procedure(zone)` takes each row of the source to the day on which it was true. It may run
    as often as one likes: what is there is corrected by the same source, and stays where another
    one has told it. The latest of a day counts. A day on which it has not run is there as long as
    the source has not forgotten it; else it is listed as missing, and nothing is made up.

    Args:
        source: "schema.table" that has each thing as it is now.
        into: "schema.table" with a unique key of the things' columns and the day.
        key: the columns that tell things apart, each with its name in `into`.
        stamp: when a row of the source was true, a timestamptz.
        day: the column of `into` that has the day, a date.
        values: the columns that are recorded, each with its name in `into`.
        procedure: "schema.name" of the procedure.
        missing: "schema.name" of a view of the days of which nothing is known.
        by: the columns that say who has told it, in the source and in `into`.
        disputed: "schema.name" of a view of days of which two sources disagree; goes with `by`.
        zone: whose days the view of disputes counts.

    Raises:
        RevisionError: no key or value is given, or `by` without `disputed`.
    """

def drop_added_constraint(
    table: str,
    constraint: str,
) -> None:
    """Takes add_constraint back.
    """

def drop_added_unique(
    table: str,
    constraint: str,
) -> None:
    """Takes add_unique back.
    """

def drop_built_index(
    index: str,
    table: str,
) -> None:
    """Takes build_index back; an index that was there before stays.

    Attributes:
        index: its name.
        table: "schema.table" that it is on.
    """

def drop_columns(
    table: str,
    columns: Sequence[str],
    *,
    fallback: Mapping[str, str] | None = None,
) -> None:
    """Takes columns away from the new shape in one short transaction, which only changes names.

    Until contract they stay under names of ours: the old application reads and writes them through
    its view, and a downgrade gives them their names back, with all values. Rows of the new
    application have the column's default there, or its fallback.

    Args:
        table: "schema.table".
        columns: which.
        fallback: SQL for what a column has in rows of the new application, instead of its default.

    Raises:
        RevisionError: no column is given, or one twice, or a fallback of another.
    """

def drop_extension(
    extension: str,
) -> None:
    """Removes an extension that create_extension installed; leaves one that was there before.
    """

def encrypt_columns(
    table: str,
    columns: Mapping[str, str],
    view: str,
    setting: str = "app.encryption_key",
    rotate: str = "",
) -> None:
    """Encrypts text columns with pgcrypto; the key is in the sessions that need it alone.

    Each column gets one beside it that has the encrypted value, and is NULL itself from then on.
    Whoever writes a text to it has set the key, `SET app.encryption_key = '...'`; else, or with a
    wrong one, the write fails. Who has set it reads through the view. The phase takes the key from
    GNKMIGRATE_ENCRYPTION_KEY, or from a command of the settings, and hands it over as a parameter.

    `CALL rotate()` writes everything with another key, which is in `app.encryption_key_new`.

    Args:
        table: "schema.table".
        columns: each text column, which may be NULL, with the name of the encrypted one.
        view: "schema.name" of the view that shows what is encrypted.
        setting: the session's setting with the key.
        rotate: "schema.name" of the procedure; "" for none.

    Raises:
        RevisionError: no column is given.
    """

def expect_absent(
    relations: tuple[str, ...],
) -> None:
    """Requires that these relations are not there yet.

    Attributes:
        relations: each "schema.name".
    """

def expect_table(
    table: str,
    columns: tuple[str, ...],
    without: tuple[str, ...] = (),
    types: tuple[tuple[str, str], ...] = (),
) -> None:
    """Requires a table with these columns before the phase starts.

    Attributes:
        table: "schema.table".
        columns: names that must be there.
        without: names that must not be there yet.
        types: (column, type) pairs, the type as PostgreSQL prints it without modifiers.
    """

def expire_rows(
    table: str,
    stamp: str,
    view: str,
    limits: str,
    default: str,
    by: str = "",
    times: Mapping[str, str] | None = None,
    purge: str = "",
) -> None:
    """Makes a view of the rows of a cache that are fresh, and a procedure that deletes stale ones.

    A row is fresh for the time that the table `limits` has for its source, or else for the source
    ''; its owner may change that at any moment. Rows whose time is not known are not fresh. The
    procedure deletes rows that have not been fresh for a day, in batches, and nothing at all where
    none would be left, unless told `may_empty => true`.

    Args:
        table: "schema.table" of the cache.
        stamp: the column that says when a row was fetched.
        view: "schema.name" of the view.
        limits: "schema.table" that is made for the times to live.
        default: how long a row is fresh, such as "5 minutes".
        by: the column that says where a row is from; "" where all are treated alike.
        times: how long rows of these sources are fresh.
        purge: "schema.name" of the procedure; "" for none.
    """

def extract_lookup(
    table: str,
    column: str,
    into: str,
    *,
    label: str = "name",
    key: str = "id",
    type: str = "integer",
    label_type: str = "text",
    rename: str = "",
    not_null: bool = False,
    enum: str = "",
    new: tuple[Conversion, ...] = (),
    actions: str = "",
    index: bool = True,
) -> None:
    """Makes a lookup table of the values of a text or enum, and a foreign key of the column.

    While both applications work, a value that the old one writes for the first time gets a row, and
    a label that the new one changes is what the old one sees in all its rows. It is op.split_table
    of one column.

    Args:
        table: "schema.table" of the column.
        column: its name before.
        into: "schema.table" of the lookup table, which is made here.
        label: the column of that table that has the values.
        key: its key.
        type: the type of the key, as for op.split_table.
        label_type: the type of the labels, as SQL.
        rename: the name of the column afterwards, such as "status_id"; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        enum: the enum that the column is of, "schema.type"; "" for a text. A label that it does not
            have is NULL for the old application, and refused on the way back.
        new: columns of the lookup table that the old shape does not have.
        actions: of the foreign key, such as "ON UPDATE CASCADE".
        index: whether the column gets an index.
    """

def forget_shape(
    table: str,
) -> None:
    """Takes keep_shape back.
    """

def guard(
    title: str,
    query: str,
    hint: str = "",
    unless: tuple[tuple[str, str], ...] = (),
    of: str = "",
) -> None:
    """Stops the phase before it changes anything, when a query finds rows.

    Attributes:
        title: what is wrong when there are rows, as the message's first sentence.
        query: a SELECT that lists the rows; name its columns for the reader, and leave out the
            values of secret columns.
        hint: what to do about them.
        unless: policies under which the rows are no hindrance, as (policy, value) pairs.
        of: in downgrade(), the step without which there is nothing to guard.
    """

def keep_shape(
    table: str,
) -> None:
    """Remembers a table's columns, so that later phases show them in a view when they change.

    With the policy legacy = none nothing is remembered, and no view is made.

    Attributes:
        table: "schema.table".
    """

def link_table(
    linking: Linking,
    *,
    only: str = "",
) -> None:
    """Splits a table that says for each link also what is linked into an entity and a link table.

    Entities are made, filled and kept in step while the application writes; so is the link table,
    behind the old one, whose place it takes in one short transaction. The old table goes to the
    archive, where it is kept as the old application knows it, until contract.

    Args:
        linking: what becomes of which column; see op.Linking.
        only: "entity" or "links" where each is a phase of its own; "" for both.

    Raises:
        RevisionError: `only` is something else.
    """

def merge_tables(
    side: str,
    *,
    into: str,
    columns: Mapping[str, str] | None = None,
    on: Mapping[str, str] | None = None,
    reference: Mapping[str, str] | None = None,
    identity: tuple[str, ...] = (),
    unused: str = "refuse",
    dropped: Sequence[str] = (),
    part: str = "",
    parts: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Merges a side table into the table to which its rows belong, or that refers to them.

    The way back of op.move_columns, with `on`: a row has one of the side table at most, or with
    `parts` one for each part, such as the address for the bill. And that of op.split_table, with
    `reference`: several rows may refer to one, and each gets its values.

    The columns are added, filled and kept in step while the application writes, and take over in
    one short transaction. The side table is kept in the archive until contract, in step with the
    new columns whichever application writes: the old one sees both tables through their views, if
    op.keep_shape has kept their shapes, and a downgrade puts all back as it is, without moving a
    row.

    Args:
        side: "schema.table" of the side table.
        into: "schema.table" that gets its columns.
        columns: its other columns, and what each is called afterwards. They may be NULL then; with
            `reference` those are NOT NULL that are so before, where that is NOT NULL as well.
        on: the columns of the side table's foreign key to the other, which is a key of its own as
            well, and those that they reference.
        reference: instead, the column of the other table's foreign key, which leaves, and the key
            of the side table.
        identity: with `reference`, the columns of the side table that tell its rows apart: they are
            NOT NULL, and unique; none: all those that go to the other table. What the new
            application writes to others than these counts for all rows that have the same identity,
            until contract.
        unused: with `reference`, what becomes of rows of the side table to which none refers:
            they are in the way ("refuse"), or are kept until contract ("archive").
        dropped: columns that nothing is made of, such as a key of its own; what they have by
            default is what a row has there that the new application makes.
        part: with `on`, the column of the side table that says which part a row is; both are a key.
        parts: instead of `columns`, those of each part, by what `part` has for it.

    Raises:
        RevisionError: a column is named twice, or none goes to the table, or the like.
    """

def move_columns(
    table: str,
    into: str,
    columns: Mapping[str, str] | Sequence[Conversion] = (),
    *,
    key: Mapping[str, str],
    part: str = "",
    parts: Mapping[str, Mapping[str, str] | Sequence[Conversion]] | None = None,
    part_type: str = "text",
    new: tuple[Conversion, ...] = (),
) -> None:
    """Makes a side table of some columns, with the key of the table and a foreign key to it.

    A row has one of the side table where it says anything in these columns; with `parts`, one for
    each part of which it says anything, such as the address for the bill and that for the parcel.
    The side table is made, filled and kept in step while the application writes, and takes over in
    one short transaction. The old columns stay, under names of ours, and in step with it until
    contract. Its rows are deleted, and change their key, with those of the table.

    Args:
        table: "schema.table" that the columns leave.
        into: "schema.table" of the side table, which is made here.
        columns: the columns, and what each is called in the side table; or what becomes of each, as
            for op.convert_columns: op.renamed, op.shortened, op.zoned and the like.
        key: the columns of the table's key, and what each is called in the side table.
        part: the column of the side table that says which part a row is, and belongs to its key.
        parts: instead of `columns`, those of each part, by what `part` has for it. All have the
            same columns in the side table.
        part_type: the type of `part`.
        new: columns that only the side table has: op.new, op.constant, op.answer.

    Raises:
        RevisionError: a column moves twice, or one name is given twice, or the like.
    """

def name_constraint(
    table: str,
    constraint: str,
    definition: str,
) -> None:
    """Gives a constraint its declared name, and remembers the one it had.

    Attributes:
        definition: what it is, as pg_get_constraintdef prints it: "UNIQUE (email)".
    """

def partition_table(
    table: str,
    by: str,
    key: Sequence[str],
    procedure: str,
    ahead: int = 3,
) -> None:
    """Makes a table one of partitions by month, beside the old one, and exchanges them.

    The new table is filled in batches while triggers keep it in step, compared with the old one,
    and takes its place in one short transaction. The old one goes to the archive and stays in step
    until contract, so that the way back moves no row. The months of the rows that there are get
    a partition each, as do those to come; what has none goes to a default partition. The primary
    key has the column in it from then on.

    Args:
        table: "schema.table".
        by: the column, a date or a timestamptz that is NOT NULL.
        key: the columns of its primary key.
        procedure: "schema.name" of the procedure that makes partitions ahead.
        ahead: for how many months after this one there are partitions.

    Raises:
        RevisionError: no key is given.
    """

def rebuild_index(
    index: str,
    table: str,
) -> None:
    """Takes retire_index back: builds the index again CONCURRENTLY, as it was remembered.
    """

def reinstate_constraint(
    table: str,
    constraint: str,
) -> None:
    """Takes retire_constraint back, while the application writes.

    Rows that do not satisfy it any more are listed before the downgrade begins.
    """

def rename_columns(
    table: str,
    names: Mapping[str, str],
) -> None:
    """Gives columns other names in one short transaction; nothing else of them changes.

    With op.keep_shape the old application goes on under the old names.

    Args:
        table: "schema.table".
        names: what each column is called afterwards, by its name before.

    Raises:
        RevisionError: a name is empty, or one that PostgreSQL would cut.
    """

def rename_table(  # type: ignore[no-redef]
    table: str,
    name: str,
    *,
    schema: str = "",
) -> None:
    """Gives a table another name, or another schema, in one short transaction.

    With op.keep_shape the old application goes on under the old name. What PostgreSQL itself knows
    of the table goes with it: keys, foreign keys of others, policies, triggers, grants,
    publications, comments, views. Its indexes, constraints and sequences keep their names.

    Alembic has an operation of this name: a table without its schema is still renamed by that one.

    Args:
        table: "schema.table".
        name: what it is called afterwards, without a schema.
        schema: where it goes; "" where it stays in its schema.

    Raises:
        RevisionError: it is called so already, or PostgreSQL would cut the name.
    """

def replace_foreign_key(
    table: str,
    constraint: str,
    references: str,
    actions: str,
) -> None:
    """Exchanges a foreign key for one with other actions, without a moment of neither.

    Attributes:
        references: what stays: "FOREIGN KEY (user_id) REFERENCES public.users(id)".
        actions: what changes: "ON DELETE CASCADE".
    """

def resolve_reference(
    table: str,
    column: str,
    to: str,
    by: str,
    *,
    type: str,
    key: str = "id",
    fold: bool = False,
    by_key: bool = False,
    rename: str = "",
    not_null: bool = False,
    unless: tuple[str, str] | None = None,
    actions: str = "",
    index: bool = True,
) -> None:
    """Looks each text up, and adds the foreign key and an index for it.

    A text that names nobody, or several alike, is listed before the phase begins. Until contract
    what the old application writes is looked up as well; with `fold` an index of ours helps.

    From then on the key says who is meant. Where that row gets another name later, the old
    application goes on reading the text that was written, whoever has that name by then. A
    downgrade gives the row the name that whom it refers to has by then, unless the text still
    names the same: then it comes back to the letter.

    Args:
        table: "schema.table" of the column.
        column: its name before.
        to: "schema.table" of the rows that are named.
        by: the column of that table that the text says.
        type: the type of that table's key, as SQL.
        key: that table's key.
        fold: whether a text that is nobody's names the one whose differs in case alone.
        by_key: whether a text that is still nobody's may be a key of that table itself.
        rename: its name afterwards; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        unless: a policy of the settings and its value, such as ("unmapped", "archive"), with which
            a text that names nobody becomes NULL; the old column keeps it until contract.
        actions: of the foreign key, such as "ON DELETE CASCADE".
        index: whether the new column gets an index.
    """

def restore_constraint_name(
    table: str,
    constraint: str,
) -> None:
    """Takes name_constraint back.
    """

def restore_foreign_key(
    table: str,
    constraint: str,
) -> None:
    """Takes replace_foreign_key back.
    """

def restore_type(
    type: str,
) -> None:
    """Takes archive_type back.

    Attributes:
        type: "schema.type" where it was and comes to be.
    """

def retain_rows(
    keep: Mapping[str, tuple[str, str]],
    policy: str,
    procedure: str,
    report: str,
) -> None:
    """Makes a procedure that deletes rows which are older than a policy says, in batches.

    `CALL procedure()` runs outside of a transaction and commits after each batch. It deletes
    nothing at all where a table would be left empty, unless it is called with `may_empty => true`.
    Partitions of which all is too old are detached, and stay as tables of their own. The report is
    its dry run. Rows whose time is not known stay. What it has deleted does not come back with a
    downgrade.

    Args:
        keep: for each "schema.table" the column that says how old a row is (a date, or a time), and
            how long it is kept, such as ("created_at", "90 days").
        policy: "schema.table" that is made for these times, which its owner may change.
        procedure: "schema.name" of the procedure.
        report: "schema.name" of the function that says how many rows would go.

    Raises:
        RevisionError: no table is given.
    """

def retire_constraint(
    table: str,
    constraint: str,
) -> None:
    """Drops a CHECK, a foreign key or a UNIQUE constraint and remembers it.
    """

def retire_index(
    index: str,
    table: str,
) -> None:
    """Drops an index CONCURRENTLY and remembers it; one that is not there does not matter.
    """

def revert_columns(
    table: str,
    key: str | Sequence[str] = (),
    conversions: tuple[Conversion, ...] = (),
) -> None:
    """Changes columns back: the old ones, which were kept in step, take their names again.

    Args:
        table: "schema.table".
        key: the column, or columns, that tell rows apart; the table's key where nothing is said.
        conversions: the same as for convert_columns.
    """

def schedule(
    job: str,
    times: str,
    command: str,
    like: str,
) -> None:
    """Has pg_cron call something again and again, as the owner of a table and with no more rights.

    Where pg_cron is not installed in this database nothing is made: cron or systemd calls it then.
    On the way back the job goes, whatever it has become since.

    Attributes:
        job: its name, such as "shop-retention".
        times: when it runs, as cron writes it, such as "17 3 * * *", in the zone `cron.timezone`.
        command: the SQL, with qualified names.
        like: "schema.table" whose owner it runs as.
    """

def search_column(
    table: str,
    name: str,
    columns: Mapping[str, str],
    index: str,
    configuration: str = "pg_catalog.simple",
) -> None:
    """Adds a generated tsvector column of text columns, and a GIN index on it.

    The table is rewritten under a lock that keeps everybody out. So one with more rows than
    `limits.dry_run_rows` is refused, unless the policy `rewrite` is "allowed".

    Args:
        table: "schema.table".
        name: the new column's.
        columns: the text columns, each with its weight in a ranking: "A" (most), "B", "C", "D".
        index: the index's name.
        configuration: the text search configuration, "schema.name"; "simple" takes words as they
            are written.

    Raises:
        RevisionError: no column is given, or another weight.
    """

def soft_delete(
    table: str,
    view: str,
    unique: Mapping[str, tuple[str, str]] | None = None,
    column: str = "deleted_at",
    unfired: Sequence[str] = (),
) -> None:
    """Adds a column that says when a row was deleted, and a view that hides those rows.

    Whoever has the view's schema first in the search path goes on as before: what he deletes
    through the view stays in the table, with the time, and is not shown. What goes with its parent
    (ON DELETE CASCADE), and what is deleted from the table itself, goes for good. Rows that refer
    to a deleted one stay as they are. Who may DELETE may also bring a row back.

    A downgrade is refused while the table has deleted rows, or keeps them with --spill, and the
    next upgrade brings them back. Until contract an old application may look for rows by what was
    unique; so a table with `unique` is refused while an old shape is kept in step with it.

    Args:
        table: "schema.table".
        view: "schema.name" of the view, in a schema made for such views.
        unique: for each UNIQUE constraint the index that takes its place, which is about rows alone
            that are not deleted: its name, and its columns such as "(email)".
        column: the new column's name.
        unfired: triggers on DELETE that need not fire any more: for them a DELETE through the view
            is an UPDATE.
    """

def spill(
    title: str,
    table: str,
    where: str,
    shows: tuple[str, ...],
    columns: tuple[str, ...] = (),
    of: str = "",
    asks: bool = True,
) -> None:
    """Refuses a downgrade while a table holds such rows; with --spill keeps them and goes on.

    Attributes:
        title: why the old shape cannot hold them, as a sentence.
        table: "schema.table".
        where: SQL condition on the row, whose alias is `spilled`.
        shows: columns that identify a row to the reader; none: all.
        columns: keep only these columns, and leave the row; none: keep the row and delete it.
        of: the name of the upgrade's step without which there is nothing to spill.
        asks: False for what is kept without a question, because nobody would miss it at once.
    """

def split_table(
    table: str,
    into: str,
    columns: Mapping[str, str] | Sequence[Conversion],
    *,
    reference: str,
    identity: tuple[str, ...] = (),
    new: tuple[Conversion, ...] = (),
    key: str = "id",
    type: str = "bigint",
    not_null: bool = False,
    disagree: str = "refuse",
    actions: str = "",
    index: bool = True,
) -> None:
    """Makes a table of what several columns say together, and a foreign key to it.

    Rows that say the same refer to one row; where all columns are NULL there is none. The table is
    made, filled and kept in step while the application writes, and takes over in one short
    transaction, which only changes names. The old columns stay, under names of ours, and in step
    with it until contract: what the old application writes through its view for the first time gets
    a row, and a row that the new one changes is what the old one sees wherever it is referred to.

    Args:
        table: "schema.table" of the columns.
        into: "schema.table" of the new table, which is made here.
        columns: the columns, and what each is called in the new table; or what becomes of each, as
            for op.convert_columns: op.renamed, op.shortened, op.zoned and the like.
        reference: the column of the old table that refers to it, which is made here.
        identity: the columns of the new table that tell its rows apart; none: all those that come
            from the old one. A row needs a value in each, or NULL in all that leave.
        new: columns that only the new table has: op.new, op.constant, op.answer.
        key: the key of the new table.
        type: its type: smallint, integer or bigint for an identity column, uuid for one made by
            chance; or a whole definition, "bigint GENERATED ALWAYS AS IDENTITY".
        not_null: whether the reference is NOT NULL afterwards.
        disagree: which row counts where rows of one identity say different things otherwise: none
            ("refuse"), the "first" or the "last" one by the table's key. What is written later
            counts in any case, and each row keeps what it says for the way back.
        actions: of the foreign key, such as "ON DELETE RESTRICT".
        index: whether the reference gets an index.

    Raises:
        RevisionError: no columns are given, one name is given twice, or the like.
    """

def step(
    title: str,
    sql: str,
    touches: tuple[str, ...] = (),
    of: str = "",
    empty: tuple[str, ...] = (),
    irreversible: str = "",
    back: str = "",
    creates: tuple[str, ...] = (),
    clears: tuple[str, ...] = (),
) -> None:
    """Runs SQL in one transaction, together with its entry in the journal.

    Args:
        title: the step's name; the step of the same name in downgrade() takes it back.
        sql: one or more statements, with placeholders as in template.py.
        touches: existing tables, "schema.table", that it locks.
        of: in downgrade(), the name of the upgrade's step that it belongs to, if not `title`.
        empty: tables, "schema.table", without which the SQL would lose rows: an earlier step has
            taken care of those that there were.
        irreversible: why no step of downgrade() takes it back; "" where one does.
        back: SQL that takes it back, for op.reversible.
        creates: the tables, "schema.table", that it creates, which `back` drops unless it says
            something else. A downgrade is refused while they hold rows, or keeps these with
            --spill, and the next upgrade brings them back.
        clears: what else it drops, as PostgreSQL describes it with every name qualified, such as
            "view public.v" or "constraint c on table public.t": later steps of the phase do not
            find it in their way.
    """

def swap_table(
    title: str,
    table: str,
    last: str = "",
    view: str = "",
    compare: str = "",
    along: str | Sequence[str] = (),
) -> None:
    """Puts the table of the same name in schema gnkmigrate_staging in the live one's place.

    One short transaction. The live table goes to schema gnkmigrate_archive with all its rows. Its
    foreign keys are asked at the end of a transaction from now on, when the triggers between old
    and new have done their part; one that acts by itself (ON DELETE CASCADE and the like) is
    dropped and remembered. Owner, grants and comments are carried over, and the sequences of the
    new table's columns go on after what those of the old one have given out. Triggers of ours have
    to keep the staged table in step with the live one before, and the archived one afterwards:
    else what is written after the swap would be lost with it.

    Attributes:
        title: the step's name.
        table: "schema.table" of the live table.
        last: SQL that runs in the same transaction after the swap, under its lock.
        view: SQL that makes the view of the old shape, for the old application, under the table's
            name in the schema :"legacy_schema"; not run with the policy legacy = none. Where a
            sequence gives the keys, the view's column takes that of the new table for its default:
            both applications draw from one.
        compare: a SELECT of what the rows of the new table have to be when the swap begins, by the
            names of its columns. Without it columns that old and new table both have are to hold
            the same.
        along: the columns along whose values they are compared, one range after another; the new
            table's key unless they are named. Each side needs an index that begins like them.
    """

def take_back(
    reason: str,
    table: str,
    columns: tuple[str, ...] = (),
    key: tuple[str, ...] = ("id",),
) -> None:
    """Brings rows, or values of rows, back from the overflow; what fits no more stays there.

    Values that an operation has kept come back to rows that say otherwise what they did; what
    op.spill has kept, by the key.

    Nothing in downgrade() belongs to it: a rollback spills anew what is there then.

    Attributes:
        reason: the title of the op.spill that kept them.
        table: "schema.table".
        columns: give rows that are still there these values again; none: insert the rows.
        key: the columns that identify a row; none: those of the table's key, or of the
            identity of rows that a phase makes.
    """

def unswap_table(
    title: str,
    table: str,
    also: tuple[str, ...] = (),
    after: str = "",
) -> None:
    """Takes swap_table back: the archived table, which was kept in step, is the live one again.

    Attributes:
        title: the name of the swap.
        table: "schema.table".
        also: further tables that lead the archived one and may not be written meanwhile.
        after: SQL that runs once the old table is back in its place.
    """

def validate_foreign_keys(
    table: str,
) -> None:
    """Validates the foreign keys that unswap_table has put back, while the application works.

    Attributes:
        table: "schema.table".
    """

def verify(
    title: str,
    query: str,
    once: bool = False,
    reports: bool = False,
) -> None:
    """Proves a claim with one SELECT, at its place among the steps and again on `verify`.

    Attributes:
        title: the claim, as a sentence that is true when the query gives no row.
        query: one SELECT that gives the rows that speak against it.
        once: True for a claim that holds at this point alone, since the application goes on
            writing; `gnkmigrate verify` leaves it out.
        reports: True for a query whose single value is worth knowing and never wrong.
    """

def widen_key(
    table: str,
    column: str = "id",
    *,
    references: Sequence[str] = (),
    type: str = "bigint",
) -> None:
    """Gives a key a wider type before its numbers come to an end, while the application writes.

    The columns that refer to it change one table after the other, the key comes last. Defaults,
    sequences, identity, NOT NULL, primary and foreign keys go over to the new columns. With
    op.keep_shape the old application still reads and writes the narrow ones.

    Args:
        table: "schema.table".
        column: the key, or a column of it.
        references: "schema.table.column" of each column that has a foreign key to it, and of what
            else of these tables becomes wider: the columns of a table change once in a revision.
        type: what they become: "bigint" or "integer".
    """
