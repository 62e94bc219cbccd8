-- What a union plans, by which rules, and what it keeps to show that it bought properly.

-- Files of orders and procurements. The content is a file in a folder (crates/server/src/attachments.rs), on the disk before
-- its row is committed; a file without a row harms nobody.
create table attachments (
    attachment_id text primary key not null,
    order_id text references orders,                       -- of one order …
    procurement_id text,                                   -- … or of every order of a basket; exactly one of the two
    kind text not null,                                    -- AttachmentKind of crates/domain/src/attachment.rs
    name text not null,                                    -- as it is given out
    format text not null,                                  -- by its content, whatever it was called
    size_bytes bigint not null check (size_bytes > 0),
    sha256 text not null,                                  -- of the content, and its file's name
    organisation_id text references organisations,         -- whose people brought it …
    account_id text references accounts,                   -- … and who of them; none when it came by a point's code
    role text,
    added_at_ms bigint not null,
    check ((order_id is null) <> (procurement_id is null))
);
create index attachments_by_order on attachments (order_id);
create index attachments_by_procurement on attachments (procurement_id);
