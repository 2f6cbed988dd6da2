-- The schema that the audit report of 2025-12-09 describes, as TypeORM makes it: what the
-- migrations start from. TypeORM names constraints by hash; "migrations" is its bookkeeping.
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;
COMMENT ON EXTENSION "uuid-ossp" IS 'generate universally unique identifiers (UUIDs)';
CREATE TYPE public.node_requests_gpu_type_enum AS ENUM (
    '3080',
    '4090',
    'H100',
    'H200'
);
CREATE TYPE public.node_requests_status_enum AS ENUM (
    'pending',
    'approved',
    'rejected',
    'completed'
);
CREATE TYPE public.users_role_enum AS ENUM (
    'user',
    'admin'
);
CREATE TABLE public.migrations (
    id integer NOT NULL,
    "timestamp" bigint NOT NULL,
    name character varying NOT NULL
);
CREATE SEQUENCE public.migrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.migrations_id_seq OWNED BY public.migrations.id;
CREATE TABLE public.node_requests (
    id uuid DEFAULT public.uuid_generate_v4() NOT NULL,
    user_id uuid NOT NULL,
    gpu_type public.node_requests_gpu_type_enum NOT NULL,
    gpu_count integer DEFAULT 1 NOT NULL,
    region character varying,
    message text,
    status public.node_requests_status_enum DEFAULT 'pending'::public.node_requests_status_enum NOT NULL,
    admin_notes text,
    processed_by character varying,
    processed_at timestamp without time zone,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.user_nodes (
    id uuid DEFAULT public.uuid_generate_v4() NOT NULL,
    user_id uuid NOT NULL,
    node_address character varying NOT NULL,
    label character varying,
    gpu_type character varying,
    gcore_instance_id character varying,
    notes text,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.users (
    id uuid DEFAULT public.uuid_generate_v4() NOT NULL,
    email character varying NOT NULL,
    password character varying NOT NULL,
    name character varying,
    role public.users_role_enum DEFAULT 'user'::public.users_role_enum NOT NULL,
    "isActive" boolean DEFAULT true NOT NULL,
    "createdAt" timestamp without time zone DEFAULT now() NOT NULL,
    "updatedAt" timestamp without time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY public.migrations ALTER COLUMN id SET DEFAULT nextval('public.migrations_id_seq'::regclass);
ALTER TABLE ONLY public.node_requests
    ADD CONSTRAINT "PK_574a14319ab0c9da6f22b29ee30" PRIMARY KEY (id);
ALTER TABLE ONLY public.user_nodes
    ADD CONSTRAINT "PK_7e1d72d7d27cfdc6613a68ce2f3" PRIMARY KEY (id);
ALTER TABLE ONLY public.migrations
    ADD CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" PRIMARY KEY (id);
ALTER TABLE ONLY public.user_nodes
    ADD CONSTRAINT "UQ_06dcb7f80ef147200e3cb720a5a" UNIQUE (node_address);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT "UQ_97672ac88f789774dd47f7c8be3" UNIQUE (email);
ALTER TABLE ONLY public.node_requests
    ADD CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d" FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.user_nodes
    ADD CONSTRAINT "FK_659f2fb3b144b46093bd6484c58" FOREIGN KEY (user_id) REFERENCES public.users(id);
