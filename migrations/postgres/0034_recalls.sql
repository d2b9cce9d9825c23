-- A debit that the bank is asked to give up before it is settled (recall, camt.055), or that we ask to be given back to its payer
-- after (reversal, pain.007). It is a wish: the debit lives until a report or a booking says what became of it.
CREATE TABLE debit_recall (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind IN ('recall', 'reversal')),
    day      DATE NOT NULL CHECK (isfinite(day)),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    UNIQUE (debit, kind)
);
