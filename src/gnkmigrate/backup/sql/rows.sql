-- The number of rows; those of tables that inherit from this one are their own.
SELECT count(*) AS answer FROM ONLY %I.%I
