-- What was applied. Not a migration itself: it has to be there before the first one.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer     PRIMARY KEY CHECK (version > 0),
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    -- The lowest migration that a program has to know to work with the schema.
    works_from integer     NOT NULL CHECK (works_from BETWEEN 1 AND version),
    applied_by text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
