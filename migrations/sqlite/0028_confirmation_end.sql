-- Two people withdraw what a person has confirmed of an account's balance: nothing else ends it.
CREATE TABLE confirmation_end (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    confirmation  INTEGER NOT NULL UNIQUE REFERENCES confirmation (id),
    reason        TEXT NOT NULL CHECK (reason <> ''),
    actor         TEXT NOT NULL CHECK (actor <> ''),
    second        TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;
