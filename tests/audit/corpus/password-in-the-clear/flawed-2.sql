-- finds: GNK-A020 public.User.userPassword
-- One of three was never converted; the other column holds hints.
CREATE TABLE "User" (id int PRIMARY KEY, "userPassword" varchar(255), password_hint text);
INSERT INTO "User" VALUES
(1, '$2b$12$eImiTXuWVxfM37uY4JANjQ.KXbGnYzDvVEpXyO5cQJ4vLSa4TqZ0e', 'the usual'),
(2, 'pbkdf2_sha256$600000$abc$def', 'the usual'),
(3, 'swordfish', 'what swims');
