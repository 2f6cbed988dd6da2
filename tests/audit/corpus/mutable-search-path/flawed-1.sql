-- finds: GNK-A011 public: One function of schema public looks names up in the caller's search_path.
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
