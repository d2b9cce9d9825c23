-- What another system's debit file tells of instalments that recur: no debt by itself, for what it collected is long collected.
CREATE TABLE pattern (
    id                INTEGER PRIMARY KEY,
    journal           INTEGER NOT NULL,
    seal              INTEGER NOT NULL,
    source_file       INTEGER NOT NULL REFERENCES source_file (id),
    kassenzeichen     TEXT NOT NULL CHECK (kassenzeichen <> ''),
    kind              TEXT NOT NULL CHECK (kind <> ''),
    amount            INTEGER NOT NULL CHECK (amount > 0),
    mandate_reference TEXT NOT NULL CHECK (mandate_reference <> ''),
    collected         TEXT NOT NULL CHECK (collected = date(collected)),
    debtor            INTEGER NOT NULL REFERENCES personal (id)
) STRICT;

-- An item that was made from a pattern: nobody has said that it is owed. What a later list says of it takes that back.
ALTER TABLE assessment ADD COLUMN unconfirmed INTEGER CHECK (unconfirmed = 1);
