-- The second factor of a person: the secret that an authenticator program shares (TOTP, RFC 6238), and the time step of the
-- last code that was used. No facts: who set or ended one stands in the journal.
CREATE TABLE second_factor (
    staff   TEXT PRIMARY KEY,
    secret  TEXT NOT NULL,
    step    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes for a lost device, as digests; a used one is deleted.
CREATE TABLE recovery_code (
    digest  TEXT PRIMARY KEY,
    staff   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
