-- finds: GNK-S011 public.posts.posts_author_tags: Index posts_author_tags on posts compares whole arrays: tags DESC.
-- Behind another column, and the other way round.
CREATE TABLE posts (id int PRIMARY KEY, author int, tags int[]);
CREATE INDEX posts_author_tags ON posts (author, tags DESC);
