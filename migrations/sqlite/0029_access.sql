-- Who logged in, who tried, and whose data was shown to whom (§ 30 AO). No facts of the books: a row ends with its
-- retention. A name that nobody has is empty: it may be a password that was typed in the wrong field.
CREATE TABLE access_log (
    id       INTEGER PRIMARY KEY,
    at       TEXT NOT NULL CHECK (at <> ''),
    person   TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('login', 'failed', 'logout', 'refused', 'export', 'read', 'look', 'limit')),
    what     TEXT NOT NULL,
    way      TEXT NOT NULL CHECK (way IN ('page', 'api', 'command')),
    address  TEXT NOT NULL
) STRICT;

CREATE INDEX access_log_at ON access_log (at);
CREATE INDEX access_log_person ON access_log (person, kind, at);
