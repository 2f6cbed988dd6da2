-- finds: GNK-A010 public.credit(integer): Function credit(integer) runs as corpus_owner and looks names up in the caller's search_path.
CREATE ROLE corpus_owner;
CREATE FUNCTION credit(amount int) RETURNS int LANGUAGE sql SECURITY DEFINER
AS 'SELECT amount + 1';
ALTER FUNCTION credit OWNER TO corpus_owner;
