CREATE TABLE posts (id int PRIMARY KEY, tags text[], codes int[] UNIQUE, title text);
CREATE INDEX posts_tags ON posts USING gin (tags);
CREATE INDEX posts_title ON posts (title);
CREATE INDEX posts_first ON posts ((tags[1]));
