-- finds: GNK-S031 public: Name an_archive_of_all_requests_that_were_ever_made_by_anybody_at_al of schema public is as long as a name can be, and may have been cut.
CREATE TABLE an_archive_of_all_requests_that_were_ever_made_by_anybody_at_all_ (id int PRIMARY KEY);
