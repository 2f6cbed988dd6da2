-- finds: GNK-S011 public.posts.Tags: Index Tags on posts compares whole arrays: "theTags".
-- Names that need quotes.
CREATE TABLE posts (id int PRIMARY KEY, "theTags" varchar(9)[]);
CREATE INDEX "Tags" ON posts ("theTags") WHERE id > 0;
