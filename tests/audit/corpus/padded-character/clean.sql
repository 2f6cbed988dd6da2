CREATE TABLE countries (code varchar(2) PRIMARY KEY, name text, kind "char", fixed text CHECK (char_length(fixed) = 3));
