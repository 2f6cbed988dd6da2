-- finds: GNK-S011 public.posts.posts_tags: Index posts_tags on posts compares whole arrays: tags.
CREATE TABLE posts (id int PRIMARY KEY, tags text[]);
CREATE INDEX posts_tags ON posts (tags);
