-- A retirement that two people take back: the books go on here, because the copy never had an entry of its own.
DO $$
DECLARE
    one RECORD;
BEGIN
    -- the two that name the kinds
    FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = 'instance_event'::regclass AND contype = 'c'
                  AND pg_get_constraintdef(oid) LIKE '%unlocked%' LOOP
        EXECUTE format('ALTER TABLE instance_event DROP CONSTRAINT %I', one.conname);
    END LOOP;
END $$;
ALTER TABLE instance_event ADD CHECK (kind IN ('restored', 'copied', 'unlocked', 'retired', 'revived'));
ALTER TABLE instance_event ADD CHECK ((kind IN ('unlocked', 'revived')) = (second IS NOT NULL));

-- No fact: these books are a backup, made at this moment; nothing is changed in them. What is restored from them has no such row.
CREATE TABLE backup_mark (
    made_at  TEXT COLLATE "C" PRIMARY KEY CHECK (made_at <> '')
);
