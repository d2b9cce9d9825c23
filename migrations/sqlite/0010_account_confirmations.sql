-- An account that a later list gave a mandate takes effect when a person has confirmed it: the row that names it.
CREATE TABLE account_confirmation (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    mandate  INTEGER NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;
