-- finds: GNK-S002 public.bookings.bookings_day_fkey: Foreign key bookings (day) to users has no index.
-- finds: GNK-S002 public.bookings.bookings_guest_fkey: Foreign key bookings (guest) to users has no index.
-- finds: GNK-S002 public.bookings.bookings_room_fkey: Foreign key bookings (room) to users has no index.
-- It is not the first, only of some rows, or BRIN.
CREATE EXTENSION btree_gist;
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE bookings (
    id int PRIMARY KEY, room int REFERENCES users, stay daterange, open bool,
    guest int REFERENCES users, day int REFERENCES users,
    EXCLUDE USING gist (stay WITH &&, room WITH =),
    EXCLUDE USING gist (guest WITH =, stay WITH &&) WHERE (open)
);
CREATE INDEX ON bookings USING brin (day);
