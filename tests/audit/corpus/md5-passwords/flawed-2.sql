-- finds: GNK-A017 -: 2 roles have a password that is kept as an MD5 hash.
-- Hashed elsewhere.
CREATE ROLE corpus_ada LOGIN PASSWORD 'md5a6790b8d8b7ba4c6f0f2e8f9b13cd1a9';
CREATE ROLE corpus_ben LOGIN PASSWORD 'md5b6790b8d8b7ba4c6f0f2e8f9b13cd1a9';
