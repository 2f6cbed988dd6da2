-- finds: GNK-A020 public.mailboxes.smtp_passwd
-- finds: GNK-A020 public.mailboxes.pwd
CREATE TABLE mailboxes (id int PRIMARY KEY, smtp_passwd varchar(40), pwd char(12));
INSERT INTO mailboxes SELECT n, 'hunter' || n, 'secret' || n FROM generate_series(1, 5) AS n;
