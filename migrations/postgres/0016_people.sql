-- Who works with the program. The newest row of a name counts. `credential` is the digest of what stands in the table of
-- that name, so that a password that was changed by hand is found.
CREATE TABLE staff (
    id          BIGINT PRIMARY KEY,
    journal     BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    name        TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    roles       TEXT COLLATE "C" NOT NULL,
    active      BIGINT NOT NULL CHECK (active IN (0, 1)),
    credential  TEXT COLLATE "C",
    actor       TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- How the people who answer for a journal entry were proven; none where nobody is registered.
CREATE TABLE proof (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    manner   TEXT COLLATE "C" NOT NULL CHECK (manner IN ('password', 'token', 'session'))
);

-- A token acts as a person, with the rights that its scopes leave. Stored is its digest alone.
CREATE TABLE access_token (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    staff    TEXT COLLATE "C" NOT NULL CHECK (staff <> ''),
    label    TEXT COLLATE "C" NOT NULL CHECK (label <> ''),
    scopes   TEXT COLLATE "C" NOT NULL,
    digest   TEXT COLLATE "C" NOT NULL UNIQUE,
    until    DATE CHECK (isfinite(until)),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

CREATE TABLE access_token_end (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    access_token  BIGINT NOT NULL UNIQUE REFERENCES access_token (id),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- Who asked about whom (§ 30 AO), and by which features the caller was known.
CREATE TABLE inquiry (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    features       TEXT COLLATE "C" NOT NULL CHECK (features <> ''),
    day            DATE NOT NULL CHECK (isfinite(day)),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- No facts: passwords as argon2 keeps them, who is logged in, and which orders were carried out already.
CREATE TABLE credential (
    staff  TEXT COLLATE "C" PRIMARY KEY,
    hash   TEXT COLLATE "C" NOT NULL
);

-- Moments are seconds since 1970.
CREATE TABLE web_session (
    digest  TEXT COLLATE "C" PRIMARY KEY,
    staff   TEXT COLLATE "C" NOT NULL,
    began   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE done_once (
    digest   TEXT COLLATE "C" PRIMARY KEY,
    journal  BIGINT NOT NULL,
    request  TEXT COLLATE "C" NOT NULL
);
