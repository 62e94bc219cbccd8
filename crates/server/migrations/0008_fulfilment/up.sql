-- Where the goods of an order go. Every order has one point at least; what a person buys goes to one.
create table delivery_points (
    order_id text not null references orders,
    point bigint not null,                                 -- counted from 1
    address text not null,
    contact text not null,
    phone text not null,
    recipients bigint not null check (recipients >= 0),    -- people given their goods there; 0 where nobody counted
    code text not null unique,                             -- opens the acceptance of this point
    primary key (order_id, point)
);

-- How much of a line goes to a point; where nothing does there is no row.
create table point_lines (
    order_id text not null references orders,
    point bigint not null,
    line bigint not null,
    quantity bigint not null check (quantity > 0),
    primary key (order_id, point, line)
);

-- What was ordered before went to one place. Its code is made of the random part of the order's identifier, in the letters and
-- digits that codes have.
insert into delivery_points (order_id, point, address, contact, phone, recipients, code)
select order_id, 1, address, contact, phone, coalesce(head_count, 1),
    upper(replace(replace(replace(substr(order_id, 25, 12), '0', 'h'), '1', 'k'), '8', 'm'))
from orders;
insert into point_lines (order_id, point, line, quantity)
select order_id, 1, line, quantity from order_lines;

alter table orders drop column address;
alter table orders drop column contact;
alter table orders drop column phone;
