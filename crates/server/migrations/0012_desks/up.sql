-- What waits for whom, what somebody has seen of it, and who asks to join.

-- How the invoice of a union's order stands to what was accepted and not returned (InvoiceState of crates/domain/src/queue.rs).
-- Written with every act that can change it, since no query could compare an invoice line by line.
alter table orders add column invoice text not null default 'missing'
    check (invoice in ('missing', 'nothing', 'differs', 'right'));
update orders set invoice = 'nothing'
where state = 'accepted' and coalesce(accepted_fen, 0)
    <= (select coalesce(sum(amount_fen), 0) from returns where returns.order_id = orders.order_id);
-- Of an order that has its invoice already the sums must do; the next act on it compares the lines again.
update orders set invoice = 'differs'
where state = 'accepted' and exists (select 1 from invoices where invoices.order_id = orders.order_id);
update orders set invoice = 'right'
where state = 'settled' or (state = 'accepted' and exists (
    select 1 from invoices join organisations on organisations.organisation_id = orders.buyer_id
    where invoices.order_id = orders.order_id
        and invoices.step = (select max(step) from invoices as later where later.order_id = orders.order_id)
        and invoices.title = organisations.name and invoices.buyer_uscc = organisations.uscc
        and invoices.amount_fen = orders.accepted_fen
            - (select coalesce(sum(amount_fen), 0) from returns where returns.order_id = orders.order_id)));

-- Until when somebody has read what became of their orders.
create table notices_seen (
    account_id text primary key not null references accounts,
    seen_at_ms bigint not null
);

-- Who asks to sell here. The password's hash goes to the account when they are admitted, and is emptied either way.
create table applications (
    application_id text primary key not null,              -- made by the browser
    number text not null unique,                           -- random: who knows it sees how the application stands
    name text not null,
    uscc text not null,                                    -- the number of the business licence too
    county_id text not null references regions,
    address text not null,
    contact text not null,
    phone text not null,
    food_licence text,
    login text not null,
    password_hash text not null,
    state text not null check (state in ('waiting', 'admitted', 'turned_down')),
    applied_at_ms bigint not null,
    decided_at_ms bigint,
    decided_by text references accounts,
    reason text,
    organisation_id text references organisations          -- once admitted
);
-- One that waits for each code and each login.
create unique index applications_by_uscc on applications (uscc) where state = 'waiting';
create unique index applications_by_login on applications (login) where state = 'waiting';

-- A merchant's invoices of a month begin with the day.
create index invoices_by_day on invoices (issued_on);
