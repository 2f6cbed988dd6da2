-- Hashes of many makers, a ciphertext, placeholders, no rows, no password.
CREATE TABLE users (id int PRIMARY KEY, password text, password_reset_text text);
INSERT INTO users (id, password) VALUES
(1, '$2b$12$eImiTXuWVxfM37uY4JANjQ.KXbGnYzDvVEpXyO5cQJ4vLSa4TqZ0e'),
(2, 'pbkdf2_sha256$600000$abc$def'),
(3, '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA'),
(4, '{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3'),
(5, 'scrypt:32768:8:1$salt$hash'),
(6, '5f4dcc3b5aa765d61d8327deb882cf99'),
(7, '!unusable'),
(8, 'gAAAAABmZ0c3Yl9zZWNyZXRfdGV4dF9mb3JfdGVzdGluZw=='),
(9, '-'), (10, ''), (11, NULL),
(12, 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy');
INSERT INTO users (id, password_reset_text) VALUES (20, 'Click here to choose a new one');
CREATE TABLE empty (id int PRIMARY KEY, passwd text, password_changed timestamptz, pwd int);
