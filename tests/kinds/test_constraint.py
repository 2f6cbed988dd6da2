"""Constraints: none is ever missing for longer than it must."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

TABLE = "CREATE TABLE item (id integer NOT NULL, parent integer, price integer);"
KEY = TABLE + "ALTER TABLE item ADD CONSTRAINT item_pkey PRIMARY KEY (id);"
LINK = KEY + "ALTER TABLE item ADD CONSTRAINT link FOREIGN KEY (parent) REFERENCES item"

CASES = {
    "a primary key takes over an index": case(
        TABLE,
        KEY,
        "CREATE UNIQUE INDEX CONCURRENTLY item_pkey ON public.item (id)",
        "ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY USING INDEX item_pkey",
    ),
    "offline it builds its own": case(
        TABLE,
        KEY,
        "ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY (id)",
        online=False,
    ),
    "a unique constraint with all that it may have": case(
        TABLE,
        TABLE + "ALTER TABLE item ADD CONSTRAINT one UNIQUE NULLS NOT DISTINCT (parent, id) "
        "INCLUDE (price) DEFERRABLE INITIALLY DEFERRED;",
        "CREATE UNIQUE INDEX CONCURRENTLY one ON public.item (parent, id) INCLUDE (price) "
        "NULLS NOT DISTINCT",
        "ALTER TABLE public.item ADD CONSTRAINT one UNIQUE USING INDEX one "
        "DEFERRABLE INITIALLY DEFERRED",
        since=150000,
    ),
    "a foreign key is validated afterwards": case(
        KEY,
        LINK + " ON DELETE CASCADE;",
        "ALTER TABLE public.item ADD CONSTRAINT link FOREIGN KEY (parent) "
        "REFERENCES public.item(id) ON DELETE CASCADE NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT link",
    ),
    "another rule for deletes, in one command": case(
        LINK + ";",
        LINK + " ON DELETE CASCADE;",
        "ALTER TABLE public.item DROP CONSTRAINT link, ADD CONSTRAINT link FOREIGN KEY (parent) "
        "REFERENCES public.item(id) ON DELETE CASCADE NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT link",
    ),
    "a check that was never validated is": case(
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0) NOT VALID;",
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0);",
        "ALTER TABLE public.item VALIDATE CONSTRAINT paid",
    ),
    "and the way back": case(
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0);",
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0) NOT VALID;",
        "ALTER TABLE public.item DROP CONSTRAINT paid, "
        "ADD CONSTRAINT paid CHECK ((price > 0)) NOT VALID",
    ),
    "the same constraint under another name is renamed": case(
        KEY,
        TABLE + 'ALTER TABLE item ADD CONSTRAINT "PK_a3ffb" PRIMARY KEY (id);',
        'ALTER TABLE public.item RENAME CONSTRAINT item_pkey TO "PK_a3ffb"',
    ),
    "a key that moves makes foreign keys way, and has only one place": case(
        LINK + ";",
        TABLE + "ALTER TABLE item ADD PRIMARY KEY (price); ALTER TABLE item ADD UNIQUE (id);"
        "ALTER TABLE item ADD CONSTRAINT link FOREIGN KEY (parent) REFERENCES item (id);",
        "ALTER TABLE public.item ADD CONSTRAINT item_price_not_null_check "
        "CHECK (price IS NOT NULL) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT item_price_not_null_check",
        "ALTER TABLE public.item ALTER COLUMN price SET NOT NULL",
        "ALTER TABLE public.item DROP CONSTRAINT item_price_not_null_check",
        "CREATE UNIQUE INDEX CONCURRENTLY item_id_key ON public.item (id)",
        "ALTER TABLE public.item ADD CONSTRAINT item_id_key UNIQUE USING INDEX item_id_key",
        "ALTER TABLE public.item DROP CONSTRAINT link",
        "ALTER TABLE public.item DROP CONSTRAINT item_pkey",
        "CREATE UNIQUE INDEX CONCURRENTLY item_pkey ON public.item (price)",
        "ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY USING INDEX item_pkey",
        "ALTER TABLE public.item ADD CONSTRAINT link FOREIGN KEY (parent) "
        "REFERENCES public.item(id) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT link",
    ),
    "an exclusion constraint has no other way": case(
        "CREATE TABLE stay (during tstzrange);",
        "CREATE TABLE stay (during tstzrange, CONSTRAINT apart EXCLUDE USING gist (during WITH &&)"
        ");",
        "ALTER TABLE public.stay ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
