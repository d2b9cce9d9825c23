-- What a later list says of items without naming them, or of what was paid elsewhere, holds them until a person decides: such
-- a hold names the list. ground: 'left_out' (the list repeats its levy and does not name the item), 'paid' (the list says
-- that more was paid than is known here).
ALTER TABLE hand_hold ADD COLUMN source_file INTEGER REFERENCES source_file (id);
ALTER TABLE hand_hold ADD COLUMN ground TEXT CHECK (ground IN ('left_out', 'paid'));

-- Why a list's hold ended: a later list names the item again, the list was partial, or a person says that it is still owed.
ALTER TABLE hold_lift ADD COLUMN ground TEXT CHECK (ground IN ('named', 'partial', 'owed'));

-- What a list says is due to the debtor under a Kassenzeichen: it lowers what is collected there. The newest of a
-- Kassenzeichen and posten counts; 0 where a later list has it no more as a credit.
CREATE TABLE credit_note (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    source_file    INTEGER NOT NULL REFERENCES source_file (id),
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> ''),
    posten         TEXT NOT NULL CHECK (posten <> ''),
    kind           TEXT NOT NULL,
    due            TEXT NOT NULL CHECK (due = date(due)),
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    debtor         INTEGER NOT NULL REFERENCES personal (id)
) STRICT;
