-- What another system's debit file tells of instalments that recur: no debt by itself, for what it collected is long collected.
CREATE TABLE pattern (
    id                BIGINT PRIMARY KEY,
    journal           BIGINT NOT NULL,
    seal              BIGINT NOT NULL,
    source_file       BIGINT NOT NULL REFERENCES source_file (id),
    kassenzeichen     TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    kind              TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    amount            BIGINT NOT NULL CHECK (amount > 0),
    mandate_reference TEXT COLLATE "C" NOT NULL CHECK (mandate_reference <> ''),
    collected         DATE NOT NULL CHECK (isfinite(collected)),
    debtor            BIGINT NOT NULL REFERENCES personal (id)
);

-- An item that was made from a pattern: nobody has said that it is owed. What a later list says of it takes that back.
ALTER TABLE assessment ADD COLUMN unconfirmed BIGINT CHECK (unconfirmed = 1);
