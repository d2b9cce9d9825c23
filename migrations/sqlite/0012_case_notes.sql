-- What people say of a case: a comment (its text stands in personal, for it may name somebody), or whose it is now ('' for nobody's).
CREATE TABLE case_note (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    case_file  INTEGER NOT NULL REFERENCES case_file (id),
    day        TEXT NOT NULL CHECK (day = date(day)),
    actor      TEXT NOT NULL CHECK (actor <> ''),
    owner      TEXT,
    comment    INTEGER REFERENCES personal (id),
    CHECK ((owner IS NULL) <> (comment IS NULL))
) STRICT;
CREATE INDEX case_note_by_case ON case_note (case_file);
