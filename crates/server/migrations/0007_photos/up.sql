-- The photos of goods. The pictures themselves are files in a folder (crates/server/src/photos.rs), on the disk before their
-- row is committed; a file without a row harms nobody.
create table photos (
    product_id text not null references products,
    hash text not null,                                    -- half of the SHA-256 of the uploaded file, and its files' name
    position bigint not null,                              -- in the merchant's order; the lowest is the one lists show
    width bigint not null check (width > 0),               -- of the upright photo
    height bigint not null check (height > 0),
    uploaded_at_ms bigint not null,
    account_id text not null references accounts,          -- who uploaded it
    primary key (product_id, hash)                         -- the same file again is the same photo
);
