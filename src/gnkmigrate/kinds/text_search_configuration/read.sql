-- Configurations of text search: a parser, and for each type of its tokens the dictionaries that
-- are asked one after the other.
SELECT
    configuration.oid,
    0 AS subid,
    configuration.cfgnamespace AS parent,
    0 AS parent_subid,
    configuration.cfgname AS name,
    0 AS position,
    quote_ident(namespace.nspname) || '.' || quote_ident(parser.prsname) AS parser,
    ARRAY(
        SELECT quote_ident(token.alias) || ': ' || asked.dictionaries
        FROM (
            SELECT
                mapping.maptokentype,
                string_agg(mapping.mapdict::regdictionary::text, ', ' ORDER BY mapping.mapseqno)
            FROM pg_ts_config_map AS mapping
            WHERE mapping.mapcfg = configuration.oid
            GROUP BY mapping.maptokentype
        ) AS asked (type, dictionaries)
        JOIN ts_token_type(configuration.cfgparser) AS token ON token.tokid = asked.type
        ORDER BY asked.type
    ) AS mappings
FROM pg_ts_config AS configuration
JOIN pg_ts_parser AS parser ON parser.oid = configuration.cfgparser
JOIN pg_namespace AS namespace ON namespace.oid = parser.prsnamespace
WHERE configuration.cfgnamespace = ANY (%(schemas)s::oid[]);
