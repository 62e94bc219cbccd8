create table targets_of_fewer_scopes (
    year bigint not null,
    scope text not null check (scope in ('city', 'district', 'channel')),
    key text not null,
    version bigint not null,
    amount_fen bigint not null check (amount_fen > 0),
    document text not null,
    primary key (year, scope, key, version)
);
insert into targets_of_fewer_scopes (year, scope, key, version, amount_fen, document)
select year, scope, key, version, amount_fen, document from targets where scope in ('city', 'district', 'channel');
drop table targets;
alter table targets_of_fewer_scopes rename to targets;
