-- Files that decks were written into. They are kept for a day: the same version of a deck in the same format is
-- written once, however often it is asked for.
CREATE TABLE exports (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id  uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    recipe      bytea       NOT NULL CHECK (octet_length(recipe) = 32),
    version     bigint      NOT NULL CHECK (version > 0),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    media_type  text        NOT NULL CHECK (length(media_type) BETWEEN 1 AND 255),
    slide_count integer     NOT NULL CHECK (slide_count >= 0),
    size_bytes  bigint      NOT NULL CHECK (size_bytes > 0),
    sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    warnings    text[]      NOT NULL DEFAULT '{}',
    created_by  text        REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    UNIQUE (session_id, recipe, version)
);
COMMENT ON TABLE exports IS 'May be read by people who may see the deck; each is written in one transaction with its chunks';
COMMENT ON COLUMN exports.recipe IS 'Hash of the format, its options, and the version of the program';
CREATE INDEX exports_expired ON exports (expires_at);

CREATE TABLE export_chunks (
    export_id uuid    NOT NULL REFERENCES exports ON DELETE CASCADE,
    number    integer NOT NULL CHECK (number >= 0),
    bytes     bytea   NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 262144),
    PRIMARY KEY (export_id, number)
);
COMMENT ON TABLE export_chunks IS 'All but the last one of a file have 262,144 bytes';
-- They are compressed already.
ALTER TABLE export_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
