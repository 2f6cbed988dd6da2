-- finds: GNK-A008 public: Everybody who can connect may create objects in schema public.
GRANT CREATE ON SCHEMA public TO PUBLIC;
