-- What a debit at the bank takes beside its claims: books that learned of it from its file had no more free. The item is the
-- one that it was for by its text; what becomes free of that, or else of its Kassenzeichen, is for it.
CREATE TABLE unclaimed (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    UNIQUE (debit, item)
);
