-- The rows that the audit report of 2025-12-09 counted: 4 users, 1 user_node, 1 node_request.
INSERT INTO users (id, email, password, name, role) VALUES
    ('11111111-1111-4111-8111-111111111111', 'admin@example.org', '$2b$12$HashHashHashHashHashHuHashHashHashHashHashHashHashHas', 'Admin', 'admin'),
    ('22222222-2222-4222-8222-222222222222', 'ada@example.org', '$2b$12$HashHashHashHashHashHuHashHashHashHashHashHashHashHas', 'Ada', 'user'),
    ('33333333-3333-4333-8333-333333333333', 'ben@example.org', '$2b$12$HashHashHashHashHashHuHashHashHashHashHashHashHashHas', 'Ben', 'user'),
    ('44444444-4444-4444-8444-444444444444', 'cleo@example.org', '$2b$12$HashHashHashHashHashHuHashHashHashHashHashHashHashHas', NULL, 'user');
INSERT INTO user_nodes (user_id, node_address, label, gpu_type) VALUES
    ('22222222-2222-4222-8222-222222222222', 'gonka1qxy2kgdygjrsqtzq2n0yrf2493p83kkf', 'Rack 1', 'H100');
INSERT INTO node_requests (user_id, gpu_type, region, processed_by) VALUES
    ('33333333-3333-4333-8333-333333333333', '4090', 'Frankfurt', NULL);
