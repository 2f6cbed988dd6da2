-- Read for each row; chosen on purpose; no moments.
CREATE TABLE users (
    id int PRIMARY KEY,
    created_at timestamptz DEFAULT now(),
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP,
    added date DEFAULT CURRENT_DATE,
    made date DEFAULT '1970-01-01',
    registered date DEFAULT '2020-01-01',
    joined timestamptz DEFAULT 'infinity',
    launch date DEFAULT '2024-05-17',
    modified date DEFAULT '9999-12-31',
    opens time DEFAULT '09:00:00',
    recorded text DEFAULT '2024-05-17',
    span interval DEFAULT '00:00:01.5'
);
