-- finds: GNK-S007 public.logs.logs_line: Index logs.logs_line is invalid: its build was not finished.
-- One of two, in a table without a key.
CREATE TABLE logs (line text, day date);
CREATE INDEX logs_day ON logs (day);
CREATE INDEX logs_line ON logs USING hash (line);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'logs_line'::regclass;
