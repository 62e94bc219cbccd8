//! Placing orders: a whole basket becomes one order for each merchant, all of them or none.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::channel::Channel;
use domain::order::{Budget, Exception, NewLine, NewOrder, Point, Procurement, Retail, check_minimum, order_number};
use domain::order_life::{Action, State};
use domain::organisation::Actor;
use domain::payment::PaymentMethod;
use domain::permission::{self, Act, Whose, whose_order};
use domain::product::PriceLadder;
use domain::region::DistrictId;
use domain::{Code, Money, Refusal, Say, say, wire};

use super::points::{insert_point_lines, insert_points};
use super::recipients::insert_recipients;
use super::{LineRow, OrderRow, Step, record_step, summaries};
use crate::clock::{self, Ms};
use crate::error::{Error, Result};
use crate::schema::{order_lines, orders, organisations};
use crate::store::statement::statement;
use crate::store::tally::check_district;
use crate::store::{Db, natively, products, stored_id, stored_quantity};

/// Places and submits every order of the procurement, and gives back their summaries. `request_hash` is the hash of the
/// request's body: the same request sent again finds its orders and changes nothing.
///
/// # Errors
/// What the rules refuse, the field named; nothing is then stored.
pub fn place(
    db: &mut Db,
    actor: &Actor,
    procurement: &Procurement,
    request_hash: &str,
    now: Ms,
) -> Result<Vec<wire::OrderSummary>> {
    permission::check(Some(actor.role), Act::PlaceOrder, Whose::Own)?;
    let ids = ids_of(&procurement.orders);
    if already_placed(db, actor, &ids, request_hash)? {
        return summaries(db, &ids);
    }
    let priced = price_orders(db, &procurement.orders, now)?;
    let unusual = priced.iter().find_map(|(_, lines)| lines.unusual.clone());
    check_exceptions(procurement.budget, total(&priced)?, unusual, procurement.exception_reason.as_deref())?;
    let district = actor.district.as_ref().ok_or_else(|| Error::corrupt("a union without a district"))?;
    let placing = Placing {
        actor,
        channel: Channel::UnionProcurement,
        district,
        points: &procurement.points,
        gift: Some(procurement),
        payment_method: None,
        procurement_id: &ids[0],
        request_hash,
        now,
    };
    insert_recipients(db, &ids[0], actor, &procurement.recipients)?;
    priced.into_iter().map(|(order, lines)| placing.insert(db, order, lines)).collect()
}

/// As [`place`], for a person: there is no budget to keep, and the merchants see the orders at once.
///
/// # Errors
/// As [`place`].
pub fn place_retail(
    db: &mut Db,
    actor: &Actor,
    retail: &Retail,
    request_hash: &str,
    now: Ms,
) -> Result<Vec<wire::OrderSummary>> {
    permission::check(Some(actor.role), Act::PlaceRetailOrder, Whose::Own)?;
    let ids = ids_of(&retail.orders);
    if already_placed(db, actor, &ids, request_hash)? {
        return summaries(db, &ids);
    }
    check_district(db, Some(&retail.district))?;
    let priced = price_orders(db, &retail.orders, now)?;
    total(&priced)?;
    let points = [Point { delivery: retail.delivery.clone(), recipients: 1 }];
    let placing = Placing {
        actor,
        channel: Channel::OnlinePlatform,
        district: &retail.district,
        points: &points,
        gift: None,
        payment_method: Some(retail.payment_method),
        procurement_id: &ids[0],
        request_hash,
        now,
    };
    priced.into_iter().map(|(order, lines)| placing.insert(db, order, lines)).collect()
}

fn ids_of(orders: &[NewOrder]) -> Vec<String> {
    orders.iter().map(|order| order.id.to_string()).collect()
}

/// Every order of a basket with today's prices.
fn price_orders<'a>(db: &mut Db, orders: &'a [NewOrder], now: Ms) -> Result<Vec<(&'a NewOrder, PricedLines)>> {
    let price = |(index, order): (usize, &'a NewOrder)| {
        let lines = price_lines(db, &order.id.to_string(), &order.lines, now);
        Ok((order, lines.map_err(|error| prefix_field(error, &format!("orders[{index}].lines")))?))
    };
    orders.iter().enumerate().map(price).collect()
}

fn total(priced: &[(&NewOrder, PricedLines)]) -> Result<Money> {
    Ok(Money::checked_sum(priced.iter().map(|(_, lines)| lines.total)).ok_or_else(too_much)?)
}

/// One by one: a basket is small, and a question whose text never changes is prepared only once.
fn known_orders(db: &mut Db, ids: &[String]) -> Result<Vec<OrderRow>> {
    let mut known = Vec::new();
    for id in ids {
        let order: QueryResult<OrderRow> =
            natively!(db, db => orders::table.find(id).select(OrderRow::as_select()).get_result(db));
        known.extend(order.optional()?);
    }
    Ok(known)
}

/// Whether this very request has been answered before.
fn already_placed(db: &mut Db, actor: &Actor, ids: &[String], request_hash: &str) -> Result<bool> {
    let mut known = known_orders(db, ids)?;
    if known.is_empty() {
        return Ok(false);
    }
    if known.len() < ids.len() {
        // On PostgreSQL the same request, sent twice at once, may have been committed between two of these questions. Orders of one
        // request come together, so now they are all there.
        known = known_orders(db, ids)?;
    }
    let mut same = known.len() == ids.len();
    for row in &known {
        same &= row.request_hash == request_hash && whose_order(actor, &row.parties()?) == Whose::Own;
    }
    if same {
        return Ok(true);
    }
    let taken = ids.iter().position(|id| known.iter().any(|row| row.order_id == *id)).unwrap_or_default();
    let sentence = say!(
        "这个编号已经用于另一张单，请刷新页面后重新提交",
        "This identifier belongs to another order; reload the page and submit again"
    );
    Err(Refusal::new(Code::IdTaken, sentence).at(format!("orders[{taken}].id")).into())
}

/// The lines of one order with today's prices.
pub(super) struct PricedLines {
    pub(super) merchant_id: String,
    merchant: String,
    pub(super) rows: Vec<LineRow>,
    pub(super) total: Money,
    /// A product outside the usual festival gifts, by name.
    pub(super) unusual: Option<Say>,
}

/// Prices the lines from the store, never from the request.
///
/// # Errors
/// [`Code::NotFound`], [`Code::NotOnSale`], [`Code::MixedMerchants`] or [`Code::BelowMinimum`], the field counted within
/// the lines, such as `[2].quantity`.
pub(super) fn price_lines(db: &mut Db, order_id: &str, lines: &[NewLine], now: Ms) -> Result<PricedLines> {
    let mut priced = PricedLines {
        merchant_id: String::new(),
        merchant: String::new(),
        rows: Vec::new(),
        total: Money::ZERO,
        unusual: None,
    };
    for (index, line) in lines.iter().enumerate() {
        let Some((goods, ladder)) = products::goods(db, &line.product_id.to_string(), clock::day(now))? else {
            return Err(Refusal::new(
                Code::NotFound,
                say!("找不到这个产品，请从采购篮里去掉", "There is no such product; take it out of the basket"),
            )
            .at(format!("[{index}].product_id"))
            .into());
        };
        check_line(&goods, line, index, &mut priced.merchant_id)?;
        priced.merchant.clone_from(&goods.merchant);
        if !goods.union_gift_ok {
            priced.unusual.get_or_insert_with(|| goods.called());
        }
        let row = priced_row(order_id, index, line, goods, &ladder)?;
        priced.total = priced.total.checked_add(Money::from_fen(row.amount_fen)).ok_or_else(too_much)?;
        priced.rows.push(row);
    }
    Ok(priced)
}

fn check_line(product: &products::Goods, line: &NewLine, index: usize, merchant_id: &mut String) -> Result<()> {
    let name = product.called();
    if product.status != "on_sale" {
        let sentence = say!("{name}已不在售，请从采购篮里去掉", "{name} is no longer on sale; take it out of the basket"; name = name);
        let refusal = Refusal::new(Code::NotOnSale, sentence);
        return Err(refusal.at(format!("[{index}].product_id")).into());
    }
    if merchant_id.is_empty() {
        merchant_id.clone_from(&product.merchant_id);
    } else if *merchant_id != product.merchant_id {
        let sentence = say!(
            "{name}是另一家商户的货，要另开一张单",
            "{name} is another merchant's and needs an order of its own";
            name = name
        );
        let refusal = Refusal::new(Code::MixedMerchants, sentence);
        return Err(refusal.at(format!("[{index}].product_id")).into());
    }
    check_minimum(line.quantity, stored_quantity(product.minimum_order)?, &product.unit_called()).map_err(|why| {
        let sentence = say!("{name}：{why}", "{name}: {why}"; name = name, why = why);
        Refusal::new(Code::BelowMinimum, sentence).at(format!("[{index}].quantity")).into()
    })
}

fn priced_row(
    order_id: &str,
    index: usize,
    line: &NewLine,
    goods: products::Goods,
    ladder: &PriceLadder,
) -> Result<LineRow> {
    let unit_price = ladder.unit_price(line.quantity);
    let amount = unit_price.checked_times(line.quantity).ok_or_else(too_much)?;
    Ok(LineRow {
        order_id: order_id.to_owned(),
        line: index as i64 + 1,
        product_id: goods.product_id,
        product_name: goods.name,
        spec: goods.spec,
        unit: goods.unit,
        brand: goods.brand,
        county_id: goods.county_id,
        category: goods.category,
        quantity: line.quantity.get(),
        unit_price_fen: unit_price.fen(),
        amount_fen: amount.fen(),
        confirmed_reason: None,
    })
}

fn too_much() -> Refusal {
    Refusal::new(Code::BadField, say!("金额太大，请核对数量", "The amount is too large; please check the quantity"))
}

pub(super) fn prefix_field(error: Error, path: &str) -> Error {
    let Error::Refused(mut refusals) = error else { return error };
    for refusal in &mut refusals {
        refusal.field = refusal.field.take().map(|field| format!("{path}{field}"));
    }
    Error::Refused(refusals)
}

/// Going over the budget and buying what is no usual festival gift is the union's to decide, but it must say why.
pub(super) fn check_exceptions(budget: Budget, total: Money, unusual: Option<Say>, reason: Option<&str>) -> Result<()> {
    match Exception::of(Some(budget), total, unusual).filter(|_| reason.is_none()) {
        Some(exception) => Err(Refusal::new(Code::ReasonNeeded, exception.say()).at("exception_reason").into()),
        None => Ok(()),
    }
}

/// A basket on its way into the store: what all of its orders share.
struct Placing<'a> {
    actor: &'a Actor,
    channel: Channel,
    district: &'a DistrictId,
    points: &'a [Point],
    /// What a union says beside: for whom, for how many, for how much.
    gift: Option<&'a Procurement>,
    /// What a person says beside.
    payment_method: Option<PaymentMethod>,
    procurement_id: &'a str,
    request_hash: &'a str,
    now: Ms,
}

impl Placing<'_> {
    fn insert(&self, db: &mut Db, order: &NewOrder, lines: PricedLines) -> Result<wire::OrderSummary> {
        let buyer = wire::Named { id: self.actor.organisation, name: self.buyer(db)? };
        let state = State::first(self.channel);
        // As late as can be: from here to the commit all others who order today wait for their numbers.
        let number = next_number(db, self.now)?;
        self.insert_order(db, order, &lines, &number, state)?;
        insert_lines(db, &lines.rows)?;
        let order_id = order.id.to_string();
        let numbers = insert_points(db, &order_id, self.points, &order.lines)?;
        insert_point_lines(db, &order_id, &numbers, &order.lines)?;
        let step = Step { number: 1, action: Action::Submit, state_after: state, note: None };
        record_step(db, &order_id, self.actor, step, self.now)?;
        Ok(wire::OrderSummary {
            id: order.id,
            number,
            state,
            channel: self.channel,
            occasion: self.gift.map(|gift| gift.occasion),
            buyer,
            merchant: wire::Named { id: stored_id(&lines.merchant_id)?, name: lines.merchant },
            head_count: self.gift.map(|gift| gift.budget.head_count()),
            total_fen: lines.total,
            first_product: lines.rows.first().map(|line| line.product_name.clone()).unwrap_or_default(),
            line_count: lines.rows.len() as i64,
            created_at_ms: self.now,
            updated_at_ms: self.now,
        })
    }

    fn buyer(&self, db: &mut Db) -> Result<String> {
        let buyer = organisations::table.find(self.actor.organisation.to_string()).select(organisations::name);
        Ok(natively!(db, db => buyer.get_result(db))?)
    }

    fn insert_order(
        &self,
        db: &mut Db,
        order: &NewOrder,
        lines: &PricedLines,
        number: &str,
        state: State,
    ) -> Result<()> {
        let Placing { actor, channel, district, gift, payment_method, procurement_id, request_hash, now, .. } = *self;
        let insert = diesel::insert_into(orders::table).values((
            (
                orders::order_id.eq(order.id.to_string()),
                orders::procurement_id.eq(procurement_id),
                orders::request_hash.eq(request_hash),
                orders::number.eq(number),
                orders::buyer_id.eq(actor.organisation.to_string()),
                orders::buyer_district_id.eq(district.as_str()),
                orders::merchant_id.eq(&lines.merchant_id),
                orders::channel.eq(channel.code()),
                orders::occasion.eq(gift.map(|gift| gift.occasion.code())),
                orders::head_count.eq(gift.map(|gift| gift.budget.head_count())),
                orders::per_head_budget_fen.eq(gift.map(|gift| gift.budget.per_head().fen())),
            ),
            (
                orders::exception_reason.eq(gift.and_then(|gift| gift.exception_reason.as_deref())),
                orders::state.eq(state.code()),
                // What needs no approval is its merchant's business at once.
                orders::approved_at_ms.eq((state == State::Approved).then_some(now)),
                orders::submitter_id.eq(actor.account.to_string()),
                orders::total_fen.eq(lines.total.fen()),
                orders::pipeline_fen.eq(lines.total.fen()),
                orders::created_at_ms.eq(now),
                orders::updated_at_ms.eq(now),
                orders::payment_method.eq(payment_method.map(PaymentMethod::code)),
            ),
        ));
        natively!(db, db => insert.execute(db))?;
        Ok(())
    }
}

pub(super) fn insert_lines(db: &mut Db, rows: &[LineRow]) -> Result<()> {
    for row in rows {
        let insert = diesel::insert_into(order_lines::table).values(row);
        natively!(db, db => insert.execute(db))?;
    }
    Ok(())
}

/// The next number of the day; the counter is taken in the same transaction, so no number is given out twice or skipped.
fn next_number(db: &mut Db, now: Ms) -> Result<String> {
    let day = clock::day(now);
    let take = statement::<BigInt, _>(
        "insert into order_numbers (day, last) values (?, 1) \
         on conflict (day) do update set last = order_numbers.last + 1 returning last",
        [day.to_string().as_str().into()],
    );
    let last: i64 = natively!(db, db => take.get_result(db))?;
    Ok(order_number(day, last))
}
