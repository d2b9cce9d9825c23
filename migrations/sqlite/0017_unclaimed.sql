-- What a debit at the bank takes beside its claims: books that learned of it from its file had no more free. The item is the
-- one that it was for by its text; what becomes free of that, or else of its Kassenzeichen, is for it.
CREATE TABLE unclaimed (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    UNIQUE (debit, item)
) STRICT;
