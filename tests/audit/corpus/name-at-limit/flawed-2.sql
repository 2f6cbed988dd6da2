-- finds: GNK-S031 public: Name t.äöüßäöüßäöüßäöüßäöüßäöüßäöüßäöü_ of schema public is as long as a name can be, and may have been cut.
-- Bytes, not characters.
CREATE TABLE t (id int PRIMARY KEY, "äöüßäöüßäöüßäöüßäöüßäöüßäöüßäöü_" int);
