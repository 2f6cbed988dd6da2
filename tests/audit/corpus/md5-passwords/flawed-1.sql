-- finds: GNK-A017 -: One role has a password that is kept as an MD5 hash.
SET LOCAL password_encryption = 'md5';
CREATE ROLE corpus_app LOGIN PASSWORD 'old';
