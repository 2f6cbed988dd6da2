-- finds: GNK-D011 public.Log.seen_at: One time of Log.seen_at came twice or never in America/New_York.
-- On the other half of the globe, and under another name.
-- source time zone: America/New_York
CREATE TABLE "Log" ("seenAt" timestamp(0) NOT NULL);
INSERT INTO "Log" VALUES ('2025-11-02 01:00'), ('2025-11-02 02:00'), ('2025-03-09 01:59');
