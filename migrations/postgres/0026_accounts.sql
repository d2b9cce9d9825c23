-- An account that nobody in person brought in is confirmed by two: the first of them signs here, the second confirms it.
CREATE TABLE account_signature (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    mandate  BIGINT NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);
ALTER TABLE account_confirmation ADD COLUMN first TEXT COLLATE "C" CHECK (first <> '' AND first <> actor);
