-- The rows that the audit report of 2025-12-09 counted: 4 users, 1 user_node, 1 node_request.
INSERT INTO public.users (id, email, password, name, role, "isActive", "createdAt", "updatedAt")
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'admin@minegnk.example', '!not-a-hash', 'Admin',
     'admin', true, '2025-10-01 08:00', '2025-12-01 09:30'),
    ('a0000000-0000-4000-8000-000000000002', 'olena@minegnk.example', '!not-a-hash', 'Олена',
     'user', true, '2025-10-26 02:30', '2025-11-20 17:05'),
    ('a0000000-0000-4000-8000-000000000003', 'li@minegnk.example', '!not-a-hash', '李',
     'user', true, '2025-11-02 01:30', '2025-11-02 01:30'),
    ('a0000000-0000-4000-8000-000000000004', 'former@minegnk.example', '!not-a-hash', NULL,
     'user', false, '2025-11-11 11:11', '2025-12-01 00:00');

INSERT INTO public.user_nodes
    (id, user_id, node_address, label, gpu_type, gcore_instance_id, notes, created_at, updated_at)
VALUES
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002',
     'gonka1qx0h8v7m2c5l9s3d6f4a', 'Kyiv rack 3', 'H100', 'gcore-7f3a',
     'Paid until March; call before a restart.', '2025-11-20 17:00', '2025-12-01 09:30');

INSERT INTO public.node_requests
    (id, user_id, gpu_type, gpu_count, region, message, status, processed_by, processed_at,
     created_at, updated_at)
VALUES
    ('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000003', 'H200', 2,
     'eu-west', 'Two, as soon as there are any.', 'approved', 'admin@minegnk.example',
     '2025-12-02 10:00', '2025-12-01 22:15', '2025-12-02 10:00');
