CREATE TABLE "Log" (seen_at timestamptz(0) NOT NULL);
