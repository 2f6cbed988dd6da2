CREATE TABLE logs (line int PRIMARY KEY);
