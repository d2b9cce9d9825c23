-- A debit that the bank is asked to give up before it is settled (recall, camt.055), or that we ask to be given back to its payer
-- after (reversal, pain.007). It is a wish: the debit lives until a report or a booking says what became of it.
CREATE TABLE debit_recall (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    kind     TEXT NOT NULL CHECK (kind IN ('recall', 'reversal')),
    day      TEXT NOT NULL CHECK (day = date(day)),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (debit, kind)
) STRICT;
