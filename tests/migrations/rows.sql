-- A little of everything: times that Berlin's clocks skipped, values that are too long for the
-- target, texts that mean somebody, somebody in another case, somebody's id and nobody.
INSERT INTO users (id, email, password, name, role, "isActive", "createdAt", "updatedAt") VALUES
    ('10000000-0000-4000-8000-000000000001', 'ada@example.org', 'not a real one', 'Ada', 'admin',
     true, '2025-03-30 02:30:00', '2025-10-26 02:30:00'),
    ('10000000-0000-4000-8000-000000000002', 'Ben@Example.org', 'not a real one', NULL, 'user',
     false, 'infinity', '0044-03-15 12:00:00 BC'),
    ('10000000-0000-4000-8000-000000000003', 'cleo@example.org', 'not a real one', repeat('C', 300),
     'user', true, '2024-01-01 00:00:00', '2024-01-01 00:00:00');
INSERT INTO user_nodes (id, user_id, node_address, label, gpu_type, gcore_instance_id, notes,
                        is_active, created_at, updated_at) VALUES
    ('20000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 'gonka1first',
     'Rack ''1''', 'H100', 'gcore-1', 'on the left', true, '2025-03-30 02:30:00',
     '2025-05-01 10:00:00'),
    ('20000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000001',
     'gonka1second', NULL, NULL, NULL, NULL, false, '2025-02-01 10:00:00', '2025-06-01 10:00:00'),
    ('20000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000002', 'gonka1third',
     repeat('L', 120), repeat('G', 60), NULL, 'old', false, '2025-03-01 10:00:00',
     '2025-07-01 10:00:00');
INSERT INTO node_requests (id, user_id, gpu_type, gpu_count, region, message, status, admin_notes,
                           processed_by, processed_at, created_at, updated_at) VALUES
    ('30000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002', '3080', 2,
     repeat('R', 120), 'please', 'approved', 'fine', 'ada@example.org', '2025-03-30 02:30:00',
     '2025-03-01 10:00:00', '2025-03-01 10:00:00'),
    ('30000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000003', 'H200', 1,
     NULL, NULL, 'rejected', NULL, 'BEN@EXAMPLE.ORG', NULL, '2025-03-02 10:00:00',
     '2025-03-02 10:00:00'),
    ('30000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000003', '4090', 1,
     'Kraków', NULL, 'pending', NULL, 'nobody that we know', NULL, '2025-03-03 10:00:00',
     '2025-03-03 10:00:00'),
    ('30000000-0000-4000-8000-000000000004', '10000000-0000-4000-8000-000000000001', 'H100', 8,
     NULL, NULL, 'completed', NULL, '10000000-0000-4000-8000-00000000000' || '3', NULL,
     '2025-03-04 10:00:00', '2025-03-04 10:00:00');
