//! Sample orders of last year and this one, so that a fresh market has something to show.
//!
//! They go through the very commands a person's requests run, one after another as time would have brought them: the
//! ledger they leave behind is as real as any. The choice is random but always the same for the same day.
//! Unions buy throughout both years; the person of the sample account a few times.

mod reports;

use std::collections::HashMap;

use domain::attachment::{AttachmentKind, AttachmentScope, FileFormat};
use domain::fulfilment::spread;
use domain::id::{AttachmentId, OrderId, OrganisationId, ProductId, uuid_v7};
use domain::occasion::Occasion;
use domain::order::{Procurement, Retail};
use domain::organisation::{Actor, OrganisationKind, Role};
use domain::payment::{Payment, PaymentMethod};
use domain::procedure::Comparison;
use domain::region::DistrictId;
use domain::wire::{
    AcceptanceLine, ActionBody, Delivery, NewComparison, NewInvoice, NewLine, NewOrder, NewOrders, NewPayment,
    NewPoint, NewRetailOrders, NewTransfer, Offer,
};
use domain::{Code, Language, Money, Quantity};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::attachments::Kept;
use crate::clock::{self, Ms};
use crate::data::{Account, Data, Organisation, Product};
use crate::error::{Error, Result};
use crate::store::attachments::NewAttachment;
use crate::store::{Db, attachments, orders, procedure};

pub use self::reports::place_reports;

/// The meeting's decision that every larger sample procurement has: one page that says it is a sample.
pub const DECISION: &[u8] = include_bytes!("sample/decision.pdf");

const HOUR: Ms = 60 * 60 * 1000;
const DAY: Ms = 24 * HOUR;

/// When unions buy, and for what.
const SEASONS: &[(i8, i8, Occasion)] = &[
    (1, 9, Occasion::SpringFestival),
    (3, 18, Occasion::Qingming),
    (4, 15, Occasion::Labour),
    (5, 20, Occasion::DragonBoat),
    (8, 24, Occasion::MidAutumn),
    (9, 12, Occasion::NationalDay),
    (12, 8, Occasion::NewYear),
];

/// How many days ago the person bought something: there is an order at every stage, and some that have helped.
const PERSONS_DAYS: &[Ms] = &[0, 1, 3, 9, 40, 150];
/// Where a union hands its gifts out, behind its address.
const PLACES: [&str; 3] = ["", "（二号楼）", "（江北分部）"];
/// One that was cancelled before it was confirmed.
const THOUGHT_BETTER: Ms = 12;

/// Places the orders of both years up to `now` and takes each as far as time has come.
pub fn place_orders(db: &mut Db, data: &Data, now: Ms) -> Result<()> {
    let today = clock::day(now);
    let mut sample = Sample::new(data, today);
    sample.plan_year(today.year() - 1, 620);
    sample.plan_year(today.year(), 880);
    sample.plan_last_days(now);
    sample.plan_person(now);
    sample.steps.sort_by_key(|step| (step.at, step.procurement));
    for step in std::mem::take(&mut sample.steps) {
        if step.at < now {
            sample.run(db, &step)?;
        }
    }
    Ok(())
}

/// One person's act at one moment.
struct Step {
    at: Ms,
    /// Index into [`Sample::procurements`].
    procurement: usize,
    kind: StepKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StepKind {
    Place,
    Approve,
    SendBack,
    Confirm,
    Pay,
    Ship,
    Accept,
    Invoice,
    Transfer,
    Cancel,
}

struct Planned<'a> {
    buyer: Buyer<'a>,
    placed: Vec<Placed>,
}

#[derive(Clone, Copy)]
enum Buyer<'a> {
    Union {
        union: &'a Organisation,
        occasion: Occasion,
        /// How many people, in thousandths of the members.
        share: i64,
        /// In how many places the gifts are handed out.
        places: usize,
    },
    Person(&'a Account),
}

/// An order that was placed: its id, merchant, and what goes of each line to each point.
#[derive(Clone)]
struct Placed {
    id: OrderId,
    merchant: OrganisationId,
    /// Point by point, line by line.
    points: Vec<Vec<i64>>,
}

struct Sample<'a> {
    data: &'a Data,
    random: StdRng,
    left: HashMap<ProductId, i64>,
    procurements: Vec<Planned<'a>>,
    steps: Vec<Step>,
}

impl<'a> Sample<'a> {
    fn new(data: &'a Data, today: Date) -> Sample<'a> {
        let seed = u64::from(today.year().unsigned_abs()) * 1_000 + u64::from(today.day_of_year().unsigned_abs());
        let left = data.products.iter().map(|product| (product.id, product.available)).collect();
        Sample { data, random: StdRng::seed_from_u64(seed), left, procurements: Vec::new(), steps: Vec::new() }
    }

    fn unions(&self) -> impl Iterator<Item = &'a Organisation> + use<'a> {
        self.data.organisations.iter().filter(|organisation| organisation.kind == OrganisationKind::Union)
    }

    /// The festivals of a year, nine unions in ten for each, and a monthly round of birthdays. `share` is how many of a
    /// thousand members are given something.
    fn plan_year(&mut self, year: i16, share: i64) {
        for union in self.unions() {
            for (month, day, occasion) in SEASONS {
                if self.random.random_range(0..10) > 0 {
                    let share = share + self.random.random_range(-120..=120);
                    let start = date(year, *month, *day) + self.random.random_range(0..9).days();
                    let minutes = self.minutes();
                    self.plan(union, *occasion, (share, 1), start, minutes);
                }
            }
            for month in 1..=12 {
                let start = date(year, month, self.random.random_range(2..18));
                let minutes = self.minutes();
                self.plan(union, Occasion::Birthday, (share / 10, 1), start, minutes);
            }
        }
    }

    /// One procurement a day over the last days, so that every stage of an order has examples. All keep the same hours: at
    /// no time of the day has one left a stage before the next has come to it.
    fn plan_last_days(&mut self, now: Ms) {
        let unions: Vec<_> = self.unions().collect();
        let day = |back: usize| clock::day(now - (back as Ms) * DAY);
        let minutes = self.minutes();
        for (back, union) in unions.iter().enumerate() {
            self.plan(union, Occasion::NewYear, (700, 1 + back % PLACES.len()), day(back), minutes);
        }
        // One more, which its chair has had time to read, came back for another count.
        let sent_back = self.procurements.len();
        self.plan(unions[2 % unions.len()], Occasion::NewYear, (700, 1), day(2), minutes);
        for step in self.steps.iter_mut().filter(|step| step.procurement == sent_back) {
            if step.kind == StepKind::Approve {
                step.kind = StepKind::SendBack;
            }
        }
        self.steps
            .retain(|step| step.procurement != sent_back || matches!(step.kind, StepKind::Place | StepKind::SendBack));
    }

    /// What the person of the sample account buys. Counted back from now, so that every stage has an order at any time of
    /// the day.
    fn plan_person(&mut self, now: Ms) {
        let Some(person) = self.data.accounts.iter().find(|account| account.role == Role::Buyer) else { return };
        for back in PERSONS_DAYS.iter().chain([&THOUGHT_BETTER]) {
            let procurement = self.procurements.len();
            self.procurements.push(Planned { buyer: Buyer::Person(person), placed: Vec::new() });
            let placed_at = now - back * DAY - 2 * HOUR;
            let hours: &[(StepKind, Ms)] = if *back == THOUGHT_BETTER {
                &[(StepKind::Place, 0), (StepKind::Cancel, 3)]
            } else {
                &[
                    (StepKind::Place, 0),
                    (StepKind::Confirm, 24),
                    (StepKind::Pay, 25),
                    (StepKind::Ship, 48),
                    (StepKind::Accept, 120),
                ]
            };
            let step = |(kind, hours): &(StepKind, Ms)| Step { at: placed_at + hours * HOUR, procurement, kind: *kind };
            self.steps.extend(hours.iter().map(step));
        }
    }

    /// How many minutes into its day each step begins, counted from the step before.
    fn minutes(&mut self) -> [i64; 7] {
        let first = self.random.random_range(0..9 * 60);
        let mut minutes = [(); 7].map(|()| self.random.random_range(0..90));
        minutes[0] += first;
        minutes
    }

    fn plan(
        &mut self,
        union: &'a Organisation,
        occasion: Occasion,
        (share, places): (i64, usize),
        start: Date,
        minutes: [i64; 7],
    ) {
        let procurement = self.procurements.len();
        self.procurements.push(Planned { buyer: Buyer::Union { union, occasion, share, places }, placed: Vec::new() });
        let mut at = clock::at(start, 0, 0);
        let days_between = [
            (StepKind::Place, 0),
            (StepKind::Approve, 1),
            (StepKind::Confirm, 1),
            (StepKind::Ship, 2),
            (StepKind::Accept, 3),
            (StepKind::Invoice, 1),
            (StepKind::Transfer, 1),
        ];
        for ((kind, days), minutes) in days_between.into_iter().zip(minutes) {
            at += days * DAY + minutes * 60_000;
            self.steps.push(Step { at, procurement, kind });
        }
    }

    fn run(&mut self, db: &mut Db, step: &Step) -> Result<()> {
        if step.kind == StepKind::Place {
            return self.place(db, step);
        }
        let planned = &self.procurements[step.procurement];
        let buyer = planned.buyer;
        for order in planned.placed.clone() {
            if step.kind == StepKind::Approve {
                self.add_papers(db, buyer, order.id, step.at)?;
            }
            for point in 0..order.points.len() {
                let of_each_point = matches!(step.kind, StepKind::Ship | StepKind::Accept);
                if (point == 0 || of_each_point) && !self.run_one(db, step, buyer, &order, point)? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// One act on one order, at one point where it is of points. Whether it was its turn.
    fn run_one(&mut self, db: &mut Db, step: &Step, buyer: Buyer<'_>, order: &Placed, place: usize) -> Result<bool> {
        let (id, merchant, point) = (order.id, order.merchant, place as i64 + 1);
        let (actor, body) = match step.kind {
            StepKind::Approve => (self.buyers(buyer, Role::UnionChair)?, ActionBody::Approve {}),
            StepKind::SendBack => {
                let reason = "没用上批量价，请把数量并到一家再算一次".to_owned();
                (self.buyers(buyer, Role::UnionChair)?, ActionBody::SendBack { reason })
            }
            StepKind::Confirm => (self.actor(merchant, Role::Merchant)?, ActionBody::Confirm { lines: Vec::new() }),
            StepKind::Ship => (self.actor(merchant, Role::Merchant)?, self.shipment(point)),
            StepKind::Accept => (self.buyers(buyer, Role::UnionOfficer)?, self.acceptance(point, &order.points[place])),
            StepKind::Invoice => {
                let merchant = self.actor(merchant, Role::Merchant)?;
                let Some(body) = self.invoice(db, &merchant, id, step.at)? else { return Ok(false) };
                (merchant, body)
            }
            StepKind::Transfer => {
                let officer = self.buyers(buyer, Role::UnionOfficer)?;
                let Some(body) = self.transfer(db, &officer, id, step.at)? else { return Ok(false) };
                (officer, body)
            }
            StepKind::Cancel => {
                let reason = "地址填错了，重新下单".to_owned();
                (self.buyers(buyer, Role::UnionOfficer)?, ActionBody::Cancel { reason })
            }
            StepKind::Pay => {
                self.pay(db, id, merchant, step.at)?;
                return Ok(true);
            }
            StepKind::Place => return Ok(true),
        };
        match orders::act(db, &actor, &id.to_string(), &body, step.at) {
            Ok(()) => Ok(true),
            // Sold out meanwhile: the merchant says so, as a real one would, and the later steps find it cancelled.
            Err(Error::Refused(refusals)) if refusals[0].code == Code::NotEnoughStock => {
                let reason = refusals[0].sentence.zh.clone().into_owned();
                orders::act(db, &actor, &id.to_string(), &ActionBody::Cancel { reason }, step.at)?;
                Ok(true)
            }
            Err(Error::Refused(refusals)) if refusals[0].code == Code::OutOfTurn => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The invoice that equals what was accepted; none where the order has not come so far.
    fn invoice(&mut self, db: &mut Db, merchant: &Actor, id: OrderId, at: Ms) -> Result<Option<ActionBody>> {
        let due = orders::order(db, merchant, &id.to_string(), Language::Zh)?.invoice_due;
        let Some(due) = due.filter(|due| !due.lines.is_empty()) else { return Ok(None) };
        let number = format!("2633{:016}", self.random.random_range(0..10_000_000_000_000_000_u64));
        let invoice = NewInvoice {
            number,
            title: due.title,
            buyer_uscc: due.buyer_uscc,
            issued_on: clock::day(at).to_string(),
            lines: due.lines,
        };
        Ok(Some(ActionBody::Invoice { invoice }))
    }

    /// The transfer that pays it.
    fn transfer(&mut self, db: &mut Db, officer: &Actor, id: OrderId, at: Ms) -> Result<Option<ActionBody>> {
        let invoices = orders::order(db, officer, &id.to_string(), Language::Zh)?.invoices;
        let Some(invoice) = invoices.first() else { return Ok(None) };
        let slip_no = format!("示例{:012}", self.random.random_range(1..1_000_000_000_000_u64));
        let (paid_on, amount_fen) = (clock::day(at).to_string(), invoice.amount_fen.fen());
        Ok(Some(ActionBody::Transfer { transfer: NewTransfer { slip_no, paid_on, amount_fen } }))
    }

    fn place(&mut self, db: &mut Db, step: &Step) -> Result<()> {
        let (union, occasion, share, places) = match self.procurements[step.procurement].buyer {
            Buyer::Union { union, occasion, share, places } => (union, occasion, share, places),
            Buyer::Person(person) => return self.place_of_person(db, person, step),
        };
        let head_count = (union.members.unwrap_or(1_000) * share / 1_000).max(1);
        let month = clock::day(step.at).month();
        let gifts = self.choose(union, head_count, month);
        if gifts.is_empty() {
            return Ok(());
        }
        let quantity = Quantity::new(head_count).map_err(|error| Error::corrupt(format!("a head-count: {error}")))?;
        let per_head: i64 = gifts.iter().map(|product| product.ladder.unit_price(quantity).fen()).sum();
        let groups = domain::basket::by_merchant(gifts, |product| product.merchant);
        // Most are at the first place.
        let weights: Vec<Quantity> = [6, 3, 1].map(|weight| Quantity::new(weight).unwrap_or(Quantity::ONE)).into();
        let by_point: Vec<i64> = spread(quantity, &weights[..places]).into_iter().map(Quantity::get).collect();
        let orders: Vec<NewOrder> = groups
            .iter()
            .map(|(_, products)| NewOrder {
                id: OrderId(uuid_v7(step.at.unsigned_abs(), &self.random.random())),
                lines: products
                    .iter()
                    .map(|product| NewLine { product_id: product.id, quantity: head_count, by_point: by_point.clone() })
                    .collect(),
            })
            .collect();
        let placed = groups.iter().zip(&orders).map(|((merchant, products), order)| Placed {
            id: order.id,
            merchant: *merchant,
            points: by_point.iter().filter(|part| **part > 0).map(|part| vec![*part; products.len()]).collect(),
        });
        self.procurements[step.procurement].placed = placed.collect();
        let point = |(place, recipients): (&&str, &i64)| NewPoint {
            address: format!("{}{place}", union.address),
            contact: "工会办公室".into(),
            phone: union.phone.clone(),
            recipients: *recipients,
        };
        let points = PLACES.iter().zip(&by_point).map(point).collect();
        // Unions budget in tens of yuan.
        let per_head_budget_fen = (per_head + 999) / 1_000 * 1_000;
        let body = NewOrders {
            occasion,
            head_count,
            per_head_budget_fen,
            points,
            exception_reason: None,
            orders,
            recipients: Vec::new(),
        };
        let officer = self.actor(union.id, Role::UnionOfficer)?;
        orders::place(db, &officer, &Procurement::parse(&body)?, &format!("sample-{}", step.procurement), step.at)?;
        Ok(())
    }

    /// What a procurement of its size asks for before the chair may approve it.
    fn add_papers(&self, db: &mut Db, buyer: Buyer<'_>, id: OrderId, at: Ms) -> Result<()> {
        let officer = self.buyers(buyer, Role::UnionOfficer)?;
        let order_id = id.to_string();
        if procedure::procedure(db, &officer, &order_id, Language::Zh)?.missing.is_none() {
            return Ok(());
        }
        let offer = |supplier: &str, total_fen: i64| Offer {
            supplier: supplier.to_owned(),
            offered_on: clock::day(at).to_string(),
            total_fen: Money::from_fen(total_fen),
            terms: String::new(),
        };
        let total = procedure::procedure(db, &officer, &order_id, Language::Zh)?.total_fen.fen();
        let record = NewComparison {
            offers: vec![
                offer("山海集各入驻商户（示例）", total),
                offer("示例商超", total + total / 20),
                offer("示例批发部", total + total / 12),
            ],
            chosen: 0,
            reason: "价格最低，又是帮扶产品".to_owned(),
        };
        procedure::compare(db, &officer, &order_id, &Comparison::parse(&record, clock::day(at))?, at)?;
        let decision = NewAttachment {
            id: AttachmentId(uuid_v7(at.unsigned_abs(), &id.0.as_bytes()[6..].try_into().unwrap_or_default())),
            scope: AttachmentScope::Procurement,
            kind: AttachmentKind::MeetingDecision,
            kept: Kept::of(DECISION, FileFormat::Pdf, "示例会议纪要.pdf"),
        };
        attachments::insert(db, Some(&officer), &order_id, &decision, at)?;
        Ok(())
    }

    /// One or two goods in season, a few of each.
    fn place_of_person(&mut self, db: &mut Db, person: &Account, step: &Step) -> Result<()> {
        let month = clock::day(step.at).month().unsigned_abs().into();
        let in_season: Vec<&Product> = self
            .data
            .products
            .iter()
            .filter(|product| product.season.has(month) && product.available > 1_000)
            .collect();
        let Some(first) = in_season.choose(&mut self.random).copied() else { return Ok(()) };
        let of_merchant: Vec<&Product> =
            in_season.iter().copied().filter(|it| it.merchant == first.merchant && it.id != first.id).collect();
        let mut lines = Vec::new();
        for product in [Some(first), of_merchant.choose(&mut self.random).copied()].into_iter().flatten() {
            let quantity = product.minimum_order.max(1) + self.random.random_range(0..3);
            lines.push(NewLine { product_id: product.id, quantity, by_point: Vec::new() });
        }
        let Some(district) = self.unions().find_map(|union| union.district.clone()) else { return Ok(()) };
        let id = OrderId(uuid_v7(step.at.unsigned_abs(), &self.random.random()));
        let points = vec![lines.iter().map(|line| line.quantity).collect()];
        self.procurements[step.procurement].placed = vec![Placed { id, merchant: first.merchant, points }];
        let delivery =
            Delivery {
                address: "宁波市示例路9弄9号".into(), contact: "赵示例".into(), phone: "13800000009".into()
            };
        let payment_method = PaymentMethod::BankTransfer;
        let body = NewRetailOrders { district, payment_method, delivery, orders: vec![NewOrder { id, lines }] };
        let actor = person_as_actor(person);
        let hash = format!("sample-{}", step.procurement);
        orders::place_retail(db, &actor, &Retail::parse(&body)?, &hash, step.at)?;
        Ok(())
    }

    fn pay(&mut self, db: &mut Db, id: OrderId, merchant: OrganisationId, at: Ms) -> Result<()> {
        let today = clock::day(at);
        let reference = Some(format!("示例{:06}", self.random.random_range(1..1_000_000)));
        let body = NewPayment { method: PaymentMethod::BankTransfer, received_on: today.to_string(), reference };
        let payment = Payment::parse(&body, today)?;
        orders::record_payment(db, &self.actor(merchant, Role::Merchant)?, &id.to_string(), &payment, at)
    }

    /// Up to six goods in season, the paired county's first, with enough left for every head.
    fn choose(&mut self, union: &Organisation, head_count: i64, month: i8) -> Vec<&'a Product> {
        let paired: Vec<&str> = self
            .data
            .pairings
            .iter()
            .filter(|pairing| Some(&pairing.district) == union.district.as_ref())
            .map(|pairing| pairing.county.as_str())
            .collect();
        let fits = |product: &&'a Product| {
            product.union_gift_ok
                && product.season.has(month.unsigned_abs().into())
                && product.ladder.list_price().fen() <= 15_000
                && self.left.get(&product.id).is_some_and(|left| *left >= 2 * head_count)
        };
        let fitting: Vec<&'a Product> = self.data.products.iter().filter(fits).collect();
        let of_pair: Vec<&'a Product> =
            fitting.iter().copied().filter(|product| paired.contains(&product.county.as_str())).collect();
        let mut chosen: Vec<&'a Product> = Vec::new();
        for _ in 0..self.random.random_range(4..=6) {
            let from = if self.random.random_range(0..100) < 55 && !of_pair.is_empty() { &of_pair } else { &fitting };
            let Some(product) = from.choose(&mut self.random) else { continue };
            if !chosen.iter().any(|earlier| earlier.id == product.id) {
                chosen.push(product);
            }
        }
        for product in &chosen {
            *self.left.entry(product.id).or_default() -= head_count;
        }
        chosen
    }

    fn shipment(&mut self, point: i64) -> ActionBody {
        let carrier = ["邮政快递", "山海专线", "供销物流"][self.random.random_range(0..3)].to_owned();
        let tracking_no = format!("示例{:08}", self.random.random_range(1..100_000_000));
        ActionBody::Ship { carrier, tracking_no, point: Some(point), lines: Vec::new() }
    }

    /// Nine acceptances in ten are whole; the tenth rejects a few broken pieces.
    fn acceptance(&mut self, point: i64, quantities: &[i64]) -> ActionBody {
        let mut lines = Vec::new();
        for (index, ordered) in quantities.iter().enumerate() {
            let rejected = if self.random.random_range(0..10) == 0 { (ordered / 120).max(1) } else { 0 };
            let reason = (rejected > 0).then(|| "外箱破损".to_owned());
            lines.push(AcceptanceLine {
                line: index as i64 + 1,
                accepted: ordered - rejected,
                short: 0,
                rejected,
                reason,
            });
        }
        ActionBody::Accept { point: Some(point), lines }
    }

    /// Who of a union does this; a person does everything.
    fn buyers(&self, buyer: Buyer<'_>, role: Role) -> Result<Actor> {
        match buyer {
            Buyer::Union { union, .. } => self.actor(union.id, role),
            Buyer::Person(person) => Ok(person_as_actor(person)),
        }
    }

    fn actor(&self, organisation: OrganisationId, role: Role) -> Result<Actor> {
        let account =
            self.data.accounts.iter().find(|account| account.organisation == organisation && account.role == role);
        let account = account.ok_or_else(|| {
            anyhow::anyhow!("the sample orders need a {} of organisation {organisation} in accounts.toml", role.code())
        })?;
        let of = self.data.organisations.iter().find(|known| known.id == organisation);
        let district = of.and_then(|of| of.district.as_ref()).map(DistrictId::new);
        Ok(Actor { account: account.id, role, organisation, district })
    }
}

fn person_as_actor(person: &Account) -> Actor {
    Actor { account: person.id, role: person.role, organisation: person.organisation, district: None }
}
