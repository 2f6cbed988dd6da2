-- finds: GNK-TA010 public.credit(integer): Target: Function credit(integer) runs as corpus_owner and looks names up in the caller's search_path.
-- finds: GNK-TA010 public.debit(): Target: Function debit() runs as corpus_owner and looks names up in open_to_all, where everybody may create.
-- finds: GNK-TA010 public.last(): Target: Function last() runs as corpus_owner and looks tables up in pg_temp first, where everybody may create.
-- The target adds them.
CREATE ROLE corpus_owner;
