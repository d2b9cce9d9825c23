-- When a person last typed the own password, in seconds since 1970: what moves money or rights asks for it again.
ALTER TABLE web_session ADD COLUMN proved BIGINT NOT NULL DEFAULT 0;
