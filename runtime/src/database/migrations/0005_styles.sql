-- Styles that were read from PowerPoint files. Their themes are in slide_styles.theme, with the id
-- `style-<id of the style>`; a deck that is drawn in one names it so. A style that is deleted becomes inactive, so
-- that decks keep looking as they do.
CREATE TABLE style_files (
    style_id   uuid        PRIMARY KEY REFERENCES slide_styles ON DELETE CASCADE,
    bytes      bytea       NOT NULL CHECK (octet_length(bytes) > 0),
    size_bytes integer     NOT NULL CHECK (size_bytes > 0),
    notes      text[]      NOT NULL DEFAULT '{}',
    created_by text        NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN style_files.bytes IS 'A PowerPoint file with the master, layouts, theme and pictures, written anew; never the upload';
COMMENT ON COLUMN style_files.notes IS 'What was changed or left out, for people';
CREATE INDEX style_files_of_creator ON style_files (created_by);
-- They are compressed already.
ALTER TABLE style_files ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- The pictures of a style: people who may see the style may see them.
CREATE TABLE style_images (
    style_id uuid NOT NULL REFERENCES slide_styles ON DELETE CASCADE,
    image_id uuid NOT NULL REFERENCES images ON DELETE CASCADE,
    PRIMARY KEY (style_id, image_id)
);
CREATE INDEX style_images_of_image ON style_images (image_id);

-- The styles that a deck is, or was, drawn in: people who may see the deck may see them.
CREATE TABLE deck_styles (
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    style_id   uuid NOT NULL REFERENCES slide_styles ON DELETE CASCADE,
    PRIMARY KEY (session_id, style_id)
);
CREATE INDEX deck_styles_of_style ON deck_styles (style_id);
