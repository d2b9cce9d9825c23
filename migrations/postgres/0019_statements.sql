-- What joins the pages of a statement, and what tells that one is missing. A balance is interim where it stands inside of a
-- statement: another page goes on from it or ends on it. Statements of before have nothing there.
ALTER TABLE statement ADD COLUMN legal_sequence BIGINT;
ALTER TABLE statement ADD COLUMN page BIGINT;
ALTER TABLE statement ADD COLUMN last_page BIGINT CHECK (last_page IN (0, 1));
ALTER TABLE statement ADD COLUMN opening_interim BIGINT CHECK (opening_interim IN (0, 1));
ALTER TABLE statement ADD COLUMN closing_interim BIGINT CHECK (closing_interim IN (0, 1));

-- Whether an advice is an intraday report (camt.052, MT942): what it tells is provisional until a statement tells of it.
ALTER TABLE statement ADD COLUMN provisional BIGINT CHECK (provisional IN (0, 1));

-- The booking for which one stands, with the other details of its entry: a statement told that one without details.
ALTER TABLE booking ADD COLUMN stands_for BIGINT REFERENCES booking (id);

-- What the bank charged, and what was instructed: in a return the amount without charges, in hundredths of its currency.
ALTER TABLE booking ADD COLUMN charges BIGINT;
ALTER TABLE booking ADD COLUMN original_amount BIGINT;
ALTER TABLE booking ADD COLUMN original_currency TEXT COLLATE "C";

-- Members of a container that were refused, each with a statement of another account: the file is read again when asked.
ALTER TABLE source_file ADD COLUMN refused BIGINT CHECK (refused >= 0);

-- Where the bytes are kept as they were received: in the archive, or in a folder beside the database. Nothing, and they are not.
ALTER TABLE source_file ADD COLUMN kept TEXT COLLATE "C" CHECK (kept IN ('database', 'folder'));

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

-- Files as they were received and sent, by their digest: compressed (zlib), cut into parts, each in base64. These are no facts of their
-- own: the digest that a fact names proves them, and what must be erased one day can be.
CREATE TABLE archive (
    sha256   TEXT COLLATE "C" NOT NULL,
    part     BIGINT NOT NULL,
    content  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (sha256, part)
);
