-- finds: GNK-S002 public.volumes.volumes_parent_parent_state_fkey
-- The index is on the column that many rows have alike.
CREATE TABLE volumes (
    id int PRIMARY KEY, state text NOT NULL, parent int, parent_state text, UNIQUE (id, state),
    FOREIGN KEY (parent, parent_state) REFERENCES volumes (id, state)
);
CREATE INDEX ON volumes (parent_state);
