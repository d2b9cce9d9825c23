-- Nobody gets rights by one person alone: who confirmed what another gave, and whether a password is an administrator's, which
-- works once, to set an own one.
ALTER TABLE staff ADD COLUMN second TEXT CHECK (second <> '' AND second <> actor AND second <> name);
ALTER TABLE staff ADD COLUMN once INTEGER CHECK (once = 1);

-- What one person gave another, and what is in force once a second has confirmed it: roles, or a password (its digest).
CREATE TABLE staff_request (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    roles       TEXT CHECK (roles <> ''),
    credential  TEXT CHECK (credential <> ''),
    actor       TEXT NOT NULL CHECK (actor <> '' AND actor <> name),
    CHECK ((roles IS NULL) <> (credential IS NULL)),
    UNIQUE (id, actor, name)
) STRICT;

-- The second person's answer. `asked_by` and `name` repeat those of the request, so that nobody confirms what he asked for, or
-- what he is given.
CREATE TABLE staff_answer (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    staff_request  INTEGER NOT NULL UNIQUE,
    answer         TEXT NOT NULL CHECK (answer IN ('confirmed', 'withdrawn')),
    actor          TEXT NOT NULL CHECK (actor <> ''),
    asked_by       TEXT NOT NULL,
    name           TEXT NOT NULL,
    CHECK (answer <> 'confirmed' OR (actor <> asked_by AND actor <> name)),
    FOREIGN KEY (staff_request, asked_by, name) REFERENCES staff_request (id, actor, name)
) STRICT;

-- No fact: the password that waits for a second person, as argon2 keeps it.
CREATE TABLE credential_asked (
    staff_request  INTEGER PRIMARY KEY,
    hash           TEXT NOT NULL
) STRICT, WITHOUT ROWID;
