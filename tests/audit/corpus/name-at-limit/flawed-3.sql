-- finds: GNK-S031 public: 2 names of schema public are as long as a name can be, and may have been cut.
-- A name that has really been cut, and an index.
CREATE TABLE t (id int PRIMARY KEY, the_number_of_all_requests_that_were_ever_made_by_anybody_at_all_now int);
CREATE INDEX an_index_on_the_number_of_all_requests_that_were_ever_made_by_any ON t (id);
