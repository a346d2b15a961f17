-- Google Slides: the app's OAuth client, people's connections, and the presentations that decks were exported to.
--
-- What is secret is encrypted with the app's key, in columns whose names end with `_encrypted`: `rotate-key` finds
-- them by that name. Whoever writes one holds a share lock on the row of `encryption_check` (so that nothing is
-- written with a key that was just replaced).

-- The OAuth client that an administrator uploaded; one at most. Another client is another row: what belongs to the
-- previous one ends with it.
CREATE TABLE google_client (
    id             uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    is_the_one     boolean     NOT NULL DEFAULT true UNIQUE CHECK (is_the_one),
    file_encrypted text        NOT NULL,
    uploaded_by    text        REFERENCES users,
    uploaded_at    timestamptz NOT NULL DEFAULT now()
);

-- Connections that were begun: of whom, in which browser. Each can be finished once.
CREATE TABLE google_attempts (
    state_hash         bytea       PRIMARY KEY CHECK (octet_length(state_hash) = 32),
    owner              text        NOT NULL REFERENCES users ON DELETE CASCADE,
    client_id          uuid        NOT NULL REFERENCES google_client ON DELETE CASCADE,
    browser_hash       bytea       NOT NULL CHECK (octet_length(browser_hash) = 32),
    verifier_encrypted text        NOT NULL,
    redirect_uri       text        NOT NULL CHECK (length(redirect_uri) <= 2000),
    expires_at         timestamptz NOT NULL
);
COMMENT ON COLUMN google_attempts.state_hash IS 'SHA-256 of the state: who reads the table can''t finish an attempt';
COMMENT ON COLUMN google_attempts.browser_hash IS 'SHA-256 of what the browser''s cookie holds';
CREATE INDEX google_attempts_of_owner ON google_attempts (owner, expires_at);
CREATE INDEX google_attempts_expired ON google_attempts (expires_at);

-- What a person has allowed the app at Google.
CREATE TABLE google_connections (
    owner                   text        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    client_id               uuid        NOT NULL REFERENCES google_client ON DELETE CASCADE,
    generation              uuid        NOT NULL DEFAULT gen_random_uuid(),
    email                   text        CHECK (length(email) <= 320),
    refresh_token_encrypted text        NOT NULL,
    access_token_encrypted  text        NOT NULL,
    access_expires_at       timestamptz NOT NULL,
    connected_at            timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN google_connections.generation IS 'Another one with each connection: a late refresh changes only its own';
CREATE INDEX google_connections_of_client ON google_connections (client_id);

-- The presentation that a person's exports of a deck are written to.
CREATE TABLE google_presentations (
    session_id  uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    owner       text        NOT NULL REFERENCES users ON DELETE CASCADE,
    file_id     text        NOT NULL CHECK (length(file_id) BETWEEN 1 AND 200),
    title       text        NOT NULL,
    version     bigint      NOT NULL,
    exported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, owner)
);
COMMENT ON COLUMN google_presentations.title IS 'As the app named it; a person may have renamed it since';
COMMENT ON COLUMN google_presentations.version IS 'The version of the deck';

-- An upload under way. It outlives its job: whatever becomes of that, the next one continues here.
CREATE TABLE google_uploads (
    session_id        uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    owner             text        NOT NULL REFERENCES users ON DELETE CASCADE,
    address_encrypted text        NOT NULL,
    sha256            bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    size_bytes        bigint      NOT NULL CHECK (size_bytes > 0),
    started_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, owner)
);
COMMENT ON COLUMN google_uploads.address_encrypted IS 'Who knows the address can write to the upload, without a token';
