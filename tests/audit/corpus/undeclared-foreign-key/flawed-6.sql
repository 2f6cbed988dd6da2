-- finds: GNK-S017 public.calls.device_id: Column calls.device_id is called like a foreign key to devices, but its values name few or no rows there.
-- finds: GNK-S017 public.calls.tenant_id: Column calls.tenant_id looks like a foreign key to tenants, but is none. One row refers to no row of tenants.
-- Devices of somebody else's; tenants that a default names, one of whom is gone.
CREATE TABLE devices (id int PRIMARY KEY);
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE calls (
    id int PRIMARY KEY,
    device_id int,
    tenant_id int DEFAULT current_setting('app.tenant', true)::int
);
INSERT INTO devices SELECT generate_series(1, 20);
INSERT INTO tenants SELECT generate_series(1, 9);
INSERT INTO calls SELECT number, number * 1000, number FROM generate_series(1, 10) AS number;
