-- finds: GNK-A017 -: One role has a password that is kept as an MD5 hash.
-- One of two, and changed since.
CREATE ROLE corpus_ada LOGIN PASSWORD 'old';
CREATE ROLE corpus_ben LOGIN PASSWORD 'old';
SET LOCAL password_encryption = 'md5';
ALTER ROLE corpus_ben PASSWORD 'older';
