-- The tables the app starts with. Every time in them is the database's: processes don't compare clocks.
--
-- A list that a person sees is read through an index that begins with that person (or with the deck they
-- asked for), so its cost doesn't depend on how much other people have.

-- People, as the platform knows them: `id` is its stable user id (for a service principal, its own). Names and
-- e-mail addresses change; nothing refers to them.
CREATE TABLE users (
    id            text        PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 255),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    email         text        CHECK (length(email) BETWEEN 1 AND 255),
    display_name  text        NOT NULL CHECK (length(display_name) BETWEEN 1 AND 255),
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN users.name IS 'The name to sign in with: an e-mail address, or a service principal''s id';

-- WHAT a deck presents: instructions that a user picks before asking for slides. Without an owner it is shared
-- with everybody, and administrators edit it.
CREATE TABLE deck_prompts (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    owner       text        REFERENCES users,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text        NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    category    text        NOT NULL DEFAULT 'General' CHECK (length(category) BETWEEN 1 AND 50),
    content     text        NOT NULL CHECK (length(content) BETWEEN 1 AND 50000),
    origin      text        NOT NULL DEFAULT 'user' CHECK (origin IN ('seed', 'databricks', 'user')),
    is_active   boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text        REFERENCES users,
    updated_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN deck_prompts.origin IS 'seed: came with the app; databricks: came with the Databricks seeds; user: written here';
CREATE UNIQUE INDEX deck_prompts_own_name ON deck_prompts (owner, lower(name)) WHERE is_active AND owner IS NOT NULL;
CREATE UNIQUE INDEX deck_prompts_shared_name ON deck_prompts (lower(name)) WHERE is_active AND owner IS NULL;

-- HOW a deck looks: guidance for the assistant, and a theme for the renderer.
CREATE TABLE slide_styles (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    owner       text        REFERENCES users,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text        NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    category    text        NOT NULL DEFAULT 'General' CHECK (length(category) BETWEEN 1 AND 50),
    content     text        NOT NULL CHECK (length(content) BETWEEN 1 AND 50000),
    theme       jsonb       CHECK (jsonb_typeof(theme) = 'object'),
    origin      text        NOT NULL DEFAULT 'user' CHECK (origin IN ('seed', 'databricks', 'user')),
    is_default  boolean     NOT NULL DEFAULT false,
    is_active   boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text        REFERENCES users,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (is_active OR NOT is_default),
    CHECK (owner IS NULL OR NOT is_default)
);
COMMENT ON COLUMN slide_styles.theme IS 'A theme of tellr-slides; without one, the deck''s own theme applies';
COMMENT ON COLUMN slide_styles.is_default IS 'For everybody who has chosen none in user_defaults';
CREATE UNIQUE INDEX slide_styles_own_name ON slide_styles (owner, lower(name)) WHERE is_active AND owner IS NOT NULL;
CREATE UNIQUE INDEX slide_styles_shared_name ON slide_styles (lower(name)) WHERE is_active AND owner IS NULL;
CREATE UNIQUE INDEX slide_styles_one_default ON slide_styles (is_default) WHERE is_default;

-- A named choice of prompt and style, to start a session with.
CREATE TABLE profiles (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    owner       text        REFERENCES users,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    description text        NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    prompt_id   uuid        REFERENCES deck_prompts ON DELETE SET NULL,
    style_id    uuid        REFERENCES slide_styles ON DELETE SET NULL,
    options     jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(options) = 'object'),
    is_default  boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text        REFERENCES users,
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CHECK (owner IS NULL OR NOT is_default)
);
COMMENT ON COLUMN profiles.options IS 'Sources and settings of the assistant, by name';
COMMENT ON COLUMN profiles.is_default IS 'For everybody who has chosen none in user_defaults';
CREATE UNIQUE INDEX profiles_own_name ON profiles (owner, lower(name)) WHERE owner IS NOT NULL;
CREATE UNIQUE INDEX profiles_shared_name ON profiles (lower(name)) WHERE owner IS NULL;
CREATE UNIQUE INDEX profiles_one_default ON profiles (is_default) WHERE is_default;
CREATE INDEX profiles_prompt ON profiles (prompt_id);
CREATE INDEX profiles_style ON profiles (style_id);

-- What a person starts with, instead of what everybody does.
CREATE TABLE user_defaults (
    user_id    text PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    profile_id uuid REFERENCES profiles ON DELETE SET NULL,
    style_id   uuid REFERENCES slide_styles ON DELETE SET NULL
);
CREATE INDEX user_defaults_profile ON user_defaults (profile_id);
CREATE INDEX user_defaults_style ON user_defaults (style_id);

-- A conversation with its deck. It belongs to the person who began it.
CREATE TABLE sessions (
    id               uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    owner            text        NOT NULL REFERENCES users,
    profile_id       uuid        REFERENCES profiles ON DELETE SET NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    last_activity_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_of_owner ON sessions (owner, last_activity_at DESC, id);
CREATE INDEX sessions_profile ON sessions (profile_id);

-- The deck of a session; every session has one. A writer names the version it has seen, and the update adds
-- one to it. What lists show is taken from the document when it is written, so that they don't read documents.
CREATE TABLE decks (
    session_id      uuid        PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
    document        jsonb       NOT NULL
                                CHECK (jsonb_typeof(document) = 'object')
                                CHECK (jsonb_typeof(document -> 'title') = 'string')
                                CHECK (jsonb_typeof(document -> 'slides') = 'array'),
    version         bigint      NOT NULL DEFAULT 1 CHECK (version > 0),
    title           text        GENERATED ALWAYS AS (document ->> 'title') STORED,
    theme           text        GENERATED ALWAYS AS (document ->> 'theme') STORED,
    slide_count     integer     GENERATED ALWAYS AS (jsonb_array_length(document -> 'slides')) STORED,
    cover           jsonb       GENERATED ALWAYS AS (document -> 'slides' -> 0) STORED,
    last_save_point integer     NOT NULL DEFAULT 0 CHECK (last_save_point >= 0),
    updated_by      text        REFERENCES users,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    search          tsvector    NOT NULL DEFAULT '',
    search_version  bigint      NOT NULL DEFAULT 0
);
COMMENT ON COLUMN decks.document IS 'A deck of tellr-slides';
COMMENT ON COLUMN decks.cover IS 'The first slide, for a preview';
COMMENT ON COLUMN decks.updated_by IS 'Empty if the app itself changed it';
COMMENT ON COLUMN decks.search IS
    'Words of titles (weight A), texts (B) and notes (C) of `search_version`. Without an index of its own: a search '
    'reads the decks that a person may see, whose number does not grow with other people''s';

-- States of a deck to go back to. `decks.last_save_point` gives the numbers, under the lock of the deck's row:
-- they have no gaps. Only the oldest are ever removed.
CREATE TABLE save_points (
    session_id  uuid        NOT NULL REFERENCES decks ON DELETE CASCADE,
    number      integer     NOT NULL CHECK (number > 0),
    document    jsonb       NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    version     bigint      NOT NULL CHECK (version > 0),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 300),
    slide_count integer     GENERATED ALWAYS AS (jsonb_array_length(document -> 'slides')) STORED,
    created_by  text        REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, number)
);
COMMENT ON COLUMN save_points.name IS 'Given by a person, or what changed since the previous one';
COMMENT ON COLUMN save_points.version IS 'The version of the deck that was kept';

-- Whom a deck is shared with, besides its owner.
CREATE TABLE shares (
    session_id     uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    principal_kind text        NOT NULL CHECK (principal_kind IN ('user', 'group')),
    principal      text        NOT NULL CHECK (length(principal) BETWEEN 1 AND 255),
    display_name   text        NOT NULL CHECK (length(display_name) BETWEEN 1 AND 255),
    permission     text        NOT NULL CHECK (permission IN ('view', 'edit')),
    created_by     text        REFERENCES users,
    created_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, principal_kind, principal)
);
COMMENT ON COLUMN shares.principal IS 'The platform''s stable id of a user or a group; a user need not have been here yet';
CREATE INDEX shares_of_principal ON shares (principal_kind, principal, session_id);

-- Who has a deck open, and where. Rows that were not renewed for a while mean nothing; they need not survive a
-- crash of the database.
CREATE UNLOGGED TABLE deck_presence (
    session_id uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    user_id    text        NOT NULL REFERENCES users ON DELETE CASCADE,
    slide_id   text        CHECK (length(slide_id) BETWEEN 1 AND 64),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, user_id)
);
COMMENT ON COLUMN deck_presence.slide_id IS 'The slide that is being edited';

-- Images that decks refer to. The same file of the same person is kept once.
CREATE TABLE images (
    id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    owner      text        NOT NULL REFERENCES users,
    name       text        NOT NULL DEFAULT '' CHECK (length(name) <= 255),
    media_type text        NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
    bytes      bytea       NOT NULL CHECK (octet_length(bytes) > 0),
    size_bytes integer     NOT NULL CHECK (size_bytes > 0),
    sha256     bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    width      integer     NOT NULL CHECK (width > 0),
    height     integer     NOT NULL CHECK (height > 0),
    thumbnail  bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, sha256)
);
-- They are compressed already.
ALTER TABLE images ALTER COLUMN bytes SET STORAGE EXTERNAL, ALTER COLUMN thumbnail SET STORAGE EXTERNAL;
COMMENT ON COLUMN images.width IS 'Pixels';
COMMENT ON COLUMN images.height IS 'Pixels';
CREATE INDEX images_of_owner ON images (owner, created_at DESC, id);

-- The images that are, or in a save point were, in a deck: whoever may see the deck may see them.
CREATE TABLE deck_images (
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    image_id   uuid NOT NULL REFERENCES images ON DELETE CASCADE,
    PRIMARY KEY (session_id, image_id)
);
CREATE INDEX deck_images_of_image ON deck_images (image_id);

-- Work that outlives a request. Any number of processes take jobs with FOR UPDATE SKIP LOCKED; a worker renews
-- its lease while it works and loses the job when the lease runs out. The attempt is the fence: a worker may
-- change a job only with the attempt it was given. What counts against `max_failures` is in `failures`: an
-- attempt that a shutdown ended, or that wants to wait, isn't a failure.
CREATE TABLE jobs (
    id               uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    kind             text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
    state            text        NOT NULL DEFAULT 'queued'
                                 CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    owner            text        REFERENCES users,
    session_id       uuid        REFERENCES sessions ON DELETE CASCADE,
    payload          jsonb       NOT NULL DEFAULT '{}',
    result           jsonb,
    error            text        CHECK (length(error) <= 2000),
    progress         smallint    NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    turn             bigint      NOT NULL DEFAULT 0 CHECK (turn >= 0),
    unique_key       text        CHECK (length(unique_key) BETWEEN 1 AND 200),
    run_again        boolean     NOT NULL DEFAULT false,
    attempt          integer     NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures         integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
    max_failures     integer     NOT NULL DEFAULT 3 CHECK (max_failures > 0),
    worker           text,
    lease_until      timestamptz,
    run_after        timestamptz NOT NULL DEFAULT now(),
    cancel_requested boolean     NOT NULL DEFAULT false,
    last_event       bigint      NOT NULL DEFAULT 0 CHECK (last_event >= 0),
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    finished_at      timestamptz,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK (state <> 'running' OR worker IS NOT NULL),
    CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
COMMENT ON COLUMN jobs.owner IS 'Empty for the app''s own work';
COMMENT ON COLUMN jobs.turn IS
    'The place in the queue. The jobs of one person have consecutive turns, and the first of a person who has none '
    'waiting is next: people take turns, however much each has queued';
COMMENT ON COLUMN jobs.unique_key IS 'At most one job with this key is waiting or running';
COMMENT ON COLUMN jobs.run_again IS 'It was asked for once more while it ran';
CREATE INDEX jobs_to_take ON jobs (turn, created_at, id) WHERE state = 'queued';
CREATE INDEX jobs_due ON jobs (run_after) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_active_of_owner ON jobs (owner, state, turn) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_of_session ON jobs (session_id, created_at DESC);
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE state IN ('queued', 'running');

-- What happened to a job, for those who watch it. `jobs.last_event` gives the ids, under the lock of the job's
-- row: they have no gaps, and a smaller one is never committed after a larger one. So whoever has read up to an
-- id and asks for those after it misses none.
CREATE TABLE job_events (
    job_id     uuid        NOT NULL REFERENCES jobs ON DELETE CASCADE,
    id         bigint      NOT NULL CHECK (id > 0),
    attempt    integer     NOT NULL,
    kind       text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 50),
    body       jsonb       NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, id)
);

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
