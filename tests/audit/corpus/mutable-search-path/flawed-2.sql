-- finds: GNK-A011 public: 2 functions of schema public look names up in the caller's search_path.
-- Another setting is none; procedures count as well.
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql SET work_mem = '4MB' AS 'BEGIN RETURN 1; END';
CREATE PROCEDURE two(a int) LANGUAGE plpgsql AS 'BEGIN END';
