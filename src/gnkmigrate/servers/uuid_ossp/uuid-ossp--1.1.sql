\echo Use CREATE EXTENSION "uuid-ossp" to load this file. \quit

-- The functions of contrib's uuid-ossp (PostgreSQL manual, F.49) with the same names, arguments
-- and markings. Versions 3, 4 and 5 give what the original gives. Version 1 has a random node in
-- place of the machine's address, as RFC 9562, 5.1 and 6.10 allow, and so is like version 1mc.

-- A new database's catalog looks as with the original; pg_available_extensions tells which it is.
COMMENT ON EXTENSION "uuid-ossp" IS 'generate universally unique identifiers (UUIDs)';

CREATE FUNCTION uuid_nil() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '00000000-0000-0000-0000-000000000000'::uuid;

CREATE FUNCTION uuid_ns_dns() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_url() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_oid() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid;

CREATE FUNCTION uuid_ns_x500() RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid;

-- 100 ns since 1582-10-15 in three parts, low first; clock sequence and node from 62 random bits,
-- the node's multicast bit set since it is nobody's address.
CREATE FUNCTION uuid_generate_v1mc() RETURNS uuid
    LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN (
        SELECT (
            substr(ticks, 8, 8) || substr(ticks, 4, 4) || '1' || substr(ticks, 1, 3)
            || encode(set_byte(random, 2, get_byte(random, 2) | 1), 'hex')
        )::uuid
        FROM (
            SELECT
                lpad(to_hex(
                    (extract(epoch FROM clock_timestamp()) * 10000000)::bigint
                    + 122192928000000000
                ), 15, '0') AS ticks,
                substr(uuid_send(gen_random_uuid()), 9, 8) AS random
        ) AS parts
    );

CREATE FUNCTION uuid_generate_v1() RETURNS uuid
    LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN uuid_generate_v1mc();

CREATE FUNCTION uuid_generate_v4() RETURNS uuid
    LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
    RETURN gen_random_uuid();

-- The first 16 bytes of the name's hash, with the version and the variant written over them.
CREATE FUNCTION uuid_generate_v3(namespace uuid, name text) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT encode(
            set_byte(
                set_byte(hash, 6, (get_byte(hash, 6) & 15) | 48),
                8, (get_byte(hash, 8) & 63) | 128
            ), 'hex'
        )::uuid
        FROM (
            SELECT decode(
                md5(uuid_send(namespace) || convert_to(name, getdatabaseencoding())), 'hex'
            ) AS hash
        ) AS hashed
    );

-- SHA-1 as in RFC 3174, 6.1, since PostgreSQL's core has none; 32-bit words in bigints.
CREATE FUNCTION uuid_generate_v5(namespace uuid, name text) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog
    AS $function$
DECLARE
    mask CONSTANT bigint := x'ffffffff'::bigint;
    plain CONSTANT bytea := uuid_send(namespace) || convert_to(name, getdatabaseencoding());
    size CONSTANT int := length(plain);
    padded CONSTANT bytea := plain || '\x80'::bytea
        || decode(repeat('00', (119 - size % 64) % 64), 'hex') || int8send(size::bigint * 8);
    h bigint[] := ARRAY[
        x'67452301'::bigint, x'efcdab89'::bigint, x'98badcfe'::bigint,
        x'10325476'::bigint, x'c3d2e1f0'::bigint
    ];
    w bigint[];
    a bigint;
    b bigint;
    c bigint;
    d bigint;
    e bigint;
    f bigint;
    mixed bigint;
    rotated bigint;
    hash bytea;
BEGIN
    FOR block IN 0 .. length(padded) / 64 - 1 LOOP
        FOR t IN 0 .. 79 LOOP
            IF t < 16 THEN
                w[t] := ('x' || encode(substr(padded, block * 64 + t * 4 + 1, 4), 'hex'))
                    ::bit(32)::bigint;
            ELSE
                mixed := w[t - 3] # w[t - 8] # w[t - 14] # w[t - 16];
                w[t] := ((mixed << 1) | (mixed >> 31)) & mask;
            END IF;
        END LOOP;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        FOR t IN 0 .. 79 LOOP
            rotated := ((a << 5) | (a >> 27)) & mask;
            f := CASE
                WHEN t < 20 THEN ((b & c) | ((~b) & d)) + x'5a827999'::bigint
                WHEN t < 40 THEN (b # c # d) + x'6ed9eba1'::bigint
                WHEN t < 60 THEN ((b & c) | (b & d) | (c & d)) + x'8f1bbcdc'::bigint
                ELSE (b # c # d) + x'ca62c1d6'::bigint
            END;
            mixed := (rotated + f + e + w[t]) & mask;
            e := d;
            d := c;
            c := ((b << 30) | (b >> 2)) & mask;
            b := a;
            a := mixed;
        END LOOP;
        h := ARRAY[
            (h[1] + a) & mask, (h[2] + b) & mask, (h[3] + c) & mask, (h[4] + d) & mask,
            (h[5] + e) & mask
        ];
    END LOOP;
    hash := int8send((h[1] << 32) | h[2]) || int8send((h[3] << 32) | h[4]);
    hash := set_byte(hash, 6, (get_byte(hash, 6) & 15) | 80);
    hash := set_byte(hash, 8, (get_byte(hash, 8) & 63) | 128);
    RETURN encode(hash, 'hex')::uuid;
END
$function$;
