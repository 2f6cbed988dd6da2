INSERT INTO customers (email, name, street, zip, city) VALUES
    ('ann@example.org', 'Ann', 'Elm Street 1', '1010', 'Graz'),
    ('ben@example.org', 'Ben', 'Elm Street 1', '1010', 'Graz'),
    ('cleo@example.org', 'Cleo', NULL, NULL, NULL);

INSERT INTO orders (customer, state, placed, sent, total) VALUES
    ('ann@example.org', 'sent', '2026-07-01 09:30', '2026-07-02 12:00', 24.90),
    ('Ben@example.org', 'paid', '2026-12-24 18:00', NULL, 7.50),
    ('ann@example.org', 'new', '2026-12-27 08:15', NULL, 12);

INSERT INTO order_lines (order_id, line_no, product, quantity) VALUES
    (1, 1, 'tea', 2), (1, 2, 'pot', 1), (2, 1, 'tea', 1), (3, 1, 'cup', 4);
