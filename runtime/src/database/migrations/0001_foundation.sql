-- The tables the app starts with. Identifiers of people are their e-mail addresses (or, for service
-- principals, application ids) as the platform's proxy gives them.

-- WHAT a deck presents: instructions that a user picks before asking for slides.
CREATE TABLE deck_prompts (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text        NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    category    text        NOT NULL DEFAULT 'General' CHECK (length(category) BETWEEN 1 AND 50),
    content     text        NOT NULL CHECK (length(content) BETWEEN 1 AND 50000),
    origin      text        NOT NULL DEFAULT 'user' CHECK (origin IN ('seed', 'databricks', 'user')),
    is_active   boolean     NOT NULL DEFAULT true,
    created_by  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN deck_prompts.origin IS 'seed: came with the app; databricks: came with the Databricks seeds; user: written here';
CREATE UNIQUE INDEX deck_prompts_name ON deck_prompts (lower(name)) WHERE is_active;

-- HOW a deck looks.
CREATE TABLE slide_styles (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text        NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    category    text        NOT NULL DEFAULT 'General' CHECK (length(category) BETWEEN 1 AND 50),
    content     text        NOT NULL CHECK (length(content) BETWEEN 1 AND 50000),
    origin      text        NOT NULL DEFAULT 'user' CHECK (origin IN ('seed', 'databricks', 'user')),
    is_default  boolean     NOT NULL DEFAULT false,
    is_active   boolean     NOT NULL DEFAULT true,
    created_by  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (is_active OR NOT is_default)
);
CREATE UNIQUE INDEX slide_styles_name ON slide_styles (lower(name)) WHERE is_active;
CREATE UNIQUE INDEX slide_styles_one_default ON slide_styles (is_default) WHERE is_default;

-- A named choice of prompt and style, to start a session with.
CREATE TABLE profiles (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text        NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    prompt_id   uuid        REFERENCES deck_prompts ON DELETE SET NULL,
    style_id    uuid        REFERENCES slide_styles ON DELETE SET NULL,
    options     jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
    is_default  boolean     NOT NULL DEFAULT false,
    created_by  text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN profiles.options IS 'Sources and settings of the assistant, by name';
CREATE UNIQUE INDEX profiles_name ON profiles (lower(name));
CREATE UNIQUE INDEX profiles_one_default ON profiles (is_default) WHERE is_default;
CREATE INDEX profiles_prompt ON profiles (prompt_id);
CREATE INDEX profiles_style ON profiles (style_id);

-- A conversation that makes a deck. It belongs to the person who began it.
CREATE TABLE sessions (
    id               uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    owner            text        NOT NULL CHECK (length(owner) BETWEEN 1 AND 255),
    title            text        NOT NULL DEFAULT 'Untitled' CHECK (length(title) BETWEEN 1 AND 255),
    profile_id       uuid        REFERENCES profiles ON DELETE SET NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    last_activity_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_of_owner ON sessions (owner, last_activity_at DESC);
CREATE INDEX sessions_profile ON sessions (profile_id);

-- What was said, in order. The number is the order, and what a stream resumes from.
CREATE TABLE messages (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    role       text        NOT NULL CHECK (role IN ('user', 'assistant', 'tool', 'system')),
    content    text        NOT NULL,
    metadata   jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metadata) = 'object'),
    request_id uuid,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN messages.request_id IS 'The request that caused the message; the same for all it caused';
CREATE INDEX messages_of_session ON messages (session_id, id);

-- The deck of a session, as data. The version counts changes: a writer names the one it has seen.
CREATE TABLE decks (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    session_id  uuid        NOT NULL UNIQUE REFERENCES sessions ON DELETE CASCADE,
    title       text        NOT NULL DEFAULT 'Untitled' CHECK (length(title) BETWEEN 1 AND 255),
    deck        jsonb       NOT NULL CHECK (jsonb_typeof(deck) = 'object'),
    slide_count integer     NOT NULL DEFAULT 0 CHECK (slide_count >= 0),
    version     integer     NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text,
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Work that outlives a request. Any number of processes take jobs with FOR UPDATE SKIP LOCKED; a
-- worker renews its lease while it works and loses the job when the lease runs out. The attempt is the
-- fence: a worker may finish a job only with the attempt it was given.
CREATE TABLE jobs (
    id               uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    kind             text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
    state            text        NOT NULL DEFAULT 'queued'
                                 CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    session_id       uuid        REFERENCES sessions ON DELETE CASCADE,
    owner            text        NOT NULL CHECK (length(owner) BETWEEN 1 AND 255),
    payload          jsonb       NOT NULL DEFAULT '{}',
    result           jsonb,
    error            jsonb,
    progress         smallint    NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    attempt          integer     NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    max_attempts     integer     NOT NULL DEFAULT 3 CHECK (max_attempts > 0),
    worker           text,
    lease_until      timestamptz,
    run_after        timestamptz NOT NULL DEFAULT now(),
    cancel_requested boolean     NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    finished_at      timestamptz,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK (state <> 'running' OR worker IS NOT NULL),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
CREATE INDEX jobs_to_take ON jobs (run_after, created_at) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_of_session ON jobs (session_id, created_at DESC);

-- A known value under the encryption key, to prove at each start that the key is still the same one.
-- The deployer reads this table to learn whether a key is in use: do not rename.
CREATE TABLE encryption_check (
    id         integer     PRIMARY KEY CHECK (id = 1),
    token      text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Which seeds were planted, so that one that was deleted or renamed afterwards does not come back.
CREATE TABLE planted_seeds (
    kind       text        NOT NULL,
    name       text        NOT NULL,
    planted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, name)
);
