-- Rows of the old shape with which the migrations are tried, a little of everything that they must
-- bring over: users in capitals and without a name, nodes that are active, inactive and without
-- any detail, and requests that were processed by an e-mail, by one in other case, by an id.
INSERT INTO users (id, email, password, name, role, "isActive", "createdAt", "updatedAt") VALUES
    ('10000000-0000-4000-8000-000000000001', 'ada@example.org', 'not a real one', 'Ada', 'admin',
     true, '2025-01-15 08:30:00.125', '2025-07-15 22:45:00'),
    ('10000000-0000-4000-8000-000000000002', 'Ben@Example.org', 'not a real one either', NULL,
     'user', false, '2024-02-29 23:59:59', '2024-03-01 00:00:00'),
    ('10000000-0000-4000-8000-000000000003', 'cleo@example.org', 'nor this', 'Cleo "C" Ż''ółć',
     'user', true, '2023-12-31 23:30:00', '2024-01-01 00:30:00');
INSERT INTO user_nodes (id, user_id, node_address, label, gpu_type, gcore_instance_id, notes,
                        is_active, created_at, updated_at) VALUES
    ('20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'gonka1first',
     'Rack ''1''', 'H100', 'gcore-1', 'on the left', true, '2025-02-01 10:00:00',
     '2025-05-01 11:00:00'),
    ('20000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001',
     'gonka1second', NULL, NULL, NULL, NULL, false, '2025-02-02 12:00:00', '2025-06-01 13:00:00'),
    ('20000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000002', 'gonka1third',
     'Basement', '4090', NULL, 'old', false, '2025-03-01 14:00:00', '2025-07-01 15:00:00'),
    ('20000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000003',
     'gonka1fourth', 'Attic', NULL, 'gcore-4', NULL, true, '2025-04-01 16:00:00',
     '2025-08-01 17:00:00');
INSERT INTO node_requests (id, user_id, gpu_type, gpu_count, region, message, status, admin_notes,
                           processed_by, processed_at, created_at, updated_at) VALUES
    ('30000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002', '3080', 2,
     'Kraków', 'please', 'approved', 'fine', 'ada@example.org', '2025-03-03 18:00:00',
     '2025-03-01 19:00:00', '2025-03-02 20:00:00'),
    ('30000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000003', 'H200', 1,
     NULL, NULL, 'rejected', NULL, 'BEN@EXAMPLE.ORG', NULL, '2025-03-04 21:00:00',
     '2025-03-05 22:00:00'),
    ('30000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000003', '4090', 1,
     'Oslo', NULL, 'pending', NULL, NULL, NULL, '2025-03-06 23:00:00', '2025-03-07 01:00:00'),
    ('30000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000001', 'H100', 8,
     NULL, 'eight of them', 'completed', 'done', '10000000-0000-4000-8000-000000000003',
     '2025-03-08 02:00:00', '2025-03-09 03:00:00', '2025-03-10 04:00:00');
