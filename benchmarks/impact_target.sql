-- The rows of MineGNK's old shape, which is in the schema old, in its target, which is empty.
INSERT INTO users
    (id, email, password, name, role, is_active, created_at, updated_at)
SELECT
    id, email, password, left(name, 100), role::text, "isActive",
    "createdAt" AT TIME ZONE 'UTC', "updatedAt" AT TIME ZONE 'UTC'
FROM old.users;

INSERT INTO nodes
    (id, identifier, identifier_type, display_name, gpu_type, gcore_instance_id, created_at)
SELECT
    id, node_address, 'wallet', left(label, 100), gpu_type, gcore_instance_id,
    created_at AT TIME ZONE 'UTC'
FROM old.user_nodes;

INSERT INTO user_nodes (user_id, node_id, assigned_at)
SELECT user_id, id, created_at AT TIME ZONE 'UTC'
FROM old.user_nodes;

INSERT INTO node_requests
    (id, user_id, gpu_type, gpu_count, region, message, status, admin_notes, processed_at,
     created_at, updated_at)
SELECT
    id, user_id, gpu_type::text, gpu_count, left(region, 100), message, status::text, admin_notes,
    processed_at AT TIME ZONE 'UTC', created_at AT TIME ZONE 'UTC', updated_at AT TIME ZONE 'UTC'
FROM old.node_requests;
