-- The books. Rows that say what happened (facts) are only ever added; each names the journal entry that added it and
-- carries a seal over its own values, and the journal's chain carries a digest of all of them. No foreign key leads
-- to the journal: its entry is written last; `verify` proves that link. Amounts are cents, moments seconds since 1970
-- or RFC 3339. Text is compared byte by byte, as in SQLite. What is no fact says so.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation';
END $$;

-- =====================================
-- The journal, and what the books go by
-- =====================================

-- What was done, by whom, when and why; each entry carries the digest of the one before it.
CREATE TABLE journal (
    seq           BIGINT PRIMARY KEY,
    at            TEXT COLLATE "C" NOT NULL,
    business_day  DATE NOT NULL CHECK (isfinite(business_day)),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    action        TEXT COLLATE "C" NOT NULL,
    subject       TEXT COLLATE "C" NOT NULL,
    reason        TEXT COLLATE "C" NOT NULL,
    previous      TEXT COLLATE "C" NOT NULL,
    hash          TEXT COLLATE "C" NOT NULL UNIQUE
);
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON journal EXECUTE FUNCTION refuse('the journal is append-only');

-- How many rows of each table a journal entry added, and their digest.
CREATE TABLE journal_facts (
    journal     BIGINT NOT NULL REFERENCES journal (seq) DEFERRABLE INITIALLY DEFERRED,
    table_name  TEXT COLLATE "C" NOT NULL,
    row_count   BIGINT NOT NULL CHECK (row_count > 0),
    digest      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (journal, table_name)
);
CREATE TRIGGER journal_facts_are_never_changed BEFORE UPDATE ON journal_facts
    FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_facts_are_never_deleted BEFORE DELETE ON journal_facts
    FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_facts_are_never_emptied BEFORE TRUNCATE ON journal_facts
    EXECUTE FUNCTION refuse('the journal is append-only');

-- What the books know of themselves from the first day on: their code, and the name of the town.
CREATE TABLE setting (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL UNIQUE,
    value    TEXT COLLATE "C" NOT NULL
);

-- What changed in the settings since the last change of the books: a row per key, with what stood there before and
-- after.
CREATE TABLE setting_change (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    name          TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    before_value  TEXT COLLATE "C",
    after_value   TEXT COLLATE "C"
);

-- Two people say that the books go on at an earlier business day: an entry was made under a date that had not come.
CREATE TABLE day_correction (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    day      DATE NOT NULL CHECK (isfinite(day)),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- What became of these books as a whole: restored from a backup or copied from elsewhere (then ids for the bank carry
-- a new part from here on, and nothing is collected until two people vouch for the payment files), unlocked again,
-- retired because they go on elsewhere, or revived because the copy never had an entry of its own.
CREATE TABLE instance_event (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind IN ('restored', 'copied', 'unlocked', 'retired', 'revived')),
    code     TEXT COLLATE "C" CHECK (code <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" CHECK (second <> '' AND second <> actor),
    note     TEXT COLLATE "C" NOT NULL,
    CHECK ((kind IN ('restored', 'copied')) = (code IS NOT NULL)),
    CHECK ((kind IN ('unlocked', 'revived')) = (second IS NOT NULL))
);

-- No fact: these books are a backup, made at this moment; nothing is changed in them. What is restored from them has
-- no such row.
CREATE TABLE backup_mark (
    made_at  TEXT COLLATE "C" PRIMARY KEY CHECK (made_at <> '')
);

-- ===============================
-- People, and how they are proven
-- ===============================

-- Who works with the program. The newest row of a name counts. `credential` is the digest of what stands in the table
-- of that name, so that a password that was changed by hand is found. once: an administrator has set the password; it
-- serves to set an own one. Nobody gets rights by one person alone: second is who confirmed what another gave.
CREATE TABLE staff (
    id          BIGINT PRIMARY KEY,
    journal     BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    name        TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    roles       TEXT COLLATE "C" NOT NULL,
    active      BIGINT NOT NULL CHECK (active IN (0, 1)),
    credential  TEXT COLLATE "C",
    actor       TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second      TEXT COLLATE "C" CHECK (second <> '' AND second <> actor AND second <> name),
    once        BIGINT CHECK (once = 1)
);

-- What one person gave another, and what is in force once a second has confirmed it: roles, or a password (its
-- digest).
CREATE TABLE staff_request (
    id          BIGINT PRIMARY KEY,
    journal     BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    name        TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    roles       TEXT COLLATE "C" CHECK (roles <> ''),
    credential  TEXT COLLATE "C" CHECK (credential <> ''),
    actor       TEXT COLLATE "C" NOT NULL CHECK (actor <> '' AND actor <> name),
    CHECK ((roles IS NULL) <> (credential IS NULL)),
    UNIQUE (id, actor, name)
);

-- The second person's answer. `asked_by` and `name` repeat those of the request, so that nobody confirms what he
-- asked for, or what he is given.
CREATE TABLE staff_answer (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    staff_request  BIGINT NOT NULL UNIQUE,
    answer         TEXT COLLATE "C" NOT NULL CHECK (answer IN ('confirmed', 'withdrawn')),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    asked_by       TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    CHECK (answer <> 'confirmed' OR (actor <> asked_by AND actor <> name))
);

-- How the people who answer for a journal entry were proven; none where nobody is registered.
CREATE TABLE proof (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    manner   TEXT COLLATE "C" NOT NULL CHECK (manner IN ('password', 'token', 'session'))
);

-- A token acts as a person, with the rights that its scopes leave. Stored is its digest alone.
CREATE TABLE access_token (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    staff    TEXT COLLATE "C" NOT NULL CHECK (staff <> ''),
    label    TEXT COLLATE "C" NOT NULL CHECK (label <> ''),
    scopes   TEXT COLLATE "C" NOT NULL,
    digest   TEXT COLLATE "C" NOT NULL UNIQUE,
    until    DATE CHECK (isfinite(until)),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- A token that is good for nothing any more.
CREATE TABLE access_token_end (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    access_token  BIGINT NOT NULL UNIQUE REFERENCES access_token (id),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- No fact: passwords as argon2 keeps them.
CREATE TABLE credential (
    staff  TEXT COLLATE "C" PRIMARY KEY,
    hash   TEXT COLLATE "C" NOT NULL
);

-- No fact: the password that waits for a second person, as argon2 keeps it.
CREATE TABLE credential_asked (
    staff_request  BIGINT PRIMARY KEY,
    hash           TEXT COLLATE "C" NOT NULL
);

-- The second factor of a person: the secret that an authenticator program shares (TOTP, RFC 6238), and the time step
-- of the last code that was used. No facts: who set or ended one stands in the journal.
CREATE TABLE second_factor (
    staff   TEXT COLLATE "C" PRIMARY KEY,
    secret  TEXT COLLATE "C" NOT NULL,
    step    BIGINT NOT NULL
);

-- Codes for a lost device, as digests; a used one is deleted.
CREATE TABLE recovery_code (
    digest  TEXT COLLATE "C" PRIMARY KEY,
    staff   TEXT COLLATE "C" NOT NULL
);

-- No fact: who is logged in. Moments are seconds since 1970; proved: when the person last typed the own password
-- there.
CREATE TABLE web_session (
    digest  TEXT COLLATE "C" PRIMARY KEY,
    staff   TEXT COLLATE "C" NOT NULL,
    began   BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    proved  BIGINT NOT NULL DEFAULT 0
);

-- No fact: requests of programs that were carried out already, each by the key that it came with.
CREATE TABLE done_once (
    digest   TEXT COLLATE "C" PRIMARY KEY,
    journal  BIGINT NOT NULL,
    request  TEXT COLLATE "C" NOT NULL
);

-- Who logged in, who tried, and whose data was shown to whom (§ 30 AO). No facts of the books: a row ends with its
-- retention. A name that nobody has is empty: it may be a password that was typed in the wrong field.
CREATE TABLE access_log (
    id       BIGINT PRIMARY KEY,
    at       TEXT COLLATE "C" NOT NULL CHECK (at <> ''),
    person   TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL
            CHECK (kind IN ('login', 'failed', 'logout', 'refused', 'export', 'read', 'look', 'limit')),
    what     TEXT COLLATE "C" NOT NULL,
    way      TEXT COLLATE "C" NOT NULL CHECK (way IN ('page', 'api', 'command')),
    address  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX access_log_at ON access_log (at);
CREATE INDEX access_log_person ON access_log (person, kind, at);

-- ===============
-- Files and names
-- ===============

-- What names a person. Sealed is only the commitment, the digest of a random key and the values:
-- key and values can be erased one day, and the chain still holds.
CREATE TABLE personal (
    id               BIGINT PRIMARY KEY,
    journal          BIGINT NOT NULL,
    seal             BIGINT NOT NULL,
    commitment       TEXT COLLATE "C" NOT NULL,
    key              TEXT COLLATE "C",
    name             TEXT COLLATE "C",
    address          TEXT COLLATE "C",
    iban             TEXT COLLATE "C",
    other_iban       TEXT COLLATE "C",
    text             TEXT COLLATE "C",
    additional       TEXT COLLATE "C",
    -- whose debt is paid, and the text beside the structured references
    ultimate_debtor  TEXT COLLATE "C" CHECK (key IS NOT NULL OR ultimate_debtor IS NULL),
    structured_text  TEXT COLLATE "C" CHECK (key IS NOT NULL OR structured_text IS NULL),
    CHECK (key IS NOT NULL OR (name IS NULL AND address IS NULL AND iban IS NULL AND other_iban IS NULL
        AND text IS NULL AND additional IS NULL))
);

-- A file that was read.
CREATE TABLE source_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    sha256   TEXT COLLATE "C" NOT NULL UNIQUE,
    as_of    DATE CHECK (isfinite(as_of)),
    -- members of a container that were refused: the file is read again when asked
    refused  BIGINT CHECK (refused >= 0),
    -- where the bytes are kept as they were received; empty: they are not
    kept     TEXT COLLATE "C" CHECK (kept IN ('database', 'folder'))
);

-- Files as they were received and sent, by their digest: compressed (zlib), cut into parts, each in base64. These are
-- no facts of their own: the digest that a fact names proves them, and what must be erased one day can be.
CREATE TABLE archive (
    sha256   TEXT COLLATE "C" NOT NULL,
    part     BIGINT NOT NULL,
    content  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (sha256, part)
);

-- ==========
-- Statements
-- ==========

-- A statement proves balances; an advice (camt.054) only tells what a booking of a statement consists of.
CREATE TABLE statement (
    id               BIGINT PRIMARY KEY,
    journal          BIGINT NOT NULL,
    seal             BIGINT NOT NULL,
    source_file      BIGINT NOT NULL REFERENCES source_file (id),
    identity         TEXT COLLATE "C" NOT NULL UNIQUE,
    kind             TEXT COLLATE "C" NOT NULL CHECK (kind IN ('statement', 'advice')),
    member           TEXT COLLATE "C" NOT NULL,
    message          TEXT COLLATE "C" NOT NULL,
    account          TEXT COLLATE "C" NOT NULL,
    statement_id     TEXT COLLATE "C",
    sequence         BIGINT,
    first_day        DATE NOT NULL CHECK (isfinite(first_day)),
    last_day         DATE NOT NULL CHECK (isfinite(last_day)),
    opening          BIGINT,
    closing          BIGINT,
    movement         BIGINT NOT NULL,
    finding          TEXT COLLATE "C",
    -- what joins the pages of a statement, and tells that one is missing; a balance is interim where another page
    -- goes on from it or ends on it
    legal_sequence   BIGINT,
    page             BIGINT,
    last_page        BIGINT CHECK (last_page IN (0, 1)),
    opening_interim  BIGINT CHECK (opening_interim IN (0, 1)),
    closing_interim  BIGINT CHECK (closing_interim IN (0, 1)),
    -- 1: an intraday report (camt.052, MT942), provisional until a statement tells of it
    provisional      BIGINT CHECK (provisional IN (0, 1))
);

-- What a person has confirmed of an account's balance: the first one we know of, or that nothing moved until a day.
CREATE TABLE confirmation (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    account  TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind IN ('opening', 'quiet')),
    day      DATE NOT NULL CHECK (isfinite(day)),
    balance  BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- Two people withdraw what a person has confirmed of an account's balance: nothing else ends it.
CREATE TABLE confirmation_end (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    confirmation  BIGINT NOT NULL UNIQUE REFERENCES confirmation (id),
    reason        TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second        TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- Two people correct the last bank day that the old system had posted; empty: it had posted nothing.
CREATE TABLE as_of_correction (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    as_of    DATE CHECK (isfinite(as_of)),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- Two people say that an account's statements are asked for no more, though they were once: it was closed.
CREATE TABLE account_end (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    account  TEXT COLLATE "C" NOT NULL CHECK (account <> ''),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- An entry of a statement: one movement of the account, with one or more bookings.
CREATE TABLE entry (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    statement  BIGINT NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    position   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,
    details    BIGINT NOT NULL,
    booked     DATE NOT NULL CHECK (isfinite(booked)),
    finding    TEXT COLLATE "C",
    -- how many transactions the bank says that it is made of (Btch/NbOfTxs): more than it tells of are money of
    -- people unseen
    announced  BIGINT,
    UNIQUE (statement, position)
);

-- One payment: an entry, or one of the details of a batch.
CREATE TABLE booking (
    id                    BIGINT PRIMARY KEY,
    journal               BIGINT NOT NULL,
    seal                  BIGINT NOT NULL,
    entry                 BIGINT NOT NULL REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    identity              TEXT COLLATE "C" NOT NULL UNIQUE,
    account               TEXT COLLATE "C" NOT NULL,
    reference             TEXT COLLATE "C" NOT NULL,
    amount                BIGINT NOT NULL CHECK (amount <> 0),
    booked                DATE NOT NULL CHECK (isfinite(booked)),
    valued                DATE CHECK (isfinite(valued)),
    end_to_end_id         TEXT COLLATE "C",
    mandate_reference     TEXT COLLATE "C",
    structured_reference  TEXT COLLATE "C",
    entry_reference       TEXT COLLATE "C",
    batch_reference       TEXT COLLATE "C",
    bank_code             TEXT COLLATE "C",
    proprietary_code      TEXT COLLATE "C",
    class                 TEXT COLLATE "C" NOT NULL,
    return_reason         TEXT COLLATE "C",
    reversal              BIGINT NOT NULL CHECK (reversal IN (0, 1)),
    finding               TEXT COLLATE "C",
    personal              BIGINT NOT NULL REFERENCES personal (id),
    -- the account's balance before it, where its statement fits together: it tells twins apart
    balance_before        BIGINT,
    -- the order's name in the payer's program, and every further structured reference and document's number, a line
    -- each
    instruction_id        TEXT COLLATE "C",
    further_references    TEXT COLLATE "C",
    -- the booking for which it stands, with the other details of its entry: a statement told that one without details
    stands_for            BIGINT REFERENCES booking (id),
    -- what the bank charged, and what was instructed: in a return the amount without charges, in hundredths of its
    -- currency
    charges               BIGINT,
    original_amount       BIGINT,
    original_currency     TEXT COLLATE "C",
    -- what pairs bookings: the message that caused a batch or tells its details, and whose debits they are
    message_id            TEXT COLLATE "C",
    creditor_id           TEXT COLLATE "C"
);
CREATE INDEX booking_by_day ON booking (account, booked);
CREATE INDEX booking_by_entry ON booking (entry);

-- A booking that a later statement tells again: what was skipped, and what it equals.
CREATE TABLE sighting (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    statement  BIGINT NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    booking    BIGINT NOT NULL REFERENCES booking (id)
);
CREATE INDEX sighting_by_statement ON sighting (statement);

-- =====================================
-- Who owes what, and who may be debited
-- =====================================

-- An instalment that a town claims, by its Kassenzeichen and its number there.
CREATE TABLE item (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    kassenzeichen  TEXT COLLATE "C" NOT NULL,
    posten         TEXT COLLATE "C" NOT NULL,
    UNIQUE (kassenzeichen, posten)
);

-- What an item's list said of it; the newest counts.
CREATE TABLE assessment (
    id                 BIGINT PRIMARY KEY,
    journal            BIGINT NOT NULL,
    seal               BIGINT NOT NULL,
    source_file        BIGINT NOT NULL REFERENCES source_file (id),
    item               BIGINT NOT NULL REFERENCES item (id),
    kind               TEXT COLLATE "C" NOT NULL,
    due                DATE NOT NULL CHECK (isfinite(due)),
    amount             BIGINT NOT NULL CHECK (amount >= 0),
    paid_before        BIGINT NOT NULL CHECK (paid_before BETWEEN 0 AND amount),
    mahngebuehr        BIGINT NOT NULL CHECK (mahngebuehr >= 0),
    saeumniszuschlag   BIGINT NOT NULL CHECK (saeumniszuschlag >= 0),
    mandate_reference  TEXT COLLATE "C",
    debtor             BIGINT NOT NULL REFERENCES personal (id),
    -- which late fee the item is; empty for principal
    fee                TEXT COLLATE "C" CHECK (fee IN ('mahngebuehr', 'saeumniszuschlag')),
    -- 1: made from a pattern, and nobody has said that it is owed; what a later list says takes that back
    unconfirmed        BIGINT CHECK (unconfirmed = 1)
);
CREATE INDEX assessment_by_item ON assessment (item, id);
-- A fee stays a fee, and principal stays principal, whatever a later list says.
CREATE FUNCTION keep_what_an_item_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS DISTINCT FROM NEW.fee) THEN
        RAISE EXCEPTION 'a fee stays a fee, and principal stays principal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_keeps_what_an_item_is BEFORE INSERT ON assessment
    FOR EACH ROW EXECUTE FUNCTION keep_what_an_item_is();

-- The counters of an item. The constraint is the promise: nothing is claimed twice.
-- amount is the newest assessed amount; where money already stood above a reduced assessment, what stood, but never
-- more than was once assessed.
CREATE TABLE item_state (
    item           BIGINT PRIMARY KEY REFERENCES item (id),
    amount         BIGINT NOT NULL,
    transferred    BIGINT NOT NULL CHECK (transferred >= 0),
    in_collection  BIGINT NOT NULL CHECK (in_collection >= 0),
    collected      BIGINT NOT NULL CHECK (collected >= 0),
    run            BIGINT,
    CHECK (transferred + in_collection + collected <= amount),
    CHECK (in_collection = 0 OR run IS NOT NULL)
);

-- What a list says is due to the debtor under a Kassenzeichen: it lowers what is collected there. The newest of a
-- Kassenzeichen and posten counts; 0 where a later list has it no more as a credit.
CREATE TABLE credit_note (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    source_file    BIGINT NOT NULL REFERENCES source_file (id),
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    posten         TEXT COLLATE "C" NOT NULL CHECK (posten <> ''),
    kind           TEXT COLLATE "C" NOT NULL,
    due            DATE NOT NULL CHECK (isfinite(due)),
    amount         BIGINT NOT NULL CHECK (amount >= 0),
    debtor         BIGINT NOT NULL REFERENCES personal (id)
);

-- A list of old references: what a reference leads to now. The newest row of an old reference counts.
CREATE TABLE alias (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    source_file    BIGINT NOT NULL REFERENCES source_file (id),
    old            TEXT COLLATE "C" NOT NULL CHECK (old <> ''),
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> '')
);

-- What another system's debit file tells of instalments that recur: no debt by itself, for what it collected is long
-- collected.
CREATE TABLE pattern (
    id                 BIGINT PRIMARY KEY,
    journal            BIGINT NOT NULL,
    seal               BIGINT NOT NULL,
    source_file        BIGINT NOT NULL REFERENCES source_file (id),
    kassenzeichen      TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    kind               TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    amount             BIGINT NOT NULL CHECK (amount > 0),
    mandate_reference  TEXT COLLATE "C" NOT NULL CHECK (mandate_reference <> ''),
    collected          DATE NOT NULL CHECK (isfinite(collected)),
    debtor             BIGINT NOT NULL REFERENCES personal (id)
);

-- What a list said of a mandate; the newest of a reference and Kassenzeichen counts.
CREATE TABLE mandate (
    id               BIGINT PRIMARY KEY,
    journal          BIGINT NOT NULL,
    seal             BIGINT NOT NULL,
    source_file      BIGINT NOT NULL REFERENCES source_file (id),
    reference        TEXT COLLATE "C" NOT NULL,
    kassenzeichen    TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL CHECK (status IN ('aktiv', 'widerrufen')),
    scheme           TEXT COLLATE "C" NOT NULL CHECK (scheme IN ('CORE', 'B2B')),
    one_off          BIGINT NOT NULL CHECK (one_off IN (0, 1)),
    signed           DATE NOT NULL CHECK (isfinite(signed)),
    last_used        DATE CHECK (isfinite(last_used)),
    old_reference    TEXT COLLATE "C",
    creditor_id      TEXT COLLATE "C",
    old_creditor_id  TEXT COLLATE "C",
    holder           BIGINT NOT NULL REFERENCES personal (id)
);

-- An account that nobody in person brought in is confirmed by two: the first of them signs here.
CREATE TABLE account_signature (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    mandate  BIGINT NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- An account that a later list gave a mandate takes effect when two people have confirmed it, or one who brought it
-- in person.
CREATE TABLE account_confirmation (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    mandate  BIGINT NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    first    TEXT COLLATE "C" CHECK (first <> '' AND first <> actor)
);

-- =========================
-- How bookings were decided
-- =========================

-- How a booking was decided; the newest counts. pair: the booking that it is paired with, such as the credit that
-- went back, or the other side of a transfer between the town's own accounts.
CREATE TABLE verdict (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    booking        BIGINT NOT NULL REFERENCES booking (id),
    decision       TEXT COLLATE "C" NOT NULL
            CHECK (decision IN ('auto', 'clerk', 'case', 'other', 'returned', 'settlement', 'transfer', 'refund',
            'debit_return', 'fee')),
    by_person      BIGINT NOT NULL CHECK (by_person IN (0, 1)),
    rules          TEXT COLLATE "C" NOT NULL,
    decided_on     DATE NOT NULL CHECK (isfinite(decided_on)),
    confidence     BIGINT CHECK (confidence BETWEEN 0 AND 1000000),
    hold_complete  BIGINT NOT NULL CHECK (hold_complete IN (0, 1)),
    wait_until     DATE CHECK (isfinite(wait_until)),
    evidence       TEXT COLLATE "C" NOT NULL,
    pair           BIGINT REFERENCES booking (id)
);
CREATE INDEX verdict_by_booking ON verdict (booking, id);

-- What of a booking pays which item; negative where it was taken back.
CREATE TABLE allocation (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    verdict  BIGINT NOT NULL REFERENCES verdict (id),
    booking  BIGINT NOT NULL REFERENCES booking (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount <> 0)
);
CREATE INDEX allocation_by_booking ON allocation (booking);

-- A booking that a person must or once had to decide; its id is the number of the case.
CREATE TABLE case_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    booking  BIGINT NOT NULL UNIQUE REFERENCES booking (id)
);

-- What people say of a case: a comment (its text stands in personal, for it may name somebody), or whose it is now
-- ('' for nobody's).
CREATE TABLE case_note (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    case_file  BIGINT NOT NULL REFERENCES case_file (id),
    day        DATE NOT NULL CHECK (isfinite(day)),
    actor      TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    owner      TEXT COLLATE "C",
    comment    BIGINT REFERENCES personal (id),
    CHECK ((owner IS NULL) <> (comment IS NULL))
);
CREATE INDEX case_note_by_case ON case_note (case_file);

-- What a verdict keeps out of direct debit, as long as it is its booking's newest.
CREATE TABLE hold (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    verdict  BIGINT NOT NULL REFERENCES verdict (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    reason   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX hold_by_verdict ON hold (verdict);

-- ===================================
-- What was put off, waived and closed
-- ===================================

-- A day as two people have closed it, account by account: what is corrected later is an entry of a later day.
CREATE TABLE day_close (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    day       DATE NOT NULL CHECK (isfinite(day)),
    account   TEXT COLLATE "C" NOT NULL,
    opening   BIGINT NOT NULL,
    incoming  BIGINT NOT NULL CHECK (incoming >= 0),
    outgoing  BIGINT NOT NULL CHECK (outgoing >= 0),
    closing   BIGINT NOT NULL,
    posted    BIGINT NOT NULL,
    in_doubt  BIGINT NOT NULL,
    other     BIGINT NOT NULL,
    head      BIGINT NOT NULL,
    hash      TEXT COLLATE "C" NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second    TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor),
    UNIQUE (day, account),
    CHECK (opening + incoming - outgoing = closing),
    CHECK (posted + in_doubt + other = incoming)
);

-- A recorded decision to waive late fees: who decided it, under which number, for which claims, and why. Two people
-- answer for the record.
CREATE TABLE fee_waiver (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    decided        DATE NOT NULL CHECK (isfinite(decided)),
    authority      TEXT COLLATE "C" NOT NULL CHECK (authority <> ''),
    file_number    TEXT COLLATE "C" NOT NULL CHECK (file_number <> ''),
    ground         TEXT COLLATE "C" NOT NULL CHECK (ground <> ''),
    scope          TEXT COLLATE "C" NOT NULL CHECK (scope IN ('outage', 'kind', 'kassenzeichen', 'item')),
    kind           TEXT COLLATE "C",
    kassenzeichen  TEXT COLLATE "C",
    item           BIGINT REFERENCES item (id),
    due_from       DATE CHECK (isfinite(due_from)),
    due_until      DATE CHECK (isfinite(due_until)),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second         TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor),
    CHECK ((scope = 'kind') = (kind IS NOT NULL)),
    CHECK ((scope IN ('kassenzeichen', 'item')) = (kassenzeichen IS NOT NULL)),
    CHECK ((scope = 'item') = (item IS NOT NULL)),
    CHECK (scope <> 'outage' OR (due_from IS NOT NULL AND due_until IS NOT NULL)),
    CHECK (due_from <= due_until)
);

-- The counter-entry that withdraws such a decision; it is withdrawn once.
CREATE TABLE fee_withdrawal (
    id          BIGINT PRIMARY KEY,
    journal     BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    fee_waiver  BIGINT NOT NULL UNIQUE REFERENCES fee_waiver (id),
    reason      TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor       TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second      TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- What was announced for an outage: which due days are put off to when, and how gently the debits catch up.
CREATE TABLE deferral (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    due_from      DATE NOT NULL CHECK (isfinite(due_from)),
    due_until     DATE NOT NULL CHECK (isfinite(due_until)),
    new_due       DATE NOT NULL CHECK (isfinite(new_due)),
    instalments   BIGINT CHECK (instalments > 0),
    days_between  BIGINT NOT NULL CHECK (days_between >= 0),
    announced     DATE NOT NULL CHECK (isfinite(announced)),
    text          TEXT COLLATE "C" NOT NULL CHECK (text <> ''),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    CHECK (due_from <= due_until),
    CHECK (due_from < new_due)
);

-- The levies of a deferral; all where there is none.
CREATE TABLE deferral_kind (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    deferral  BIGINT NOT NULL REFERENCES deferral (id),
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    UNIQUE (deferral, kind)
);

-- The counter-entry that ends a deferral, under two names: what it put off may be collected again.
CREATE TABLE deferral_end (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    deferral  BIGINT NOT NULL UNIQUE REFERENCES deferral (id),
    reason    TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor     TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second    TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- A reminder that was written: of which item, over how much, on which day.
CREATE TABLE reminder (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    day      DATE NOT NULL CHECK (isfinite(day)),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- ====
-- Runs
-- ====

-- A run of debits, or of refunds: planned by one person, signed and released by others.
CREATE TABLE run (
    id           BIGINT PRIMARY KEY,
    journal      BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    due          DATE NOT NULL CHECK (isfinite(due)),
    planner      TEXT COLLATE "C" NOT NULL CHECK (planner <> ''),
    kind         TEXT COLLATE "C" CHECK (kind = 'refund'),
    -- the order by which refunds are paid out, as the town files it (KomHVO NRW § 31)
    file_number  TEXT COLLATE "C" CHECK (file_number <> '')
);
CREATE UNIQUE INDEX run_and_planner ON run (id, planner);

-- What became of a run. Who plans does not release, and nobody signs twice for one release: an event names its run's
-- planner and which release it belongs to (how often one fell before), and a foreign key and the constraints bind
-- them, so they are not sealed. second, note: the second person, the bank's number or the reason, where the event
-- needs one.
CREATE TABLE run_event (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    run      BIGINT NOT NULL REFERENCES run (id),
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    day      DATE NOT NULL CHECK (isfinite(day)),
    at       TEXT COLLATE "C" NOT NULL,
    sha256   TEXT COLLATE "C",
    second   TEXT COLLATE "C" CHECK (second <> '' AND second <> actor),
    note     TEXT COLLATE "C" CHECK (note <> ''),
    planner  TEXT COLLATE "C" NOT NULL,
    round    BIGINT NOT NULL CHECK (round >= 0),
    CHECK (kind NOT IN ('signed', 'released') OR actor <> planner),
    CHECK (kind <> 'sent' OR note IS NOT NULL),
    CHECK (kind <> 'void' OR (second IS NOT NULL AND note IS NOT NULL))
);
CREATE INDEX run_event_by_run ON run_event (run);
CREATE UNIQUE INDEX signed_once ON run_event (run, round, actor) WHERE kind IN ('signed', 'released');

-- The cases without a complete hold that a releaser took upon himself: which, and how much of each was in doubt then.
-- An export asks whether there are others by now.
CREATE TABLE acknowledged (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    run        BIGINT NOT NULL REFERENCES run (id),
    case_file  BIGINT NOT NULL REFERENCES case_file (id),
    amount     BIGINT NOT NULL CHECK (amount >= 0)
);
CREATE INDEX acknowledged_run ON acknowledged (run, journal);

-- What a plan left out, and why.
CREATE TABLE left_out (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    run        BIGINT NOT NULL REFERENCES run (id),
    item       BIGINT NOT NULL REFERENCES item (id),
    amount     BIGINT NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    case_file  BIGINT REFERENCES case_file (id)
);
CREATE INDEX left_out_by_run ON left_out (run);

-- A standing order of the settings ([[batch.order]]) as one person made it: its terms, word for word.
CREATE TABLE standing_order (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    terms    TEXT COLLATE "C" NOT NULL CHECK (terms <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    UNIQUE (id, actor)
);

-- Another person puts it in force; whoever ends it needs nobody.
CREATE TABLE standing_order_answer (
    id              BIGINT PRIMARY KEY,
    journal         BIGINT NOT NULL,
    seal            BIGINT NOT NULL,
    standing_order  BIGINT NOT NULL,
    answer          TEXT COLLATE "C" NOT NULL CHECK (answer IN ('confirmed', 'ended')),
    day             DATE NOT NULL CHECK (isfinite(day)),
    actor           TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    maker           TEXT COLLATE "C" NOT NULL,
    UNIQUE (standing_order, answer),
    CHECK (answer <> 'confirmed' OR actor <> maker)
);

-- A day of a standing order that was carried out, once: with the run that was planned, or without one where nothing
-- was to be collected.
CREATE TABLE standing_order_day (
    id              BIGINT PRIMARY KEY,
    journal         BIGINT NOT NULL,
    seal            BIGINT NOT NULL,
    standing_order  BIGINT NOT NULL REFERENCES standing_order (id),
    day             DATE NOT NULL CHECK (isfinite(day)),
    run             BIGINT REFERENCES run (id),
    UNIQUE (standing_order, day)
);

-- ===============================
-- Debits and what becomes of them
-- ===============================

-- One debit of a run: what its mandate's holder is asked for, under one Kassenzeichen.
CREATE TABLE debit (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    run            BIGINT NOT NULL REFERENCES run (id),
    end_to_end_id  TEXT COLLATE "C" NOT NULL UNIQUE,
    mandate        BIGINT NOT NULL REFERENCES mandate (id),
    kassenzeichen  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX debit_by_run ON debit (run);

-- What a debit claims of an item: planned, and lowered by counter-entries. A claim needs its reservation, is made
-- once, and from then on only falls.
CREATE TABLE claim (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount <> 0),
    cause    TEXT COLLATE "C" NOT NULL CHECK (cause IN ('planned', 'lowered', 'cancelled')),
    CHECK ((cause = 'planned') = (amount > 0))
);
CREATE INDEX claim_by_debit ON claim (debit);
CREATE UNIQUE INDEX claimed_once ON claim (debit, item) WHERE amount > 0;
CREATE UNIQUE INDEX claim_that_frees ON claim (id, debit, item, amount);
-- No direct debit ever contains a fee.
CREATE FUNCTION take_no_fee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS NOT NULL) THEN
        RAISE EXCEPTION 'a fee is never collected' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_never_takes_a_fee BEFORE INSERT ON claim FOR EACH ROW EXECUTE FUNCTION take_no_fee();

-- What becomes of a debit after its file: the bank rejects it (told by a status report), credits it, or takes it
-- back. A debit ends once by a report and once by a booking at most, and is credited once: a return that is told
-- twice opens its items once. charges: what the booking took beyond the debit's amount (the bank's fee, the other
-- bank's compensation).
CREATE TABLE debit_event (
    id           BIGINT PRIMARY KEY,
    journal      BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    debit        BIGINT NOT NULL REFERENCES debit (id),
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('rejected', 'settled', 'returned')),
    day          DATE NOT NULL CHECK (isfinite(day)),
    amount       BIGINT NOT NULL CHECK (amount > 0),
    charges      BIGINT NOT NULL CHECK (charges >= 0),
    booking      BIGINT REFERENCES booking (id),
    source_file  BIGINT REFERENCES source_file (id),
    reason       TEXT COLLATE "C" CHECK (reason <> ''),
    CHECK ((kind = 'rejected') = (source_file IS NOT NULL)),
    CHECK ((kind = 'rejected') = (booking IS NULL)),
    CHECK (charges = 0 OR kind = 'returned')
);
CREATE UNIQUE INDEX debit_event_once ON debit_event (debit, kind);
CREATE INDEX debit_event_by_booking ON debit_event (booking);
CREATE UNIQUE INDEX debit_event_that_ends ON debit_event (id, debit, kind);

-- No item in two living debits: which debit holds which item, until the claim that frees it (by money, doubt, or the
-- run's end) or the event that ends the debit is named; one item is held by one debit at a time. No fact: what the
-- claims and events say, proved by `verify`.
CREATE TABLE reservation (
    debit         BIGINT NOT NULL REFERENCES debit (id),
    item          BIGINT NOT NULL REFERENCES item (id),
    freed_by      BIGINT,
    freed_amount  BIGINT CHECK (freed_amount < 0),
    ended_by      BIGINT,
    ended_kind    TEXT COLLATE "C" CHECK (ended_kind IN ('rejected', 'settled', 'returned')),
    PRIMARY KEY (debit, item),
    CHECK ((freed_by IS NULL) = (freed_amount IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_kind IS NULL))
);
CREATE UNIQUE INDEX reserved_once ON reservation (item) WHERE freed_by IS NULL AND ended_by IS NULL;

-- What a debit at the bank takes beside its claims: books that learned of it from its file had no more free. The item
-- is the one that it was for by its text; what becomes free of that, or else of its Kassenzeichen, is for it.
CREATE TABLE unclaimed (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    UNIQUE (debit, item)
);

-- What a debtor was told of a debit.
CREATE TABLE notice (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    due      DATE NOT NULL CHECK (isfinite(due)),
    sent     DATE NOT NULL CHECK (isfinite(sent)),
    manner   TEXT COLLATE "C" NOT NULL
);

-- A debit that the bank is asked to give up before it is settled (recall, camt.055), or that we ask to be given back
-- to its payer after (reversal, pain.007). It is a wish: the debit lives until a report or a booking says what became
-- of it.
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

-- A payment file as it was written, and where its bytes are kept.
CREATE TABLE written_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    run      BIGINT NOT NULL REFERENCES run (id),
    name     TEXT COLLATE "C" NOT NULL,
    sha256   TEXT COLLATE "C" NOT NULL,
    kept     TEXT COLLATE "C" CHECK (kept IN ('database', 'folder')),
    UNIQUE (run, name, sha256)
);

-- A payment file that the nightly job put into the outbox, for the program that hands it in: once, because that
-- program may take it at any moment.
CREATE TABLE outbox_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    run      BIGINT NOT NULL REFERENCES run (id),
    name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    sha256   TEXT COLLATE "C" NOT NULL CHECK (length(sha256) = 64),
    UNIQUE (run, name)
);

-- =============
-- Holds by hand
-- =============

-- A hold by hand: a Kassenzeichen or one of its items stays out of direct debit, until a day or until two people lift
-- it. So do holds that follow from a list or from what became of a debit; these name it.
CREATE TABLE hand_hold (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    item           BIGINT REFERENCES item (id),
    reason         TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    until          DATE CHECK (isfinite(until)),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    -- the list that the hold follows from: it repeats its levy without the item, or says that more was paid than is
    -- known here
    source_file    BIGINT REFERENCES source_file (id),
    ground         TEXT COLLATE "C" CHECK (ground IN ('left_out', 'paid')),
    -- what became of a debit, where that holds its items until a person agrees to another try
    debit_event    BIGINT REFERENCES debit_event (id)
);

-- One signature under the lifting of a hold; nobody signs twice.
CREATE TABLE hold_lift (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    hand_hold  BIGINT NOT NULL REFERENCES hand_hold (id),
    reason     TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor      TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    -- why a list's hold ended: a later list names the item again, the list was partial, or a person says that it is
    -- still owed
    ground     TEXT COLLATE "C" CHECK (ground IN ('named', 'partial', 'owed')),
    UNIQUE (hand_hold, actor)
);

-- =======
-- Refunds
-- =======

-- One transfer of a run of refunds: what of a credit goes back, and to whom. kassenzeichen: for which the money was
-- meant, as far as its text or its payer told. Of a credit there is one refund at a time: each but the first names
-- the event by which the one before it ended, and no event is named twice. paid_before: what went back of the credit
-- by refunds before it.
CREATE TABLE refund (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    run            BIGINT NOT NULL REFERENCES run (id),
    end_to_end_id  TEXT COLLATE "C" NOT NULL UNIQUE,
    booking        BIGINT NOT NULL REFERENCES booking (id),
    amount         BIGINT NOT NULL CHECK (amount > 0),
    payee          BIGINT NOT NULL REFERENCES personal (id),
    kassenzeichen  TEXT COLLATE "C" CHECK (kassenzeichen <> ''),
    paid_before    BIGINT NOT NULL CHECK (paid_before >= 0),
    former_end     BIGINT,
    former_ends    BIGINT CHECK (former_ends = 1),
    CHECK ((former_end IS NULL) = (former_ends IS NULL)),
    CHECK (former_end IS NOT NULL OR paid_before = 0)
);
CREATE UNIQUE INDEX refund_of_credit ON refund (booking) WHERE former_end IS NULL;
CREATE UNIQUE INDEX refund_after ON refund (former_end);
CREATE UNIQUE INDEX refund_of_booking ON refund (id, booking);
CREATE INDEX refund_by_run ON refund (run);
CREATE FUNCTION refund_what_came_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount + NEW.paid_before > (SELECT amount FROM booking WHERE id = NEW.booking) THEN
        RAISE EXCEPTION 'a refund is never more than what came in' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_is_of_what_came_in BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_what_came_in();

-- What becomes of a refund: it falls before its file is written, the bank rejects it, the statement shows it, it
-- comes back. A refund that was rejected can be paid all the same. ends: another refund of the credit may follow.
-- told_by: the booking that says so.
CREATE TABLE refund_event (
    id           BIGINT PRIMARY KEY,
    journal      BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    refund       BIGINT NOT NULL,
    booking      BIGINT NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('cancelled', 'rejected', 'paid', 'came_back')),
    ends         BIGINT NOT NULL CHECK (ends = CASE WHEN kind = 'came_back' THEN 0 ELSE 1 END),
    day          DATE NOT NULL CHECK (isfinite(day)),
    told_by      BIGINT REFERENCES booking (id),
    source_file  BIGINT REFERENCES source_file (id),
    reason       TEXT COLLATE "C" CHECK (reason <> ''),
    CHECK ((told_by IS NOT NULL) = (kind IN ('paid', 'came_back'))),
    CHECK ((source_file IS NOT NULL) = (kind = 'rejected'))
);
CREATE UNIQUE INDEX refund_event_once ON refund_event (refund, kind);
CREATE UNIQUE INDEX refund_ends_in_one_way ON refund_event (refund) WHERE kind IN ('cancelled', 'paid');
CREATE UNIQUE INDEX refund_event_that_ends ON refund_event (id, booking, ends);

-- Two people decide to which account a credit goes back that does not go back to where it came from.
CREATE TABLE refund_account (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    booking  BIGINT NOT NULL REFERENCES booking (id),
    payee    BIGINT NOT NULL REFERENCES personal (id),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- ==============================
-- Handed back, asked, and proved
-- ==============================

-- What was told to the finance system: numbered exports, each of one kind. moment: the wall clock that the files
-- carry; code: that of these books, so that numbers of restored books are others; frame: balances that the statements
-- stand between, as JSON.
CREATE TABLE handback_export (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    number   BIGINT NOT NULL CHECK (number > 0),
    day      DATE NOT NULL CHECK (isfinite(day)),
    moment   TEXT COLLATE "C" NOT NULL CHECK (moment <> ''),
    code     TEXT COLLATE "C" NOT NULL,
    frame    TEXT COLLATE "C",
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    UNIQUE (kind, number)
);

-- One thing that an export tells. name: what it is about, such as entry:17; content: what is so of it, as JSON
-- without names, accounts and texts of people; nothing where it is so no more. replaces: what was told of it before.
-- So each thing is told anew once, and whatever was told is replaced once.
CREATE TABLE handback_told (
    id               BIGINT PRIMARY KEY,
    journal          BIGINT NOT NULL,
    seal             BIGINT NOT NULL,
    handback_export  BIGINT NOT NULL REFERENCES handback_export (id),
    name             TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    content          TEXT COLLATE "C",
    replaces         BIGINT REFERENCES handback_told (id),
    CHECK (content IS NOT NULL OR replaces IS NOT NULL)
);
CREATE UNIQUE INDEX handback_told_first ON handback_told (name) WHERE replaces IS NULL;
CREATE UNIQUE INDEX handback_told_replaced ON handback_told (replaces);
CREATE INDEX handback_told_of ON handback_told (handback_export);

-- Two people end our collecting of the items named: from then on the finance system collects them. as_of: the day
-- from which it does; levy: whose items these are, where not all.
CREATE TABLE handover (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    as_of    DATE NOT NULL CHECK (isfinite(as_of)),
    levy     TEXT COLLATE "C" CHECK (levy <> ''),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

CREATE TABLE handover_item (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    handover  BIGINT NOT NULL REFERENCES handover (id),
    item      BIGINT NOT NULL REFERENCES item (id),
    UNIQUE (handover, item)
);
CREATE INDEX handover_item_of ON handover_item (item);

-- Two people take a handover back: we collect its items again.
CREATE TABLE handover_end (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    handover  BIGINT NOT NULL UNIQUE REFERENCES handover (id),
    reason    TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor     TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second    TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- Who asked about whom (§ 30 AO), and by which features the caller was known.
CREATE TABLE inquiry (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    features       TEXT COLLATE "C" NOT NULL CHECK (features <> ''),
    day            DATE NOT NULL CHECK (isfinite(day)),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- A night that the nightly job has closed, and its summary (JSON), which holds no personal data.
CREATE TABLE night (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    day      DATE NOT NULL CHECK (isfinite(day)),
    outcome  TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('nothing', 'people', 'failed')),
    summary  TEXT COLLATE "C" NOT NULL CHECK (summary <> '')
);

-- What refers to a table further down.
ALTER TABLE staff_answer ADD FOREIGN KEY (staff_request, asked_by, name) REFERENCES staff_request (id, actor, name);
ALTER TABLE item_state ADD FOREIGN KEY (run) REFERENCES run (id);
ALTER TABLE run_event ADD FOREIGN KEY (run, planner) REFERENCES run (id, planner);
ALTER TABLE standing_order_answer ADD FOREIGN KEY (standing_order, maker) REFERENCES standing_order (id, actor);
ALTER TABLE claim ADD FOREIGN KEY (debit, item) REFERENCES reservation (debit, item) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE reservation ADD FOREIGN KEY (freed_by, debit, item, freed_amount)
    REFERENCES claim (id, debit, item, amount);
ALTER TABLE reservation ADD FOREIGN KEY (ended_by, debit, ended_kind) REFERENCES debit_event (id, debit, kind);
ALTER TABLE refund ADD FOREIGN KEY (former_end, booking, former_ends)
    REFERENCES refund_event (id, booking, ends) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE refund_event ADD FOREIGN KEY (refund, booking) REFERENCES refund (id, booking);
