-- finds: GNK-S048 public.jobs.call: Column jobs.call is of type regproc, which no upgrade takes along.
-- A function.
CREATE TABLE jobs (id int PRIMARY KEY, call regproc);
