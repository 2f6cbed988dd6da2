-- finds: GNK-A021 public: 5 columns of schema public speak of people or secrets.
-- What opens something, by the name of its table too.
CREATE TABLE "ApiKeys" (id int PRIMARY KEY, key text, prefix text);
CREATE TABLE users (
    id int PRIMARY KEY, signing_key bytea, recovery_codes text[], totp_seed text, credentials json
);
CREATE TABLE translations (key text, locale text, PRIMARY KEY (key, locale));
CREATE TABLE primary_keys (id int PRIMARY KEY, key text);
