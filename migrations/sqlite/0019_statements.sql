-- What joins the pages of a statement, and what tells that one is missing. A balance is interim where it stands inside of a
-- statement: another page goes on from it or ends on it. Statements of before have nothing there.
ALTER TABLE statement ADD COLUMN legal_sequence INTEGER;
ALTER TABLE statement ADD COLUMN page INTEGER;
ALTER TABLE statement ADD COLUMN last_page INTEGER CHECK (last_page IN (0, 1));
ALTER TABLE statement ADD COLUMN opening_interim INTEGER CHECK (opening_interim IN (0, 1));
ALTER TABLE statement ADD COLUMN closing_interim INTEGER CHECK (closing_interim IN (0, 1));
