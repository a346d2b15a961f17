-- What a person asked of the assistant about a deck, and how far the answer is. Each stage keeps what came of it,
-- so that another process goes on from there and no model is asked twice. Only its author sees a turn.
CREATE TABLE chat_turns (
    id                uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id        uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    author            text        NOT NULL REFERENCES users,
    groups            text[]      NOT NULL DEFAULT '{}',
    job_id            uuid,
    message           text        NOT NULL CHECK (length(message) BETWEEN 1 AND 20000),
    selection         text[]      NOT NULL DEFAULT '{}' CHECK (cardinality(selection) <= 300),
    options           jsonb       NOT NULL CHECK (jsonb_typeof(options) = 'object'),
    kind              text        CHECK (kind IN ('create', 'change')),
    stage             text        NOT NULL DEFAULT 'gather'
                                  CHECK (stage IN ('gather', 'plan', 'review', 'slides', 'check', 'done')),
    gathered          jsonb       NOT NULL DEFAULT '{}',
    plan              jsonb,
    inverse           jsonb,
    made_version      bigint,
    undone            boolean     NOT NULL DEFAULT false,
    reply             text        NOT NULL DEFAULT '' CHECK (length(reply) <= 5000),
    notices           jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(notices) = 'array'),
    error_code        text        CHECK (length(error_code) <= 50),
    error             text        CHECK (length(error) <= 2000),
    prompt_tokens     bigint      NOT NULL DEFAULT 0 CHECK (prompt_tokens >= 0),
    completion_tokens bigint      NOT NULL DEFAULT 0 CHECK (completion_tokens >= 0),
    calls             integer     NOT NULL DEFAULT 0 CHECK (calls >= 0),
    waits             integer     NOT NULL DEFAULT 0 CHECK (waits >= 0),
    rating            text        CHECK (rating IN ('up', 'down')),
    comment           text        CHECK (length(comment) <= 2000),
    created_at        timestamptz NOT NULL DEFAULT now(),
    finished_at       timestamptz
);
COMMENT ON COLUMN chat_turns.groups IS 'The author''s groups when they asked: a job has no request to read them from';
COMMENT ON COLUMN chat_turns.job_id IS 'The job that works on it, or did last; jobs are deleted some time after their end';
COMMENT ON COLUMN chat_turns.options IS 'Endpoint, spaces, prompt and style as they were chosen';
COMMENT ON COLUMN chat_turns.gathered IS 'The rounds with the model and its tools';
COMMENT ON COLUMN chat_turns.plan IS 'An outline of a new deck, or the changes of one';
COMMENT ON COLUMN chat_turns.inverse IS 'The patches that take a change back; absent for a new deck';
CREATE INDEX chat_turns_of_session ON chat_turns (session_id, author, created_at);
CREATE INDEX chat_turns_of_author ON chat_turns (author, created_at);

-- The slides of a turn that a model writes, one call each.
CREATE TABLE chat_slides (
    turn_id  uuid    NOT NULL REFERENCES chat_turns ON DELETE CASCADE,
    number   integer NOT NULL CHECK (number > 0),
    slide_id text    NOT NULL CHECK (length(slide_id) BETWEEN 1 AND 64),
    title    text    NOT NULL DEFAULT '',
    state    text    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    slide    jsonb,
    replaces jsonb,
    checked  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (turn_id, number)
);
COMMENT ON COLUMN chat_slides.number IS 'Of the outline or of the list of changes, from 1';
COMMENT ON COLUMN chat_slides.slide IS 'As it was written; what differs from it in the deck was edited by people';
COMMENT ON COLUMN chat_slides.replaces IS 'Of a slide that was rewritten: as it was when it was read';

-- Data that was found, as it was told by its source. Charts and tables of a deck copy their numbers from here.
CREATE TABLE chat_sources (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    turn_id    uuid        NOT NULL REFERENCES chat_turns ON DELETE CASCADE,
    author     text        NOT NULL REFERENCES users,
    number     integer     NOT NULL CHECK (number > 0),
    label      text        NOT NULL CHECK (length(label) BETWEEN 1 AND 300),
    space_id   text        NOT NULL,
    space      text        NOT NULL,
    question   text        NOT NULL,
    sql        text        NOT NULL DEFAULT '',
    columns    jsonb       NOT NULL CHECK (jsonb_typeof(columns) = 'array'),
    rows       jsonb       NOT NULL CHECK (jsonb_typeof(rows) = 'array'),
    row_count  bigint      NOT NULL CHECK (row_count >= 0),
    truncated  boolean     NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (session_id, number)
);
COMMENT ON COLUMN chat_sources.number IS 'Within the session, from 1: `S1`, `S2`';
COMMENT ON COLUMN chat_sources.rows IS 'As many as are kept; `row_count` is the number that the source has';
CREATE INDEX chat_sources_of_turn ON chat_sources (turn_id);
