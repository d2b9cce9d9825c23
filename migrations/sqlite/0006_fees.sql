-- A recorded decision to waive late fees: who decided it, under which number, for which claims, and why. Two people answer
-- for the record.
CREATE TABLE fee_waiver (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    decided        TEXT NOT NULL CHECK (decided = date(decided)),
    authority      TEXT NOT NULL CHECK (authority <> ''),
    file_number    TEXT NOT NULL CHECK (file_number <> ''),
    ground         TEXT NOT NULL CHECK (ground <> ''),
    scope          TEXT NOT NULL CHECK (scope IN ('outage', 'kind', 'kassenzeichen', 'item')),
    kind           TEXT,
    kassenzeichen  TEXT,
    item           INTEGER REFERENCES item (id),
    due_from       TEXT CHECK (due_from = date(due_from)),
    due_until      TEXT CHECK (due_until = date(due_until)),
    actor          TEXT NOT NULL CHECK (actor <> ''),
    second         TEXT NOT NULL CHECK (second <> '' AND second <> actor),
    CHECK ((scope = 'kind') = (kind IS NOT NULL)),
    CHECK ((scope IN ('kassenzeichen', 'item')) = (kassenzeichen IS NOT NULL)),
    CHECK ((scope = 'item') = (item IS NOT NULL)),
    CHECK (scope <> 'outage' OR (due_from IS NOT NULL AND due_until IS NOT NULL)),
    CHECK (due_from <= due_until)
) STRICT;

-- The counter-entry that withdraws such a decision; it is withdrawn once.
CREATE TABLE fee_withdrawal (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    fee_waiver  INTEGER NOT NULL UNIQUE REFERENCES fee_waiver (id),
    reason      TEXT NOT NULL CHECK (reason <> ''),
    actor       TEXT NOT NULL CHECK (actor <> ''),
    second      TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;
