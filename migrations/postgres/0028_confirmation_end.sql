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
