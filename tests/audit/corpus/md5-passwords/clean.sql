-- SCRAM, no password at all, and nobody who could log in with it.
CREATE ROLE corpus_ada LOGIN PASSWORD 'new';
CREATE ROLE corpus_ben LOGIN;
CREATE ROLE corpus_group PASSWORD 'md5a6790b8d8b7ba4c6f0f2e8f9b13cd1a9';
