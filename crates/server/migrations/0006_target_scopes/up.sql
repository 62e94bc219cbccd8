-- Targets bind counties and brands too. What a column may hold cannot be changed on SQLite, so the table is made anew; no
-- other refers to it.
create table targets_of_more_scopes (
    year bigint not null,
    scope text not null check (scope in ('city', 'district', 'channel', 'county', 'brand')),
    key text not null,                                     -- empty for the city
    version bigint not null,
    amount_fen bigint not null check (amount_fen > 0),
    document text not null,
    primary key (year, scope, key, version)
);
insert into targets_of_more_scopes (year, scope, key, version, amount_fen, document)
select year, scope, key, version, amount_fen, document from targets;
drop table targets;
alter table targets_of_more_scopes rename to targets;
