-- Who is given what: the list a procurement was placed with, for the sign-off sheet. It is the union's alone. The phones go some
-- time after acceptance (domain/retention.rs); names and what they were given stay for the accounts.
create table recipients (
    procurement_id text not null,                          -- as in orders
    place bigint not null,                                 -- in the list, counted from 1
    buyer_id text not null references organisations,
    department text not null,
    name text not null,
    phone text,                                            -- none once it has been purged
    point bigint not null,                                 -- among the points of the request, counted from 1
    sets bigint not null check (sets > 0),
    bundle text,
    primary key (procurement_id, place)
);

-- A union's members as they were on a day.
create table rosters (
    roster_id text primary key not null,                   -- made by the browser
    union_id text not null references organisations,
    as_of text not null,                                   -- the cut-off day
    people bigint not null check (people > 0),
    account_id text not null references accounts,          -- who kept it
    kept_at_ms bigint not null
);
create index rosters_by_union on rosters (union_id, as_of);

create table roster_members (
    roster_id text not null references rosters,
    place bigint not null,                                 -- in the list, counted from 1
    name text not null,
    department text not null,
    phone text,                                            -- none where it was not given, or once it has been purged
    address text,                                          -- as the phone
    primary key (roster_id, place)
);
