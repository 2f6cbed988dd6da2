"""op.carry_privileges: a new table is open to whom an old one is."""

from tests.small import Small

UP = """
op.step("copy", 'CREATE TABLE public."a copy" (n int)', creates=("public.a copy",))
op.carry_privileges("public.original", ("public.a copy",))
"""


def test_a_new_table_has_the_grants_of_an_old_one(small: Small) -> None:
    small.reversible(1, UP)
    project = small.project()
    project.execute("CREATE TABLE original (n int); GRANT SELECT, INSERT ON original TO PUBLIC")
    before = project.state
    project.up()
    assert 'GRANT SELECT,INSERT ON TABLE public."a copy" TO PUBLIC' in project.dump
    project.down()
    assert project.state == before
