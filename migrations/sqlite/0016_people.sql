-- Who works with the program. The newest row of a name counts. `credential` is the digest of what stands in the table of
-- that name, so that a password that was changed by hand is found.
CREATE TABLE staff (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    roles       TEXT NOT NULL,
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    credential  TEXT,
    actor       TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- How the people who answer for a journal entry were proven; none where nobody is registered.
CREATE TABLE proof (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    actor    TEXT NOT NULL CHECK (actor <> ''),
    manner   TEXT NOT NULL CHECK (manner IN ('password', 'token', 'session'))
) STRICT;

-- A token acts as a person, with the rights that its scopes leave. Stored is its digest alone.
CREATE TABLE access_token (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    staff    TEXT NOT NULL CHECK (staff <> ''),
    label    TEXT NOT NULL CHECK (label <> ''),
    scopes   TEXT NOT NULL,
    digest   TEXT NOT NULL UNIQUE,
    until    TEXT CHECK (until = date(until)),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;

CREATE TABLE access_token_end (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    access_token  INTEGER NOT NULL UNIQUE REFERENCES access_token (id),
    actor         TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- Who asked about whom (§ 30 AO), and by which features the caller was known.
CREATE TABLE inquiry (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> ''),
    features       TEXT NOT NULL CHECK (features <> ''),
    day            TEXT NOT NULL CHECK (day = date(day)),
    actor          TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- No facts: passwords as argon2 keeps them, who is logged in, and which orders were carried out already.
CREATE TABLE credential (
    staff  TEXT PRIMARY KEY,
    hash   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Moments are seconds since 1970.
CREATE TABLE web_session (
    digest  TEXT PRIMARY KEY,
    staff   TEXT NOT NULL,
    began   INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    agent   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE done_once (
    digest   TEXT PRIMARY KEY,
    journal  INTEGER NOT NULL,
    request  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
