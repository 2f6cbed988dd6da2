-- finds: GNK-A013 citext
-- finds: GNK-A013 uuid-ossp
CREATE EXTENSION citext;
CREATE EXTENSION "uuid-ossp";
