"""Text search: parsers, templates, dictionaries, configurations; how each property changes."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

PARSER = """CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken,
    END = prsd_end, LEXTYPES = prsd_lextype);"""
HEADLINES = PARSER.replace(");", ", HEADLINE = prsd_headline);")
TEMPLATE = "CREATE TEXT SEARCH TEMPLATE plain (LEXIZE = dsimple_lexize, INIT = dsimple_init);"
DICTIONARY = "CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = simple);"
SNOWBALL = "CREATE TEXT SEARCH DICTIONARY stems (TEMPLATE = snowball, language = english);"
CONFIGURATION = "CREATE TEXT SEARCH CONFIGURATION search (COPY = english);"
MAPPED = (
    f"{CONFIGURATION} ALTER TEXT SEARCH CONFIGURATION search ALTER MAPPING FOR word WITH stems;"
)
INDEX = """CREATE TABLE t (a text, b tsvector GENERATED ALWAYS AS (
    to_tsvector('public.search'::regconfig, a)) STORED);
    CREATE INDEX i ON t USING gin (to_tsvector('public.search'::regconfig, a));"""


def test_a_parser_comes_and_goes(server: Server) -> None:
    assert converge(server, "", HEADLINES) == (
        [
            (
                "CREATE TEXT SEARCH PARSER public.words (START = prsd_start, GETTOKEN ="
                " prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype,"
                " HEADLINE = prsd_headline)"
            )
        ],
        ["DROP TEXT SEARCH PARSER public.words"],
    )


@pytest.mark.parametrize(
    ("function", "other"),
    [
        ("prsd_start", "mine(internal, integer)"),
        ("prsd_nexttoken", "mine(internal, internal, internal)"),
        ("prsd_end", "mine(internal)"),
        ("prsd_lextype", "mine(internal)"),
    ],
)
def test_a_parser_with_another_function_is_made_again(
    server: Server, function: str, other: str
) -> None:
    name = other.partition("(")[0]
    returns = "void" if function == "prsd_end" else "internal"
    own = f"CREATE FUNCTION {other} RETURNS {returns} LANGUAGE internal AS '{function}';"
    there, _ = converge(server, PARSER, PARSER.replace(function, name), shared=own)
    assert there[0] == "DROP TEXT SEARCH PARSER public.words"


def test_what_uses_a_parser_makes_way_for_it(server: Server) -> None:
    used = f"CREATE TEXT SEARCH CONFIGURATION search (PARSER = words); {INDEX}"
    converge(server, f"{PARSER} {used}", f"{HEADLINES} {used}")


def test_a_template_comes_and_goes(server: Server) -> None:
    there, _ = converge(server, "", f"{TEMPLATE} COMMENT ON TEXT SEARCH TEMPLATE plain IS 'as is';")
    assert there[0] == (
        "CREATE TEXT SEARCH TEMPLATE public.plain (LEXIZE = dsimple_lexize, INIT = dsimple_init)"
    )


def test_a_template_with_another_function_is_made_again(server: Server) -> None:
    dictionary = "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = plain);"
    converge(server, TEMPLATE, TEMPLATE.replace(", INIT = dsimple_init", ""))
    synonyms = TEMPLATE.replace("dsimple_lexize", "dsynonym_lexize")
    converge(server, f"{TEMPLATE} {dictionary}", f"{synonyms} {dictionary}")


def test_a_dictionary_comes_and_goes(server: Server) -> None:
    marked = """COMMENT ON TEXT SEARCH DICTIONARY stems IS 'English';
        ALTER TEXT SEARCH DICTIONARY stems OWNER TO librarian;"""
    there, _ = converge(server, "", SNOWBALL + marked, roles=["librarian"])
    assert there[0] == (
        "CREATE TEXT SEARCH DICTIONARY public.stems"
        " (TEMPLATE = pg_catalog.snowball, language = 'english')"
    )


def test_the_options_of_a_dictionary_change_in_place(server: Server) -> None:
    old = DICTIONARY.replace(")", ", stopwords = english, accept = true)")
    assert converge(server, old, DICTIONARY.replace(")", ", accept = false)")) == (
        ["ALTER TEXT SEARCH DICTIONARY public.stems (stopwords, accept = 'false')"],
        [("ALTER TEXT SEARCH DICTIONARY public.stems (stopwords = 'english', accept = 'true')")],
    )
    converge(server, old, DICTIONARY)
    converge(server, old, DICTIONARY.replace(")", ", accept = true, stopwords = german)"))


def test_a_dictionary_with_another_template_is_made_beside_the_old_one(server: Server) -> None:
    there, _ = converge(server, f"{DICTIONARY} {MAPPED} {INDEX}", f"{SNOWBALL} {MAPPED} {INDEX}")
    assert there == [
        "ALTER TEXT SEARCH DICTIONARY public.stems RENAME TO stems_replaced",
        (
            "CREATE TEXT SEARCH DICTIONARY public.stems"
            " (TEMPLATE = pg_catalog.snowball, language = 'english')"
        ),
        "ALTER TEXT SEARCH CONFIGURATION public.search ALTER MAPPING FOR word WITH public.stems",
        "DROP TEXT SEARCH DICTIONARY public.stems_replaced",
    ]


def test_a_thesaurus_comes_after_the_dictionary_of_its_words(server: Server) -> None:
    new = """CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = simple);
        CREATE TEXT SEARCH DICTIONARY alike (
            TEMPLATE = thesaurus, dictfile = thesaurus_sample, dictionary = 'public.words');"""
    converge(server, "", new)


def test_a_configuration_comes_and_goes(server: Server) -> None:
    marked = """COMMENT ON TEXT SEARCH CONFIGURATION search IS 'English';
        ALTER TEXT SEARCH CONFIGURATION search OWNER TO librarian;"""
    there, _ = converge(server, "", f"{DICTIONARY} {MAPPED} {marked} {INDEX}", roles=["librarian"])
    assert 'CREATE TEXT SEARCH CONFIGURATION public.search (PARSER = pg_catalog."default")' in there


def test_mappings_change_in_place(server: Server) -> None:
    alter = f"{CONFIGURATION} ALTER TEXT SEARCH CONFIGURATION search"
    old = f"{alter} DROP MAPPING FOR url, int;"
    new = f"""{alter} DROP MAPPING FOR email; ALTER TEXT SEARCH CONFIGURATION search
        ALTER MAPPING FOR word, hword WITH simple, english_stem;"""
    head = "ALTER TEXT SEARCH CONFIGURATION public.search"
    assert converge(server, old, new).there == [
        f"{head} DROP MAPPING FOR email",
        f"{head} ALTER MAPPING FOR word, hword WITH simple, english_stem",
        f'{head} ADD MAPPING FOR url, "int" WITH simple',
    ]


def test_a_dictionary_leaves_a_mapping_before_it_goes(server: Server) -> None:
    there, _ = converge(server, f"{DICTIONARY} {MAPPED}", CONFIGURATION)
    assert there[-1] == "DROP TEXT SEARCH DICTIONARY public.stems"


def test_a_configuration_with_another_parser_is_made_again(server: Server) -> None:
    old = "CREATE TEXT SEARCH CONFIGURATION search (PARSER = default);"
    converge(
        server, f"{PARSER} {old} {INDEX}", f"{PARSER} {old.replace('default', 'words')} {INDEX}"
    )


def test_a_renamed_dictionary_is_no_difference_of_what_uses_it(server: Server) -> None:
    old = f"{DICTIONARY} {MAPPED}".replace("stems", '"myStems"')
    assert [each.sql for each in planned(server, old, old.replace('"myStems"', "my_stems"))] == [
        'ALTER TEXT SEARCH DICTIONARY public."myStems" RENAME TO my_stems'
    ]
