-- One byte is left; and a name that PostgreSQL made.
CREATE TABLE an_archive_of_all_requests_that_were_ever_made_by_anyone_at_al (id serial PRIMARY KEY, x int);
CREATE INDEX ON an_archive_of_all_requests_that_were_ever_made_by_anyone_at_al (x);
