"""Changes, folded into gaps and put into words."""

import pytest

from gnkmigrate.audit.gap import fold
from gnkmigrate.audit.judgement import gap_check, gap_names
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.fact import Identity
from tests.audit.conftest import Read
from tests.audit.support import gaps_between

USERS = "CREATE TABLE users (id int PRIMARY KEY, name text, age int)"

PARTITIONS = """
    CREATE TABLE log (n integer) PARTITION BY LIST (n);
    CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
    CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2)
"""

# What the database has, what the target has, and every gap: check, severity, sentence.
GAPS = {
    "nothing": (USERS, USERS, []),
    "a table comes with all that lives in it": (
        "",
        """
        CREATE TABLE orders (
            id serial PRIMARY KEY, note text DEFAULT '-' CHECK (note <> ''), UNIQUE (note)
        );
        CREATE INDEX orders_note ON orders (note);
        COMMENT ON TABLE orders IS 'what was bought';
        """,
        [("GNK-G011", "high", "Table orders is missing.")],
    ),
    "a table that the target does not know": (
        USERS,
        "",
        [("GNK-G012", "info", "Table users is not in the target.")],
    ),
    "a column comes with its default and its check": (
        USERS,
        f"""{USERS};
        ALTER TABLE users ADD state varchar(9) NOT NULL DEFAULT 'new' CHECK (state <> '')""",
        [
            (
                "GNK-G021",
                "medium",
                (
                    "Column users.state is missing: varchar(9) NOT NULL DEFAULT "
                    "'new'::character varying."
                ),
            )
        ],
    ),
    "a column that the target does not know": (
        USERS,
        "CREATE TABLE users (id int PRIMARY KEY, name text)",
        [("GNK-G022", "low", "Column users.age is not in the target: integer.")],
    ),
    "all that differs about a column is one gap": (
        USERS,
        """CREATE TABLE users (
            id int PRIMARY KEY, name varchar(9) NOT NULL DEFAULT '-' CHECK (name <> ''), age int
        )""",
        [
            (
                "GNK-G023",
                "medium",
                (
                    "Column users.name is text, in the target varchar(9) "
                    "(also: nullability, check and default)."
                ),
            )
        ],
    ),
    "a column that may become NULL": (
        "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE users (id int PRIMARY KEY, name text)",
        [("GNK-G023", "low", "Column users.name may be NULL in the target.")],
    ),
    "a column that may be NULL no more": (
        "CREATE TABLE users (id int PRIMARY KEY, name text)",
        "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)",
        [("GNK-G023", "medium", "Column users.name must not be NULL in the target.")],
    ),
    "a default alone": (
        "CREATE TABLE users (id int PRIMARY KEY, name text DEFAULT 'a')",
        "CREATE TABLE users (id int PRIMARY KEY, name text DEFAULT 'b')",
        [("GNK-G023", "low", "Column users.name differs in default.")],
    ),
    "a column in another spelling": (
        'CREATE TABLE users (id int PRIMARY KEY, "createdAt" timestamp)',
        "CREATE TABLE users (id int PRIMARY KEY, created_at timestamptz)",
        [
            (
                "GNK-G023",
                "medium",
                "Column users.created_at is called createdAt and differs in type.",
            )
        ],
    ),
    "an index is a gap of its own": (
        USERS,
        f"{USERS}; CREATE INDEX users_name ON users (name DESC) WHERE age > 1",
        [
            (
                "GNK-G041",
                "medium",
                "Index users_name on users (name DESC) WHERE (age > 1) is missing.",
            )
        ],
    ),
    "a unique index guards more than speed": (
        USERS,
        f"{USERS}; CREATE UNIQUE INDEX users_name ON users (lower(name))",
        [("GNK-G041", "high", "Index users_name on users (lower(name)) is missing.")],
    ),
    "a rule on a column that is there already": (
        USERS,
        f"{USERS}; ALTER TABLE users ADD CHECK (age > 0)",
        [("GNK-G031", "medium", "Check of users on (age) is missing.")],
    ),
    "a foreign key": (
        f"{USERS}; CREATE TABLE dogs (id int PRIMARY KEY, owner int)",
        f"{USERS}; CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users)",
        [("GNK-G031", "high", "Foreign key of dogs on (owner) to users is missing.")],
    ),
    "a foreign key that does something else": (
        f"{USERS}; CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users)",
        f"""{USERS};
        CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users ON DELETE CASCADE)""",
        [("GNK-G033", "medium", "Foreign key of dogs on (owner) to users differs in definition.")],
    ),
    "names of constraints alone": (
        (
            'CREATE TABLE users (id int CONSTRAINT "PK_1" PRIMARY KEY, name text CONSTRAINT "UQ_1" '
            "UNIQUE)"
        ),
        "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE)",
        [("GNK-G014", "info", "2 constraints of users have other names.")],
    ),
    "an enum gives way to text and a check": (
        """CREATE TYPE mood AS ENUM ('fine', 'bad');
        CREATE TABLE users (id int PRIMARY KEY, mood mood)""",
        "CREATE TABLE users (id int PRIMARY KEY, mood varchar(9) CHECK (mood IN ('fine', 'bad')))",
        [
            (
                "GNK-G023",
                "medium",
                ("Column users.mood is mood, in the target varchar(9) (also: check)."),
            ),
            ("GNK-G052", "info", "Enum mood is not in the target."),
        ],
    ),
    "labels of an enum": (
        "CREATE TYPE mood AS ENUM ('fine', 'bad')",
        "CREATE TYPE mood AS ENUM ('fine', 'bad', 'so so')",
        [("GNK-G053", "medium", "Enum mood differs in labels.")],
    ),
    "an extension": (
        "",
        "CREATE EXTENSION pgcrypto",
        [("GNK-G101", "medium", "Extension pgcrypto is missing.")],
    ),
    "a view and a function": (
        USERS,
        f"""{USERS};
        CREATE VIEW adults AS SELECT id FROM users WHERE age > 17;
        CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1'""",
        [
            ("GNK-G081", "high", "Function twice(integer) is missing."),
            ("GNK-G071", "high", "View adults is missing."),
        ],
    ),
    "an index of a partitioned table with its parts": (
        PARTITIONS,
        f"{PARTITIONS}; CREATE INDEX log_n ON log (n)",
        [("GNK-G041", "medium", "Index log_n on log (n) is missing.")],
    ),
    "an index of a partition whose name the partitioned table's takes": (
        f"{PARTITIONS}; CREATE INDEX log_n ON log_1 (n)",
        f"{PARTITIONS}; CREATE INDEX log_n ON log (n)",
        [
            ("GNK-G041", "medium", "Index log_n on log (n) is missing."),
            ("GNK-G043", "info", "Index log_1_n_idx on log_1 (n) is called log_n here."),
        ],
    ),
    "a partition that is not attached": (
        f"{PARTITIONS}; ALTER TABLE log DETACH PARTITION log_1",
        PARTITIONS,
        [("GNK-G141", "high", "Partition log_1 is missing.")],
    ),
    "a policy, and row security": (
        f"{USERS}; CREATE POLICY mine ON users USING (id > 0)",
        f"{USERS}; ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        [
            ("GNK-G013", "high", "Table users differs in row security."),
            ("GNK-G182", "high", "Policy mine on users is not in the target."),
        ],
    ),
    "who owns it, and who may use it": (
        f"{USERS}; ALTER TABLE users OWNER TO pg_monitor; GRANT SELECT ON users TO PUBLIC",
        f"{USERS}; ALTER TABLE users OWNER TO pg_read_all_stats",
        [
            ("GNK-G522", "high", "Grants on table users are not in the target."),
            (
                "GNK-G513",
                "medium",
                "Owner of table users is pg_monitor, in the target pg_read_all_stats.",
            ),
        ],
    ),
    "a column that gets its numbers otherwise": (
        "CREATE TABLE users (id int NOT NULL, name text)",
        "CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY, name text)",
        [("GNK-G023", "medium", "Column users.id differs in identity.")],
    ),
}


@pytest.mark.parametrize("case", GAPS)
def test_gaps_in_words(case: str, read: Read) -> None:
    live, target, expected = GAPS[case]
    found = gaps_between(read(live), read(target))
    told = [(finding.check, finding.severity.label, finding.message) for finding in found]
    assert sorted(told) == sorted(expected)


def test_a_missing_tables_evidence_lists_what_it_consists_of(read: Read) -> None:
    target = read(
        """CREATE TABLE orders (id int PRIMARY KEY, note text);
        CREATE INDEX orders_note ON orders (note)"""
    )
    (finding,) = gaps_between(read(""), target)
    assert finding.evidence == {
        "columns": ["id integer NOT NULL", "note text"],
        "constraints": ["PRIMARY KEY (id)"],
        "indexes": ["orders_note (note)"],
    }


def test_evidence_of_a_difference_shows_both_sides(read: Read) -> None:
    live = read("CREATE TABLE users (id int PRIMARY KEY, name text)")
    target = read("CREATE TABLE users (id int PRIMARY KEY, name varchar(9) NOT NULL)")
    (finding,) = gaps_between(live, target)
    assert finding.evidence["differences"] == [
        "type: text → character varying(9)",
        "nullability: NULL allowed → NOT NULL",
    ]


def test_a_table_of_another_design_is_one_gap_apart_from_its_indexes(read: Read) -> None:
    live = read("CREATE TABLE places (id int PRIMARY KEY, address text UNIQUE, note text)")
    target = read(
        """CREATE TABLE places (owner int, thing int, PRIMARY KEY (owner, thing));
        CREATE INDEX places_thing ON places (thing)"""
    )
    places = Identity("table", ("public", "places"))
    gaps = fold(compare(live, target), live, target, {places})
    assert [gap_check(gap)[1] for gap in gaps] == ["table-design", "missing-index"]


def test_a_missing_table_is_missing_whatever_its_design(read: Read) -> None:
    places = Identity("table", ("public", "places"))
    live, target = read(""), read("CREATE TABLE places (id int PRIMARY KEY)")
    (gap,) = fold(compare(live, target), live, target, {places})
    assert gap_check(gap) == ("GNK-G011", "missing-table")


def test_every_gap_can_be_asked_for_by_name(read: Read) -> None:
    names = gap_names()
    for live, target, _ in GAPS.values():
        for finding in gaps_between(read(live), read(target)):
            assert {finding.check, finding.slug} <= names
