-- finds: GNK-S048 public.texts.language: Column texts.language is of type regconfig, which no upgrade takes along.
-- A text search configuration.
CREATE TABLE texts (id int PRIMARY KEY, language regconfig NOT NULL, body text);
