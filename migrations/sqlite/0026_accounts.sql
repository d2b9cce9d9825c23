-- An account that nobody in person brought in is confirmed by two: the first of them signs here, the second confirms it.
CREATE TABLE account_signature (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    mandate  INTEGER NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;
ALTER TABLE account_confirmation ADD COLUMN first TEXT CHECK (first <> '' AND first <> actor);
