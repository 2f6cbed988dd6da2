-- finds: GNK-S009 public.Seat.Seat_theRow_theSeat_key: Table Seat is unique by ("theRow", "theSeat"), but "theSeat" may be NULL.
-- Names that need quotes.
CREATE TABLE "Seat" (id int PRIMARY KEY, "theRow" int NOT NULL, "theSeat" int, UNIQUE ("theRow", "theSeat"));
