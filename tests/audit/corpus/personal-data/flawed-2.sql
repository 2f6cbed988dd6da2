-- finds: GNK-A021 public: 4 columns of schema public speak of people or secrets.
-- In camel case.
CREATE TABLE "Customer" (
    id int PRIMARY KEY, "firstName" text, "dateOfBirth" date, "apiKey" text, "userEmail" text
);
