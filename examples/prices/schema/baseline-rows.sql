INSERT INTO product (id, name, price, sold) VALUES
    (1, 'Pen', '9.99', false),
    (2, 'Ink', '5', true),
    (3, 'Paper, 500 sheets', '7.50', false);
