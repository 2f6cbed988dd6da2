-- finds: GNK-A013 pgcrypto
CREATE EXTENSION pgcrypto;
