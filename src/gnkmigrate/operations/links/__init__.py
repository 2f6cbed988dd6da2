"""One table becomes an entity and a link table: what op.link_table is made of.

The old table has a row for each link, which also says what is linked: `user_nodes` with `user_id`,
`node_address`, `label`. Afterwards there are `nodes`, a row for each address, and `user_nodes`, a
row for each pair of a user and a node.

Two halves, which are two phases where a revision wants them to be.

The entity. The old table gets a column that refers to it, and triggers: to which entity a row
belongs is decided before it is written, the entity is made after it, and goes with its last row.
A backfill does the same for the rows that are there. The old table leads.

The links. The new table is built behind the old one under its name, filled, and kept in step: of
several rows of one link the first by the old table's key counts. Then it takes the old one's place
(op.swap_table), and the old table goes to the archive, where it is kept as the old application
would know it. From then on either leads:

- a row that the old application writes says what the link and the entity have;
- a link takes the row of its owner, else one that nobody holds any more, else a new one, of which
  the columns that no longer exist get their default or `fallback`. Where a unique key of the old
  table allows an entity one row alone, a second owner has none, until the first one's link ends.
- what the new application writes to an entity goes to all its rows.

A column of the old table may go to both sides, as a time does that is when the entity was made and
when it was linked. Then the link's is what comes back, since each row has one.

The old table itself is the way back, so nothing is kept of a mapping but its expressions: each is
used by the triggers, the fill, the checks before, the comparison, and the way back.

spec.py says what a revision may say; sides.py what the tables are, and SQL for values; entity.py,
following.py, rows.py, leading.py and holding.py are the tables and triggers in the order above;
preflight.py and row_preflight.py what is refused; building.py, link_rows.py and turning.py the
steps of the halves; spilling.py what the old shape has no place for.
"""
