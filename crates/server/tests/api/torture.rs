//! What was answered is kept and was done once, whatever happens to the program or to its database.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Money;
use domain::id::OrderId;
use domain::order_life::{Action, State};
use domain::wire::{ActionBody, NewOrders, Order};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use server::database::DatabaseUrl;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::audit::{audit, said};
use crate::cluster::Cluster;
use crate::home::{Home, on_postgres};
use crate::process::{Process, filled_home, log_in};
use crate::site::{Answer, Person, acceptance, basket, product, shipment};

/// What an order goes through, in this order.
pub const LIFE: [Action; 5] = [Action::Submit, Action::Approve, Action::Confirm, Action::Ship, Action::Accept];

/// Everybody who takes part in an order.
pub struct Cast {
    officer: Person,
    chair: Person,
    merchant: Person,
}

impl Cast {
    pub async fn of(process: &Process, district: &str) -> Cast {
        Cast {
            officer: process.sign_in(&format!("{district}.officer")).await,
            chair: process.sign_in(&format!("{district}.chair")).await,
            merchant: process.sign_in("qingyuan.merchant").await,
        }
    }

    /// Does one act. Broken when the server went away before the answer was whole.
    pub async fn act(&self, plan: &Plan, action: Action) -> reqwest::Result<Answer> {
        let id = plan.id();
        let (person, body) = match action {
            Action::Submit => {
                return Answer::try_to(self.officer.request(reqwest::Method::POST, "/orders").json(&plan.body)).await;
            }
            Action::Approve => (&self.chair, ActionBody::Approve {}),
            Action::Confirm => (&self.merchant, ActionBody::Confirm { lines: Vec::new() }),
            Action::Ship => (&self.merchant, shipment(&format!("YZ{id}"))),
            Action::Accept => (
                &self.officer,
                ActionBody::Accept { point: None, lines: acceptance(&[(plan.accepted, plan.rejected())]) },
            ),
            other => panic!("{} is no part of this story", other.code()),
        };
        let request = person.request(reqwest::Method::POST, &format!("/orders/{id}/actions")).json(&body);
        Answer::try_to(request).await
    }
}

/// An order somebody is about to make.
#[derive(Clone)]
pub struct Plan {
    pub district: &'static str,
    pub body: NewOrders,
    pub accepted: i64,
}

impl Plan {
    pub fn new(random: &mut StdRng) -> Plan {
        let district = ["zhenhai", "yinzhou"][random.random_range(0..2)];
        let quantity = random.random_range(1..=60);
        let accepted = quantity - random.random_range(0..=1);
        Plan { district, body: basket(&[&[("庆元香菇", quantity)]]), accepted }
    }

    pub fn id(&self) -> OrderId {
        self.body.orders[0].id
    }

    fn quantity(&self) -> i64 {
        self.body.orders[0].lines[0].quantity
    }

    fn rejected(&self) -> i64 {
        self.quantity() - self.accepted
    }

    fn unit_price_fen(&self) -> i64 {
        product("庆元香菇").price_fen(self.quantity())
    }
}

/// Takes the orders one after another through their lives until the server goes away, and tells of every act that is done.
/// Gives back how often the server was too busy and had to be asked again.
pub async fn work(cast: Cast, plans: Vec<Plan>, done: UnboundedSender<(OrderId, Action)>) -> usize {
    let mut busy = 0;
    for plan in plans {
        for action in LIFE {
            let mut again = false;
            loop {
                let Ok(answer) = cast.act(&plan, action).await else { return busy };
                match answer.status {
                    200..300 => break,
                    503 => (busy, again) = (busy + 1, true),
                    // What the server was unsure of had been done.
                    409 if again => break,
                    _ => panic!("{} {}", answer.status, answer.text()),
                }
                tokio::time::sleep(BEFORE_ASKING_AGAIN).await;
            }
            if done.send((plan.id(), action)).is_err() {
                return busy;
            }
        }
    }
    busy
}

const BEFORE_ASKING_AGAIN: Duration = Duration::from_millis(50);
const WORKERS: usize = 6;
/// More than any run orders.
const STOCK: i64 = 1_000_000;

/// Every order that was planned, and how many of its acts are known to be done.
struct Story {
    random: StdRng,
    plans: Vec<Plan>,
    /// How many of the plans came to their end in an earlier round and were looked at then.
    over: usize,
    done: BTreeMap<OrderId, usize>,
}

impl Story {
    fn begin(home: &Home) -> Story {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        home.run(&format!("update products set available = {STOCK} where name = '庆元香菇'"));
        Story { random: StdRng::seed_from_u64(seed), plans: Vec::new(), over: 0, done: BTreeMap::new() }
    }

    /// Workers of both unions who order and act for themselves.
    async fn set_to_work(
        &mut self,
        process: &Process,
    ) -> (Vec<JoinHandle<usize>>, UnboundedReceiver<(OrderId, Action)>) {
        let (tell, told) = unbounded_channel();
        let mut workers = Vec::new();
        for _ in 0..WORKERS {
            let first = Plan::new(&mut self.random);
            // A worker acts for one union.
            let plans: Vec<Plan> =
                (0..12).map(|_| Plan { district: first.district, ..Plan::new(&mut self.random) }).collect();
            self.plans.extend(plans.iter().cloned());
            let cast = Cast::of(process, first.district).await;
            workers.push(tokio::spawn(work(cast, plans, tell.clone())));
        }
        (workers, told)
    }

    fn hear(&mut self, (id, _): (OrderId, Action)) {
        *self.done.entry(id).or_default() += 1;
    }

    fn acts(&self) -> usize {
        self.done.values().sum()
    }

    /// What the last round began is as it was answered, and then comes to its end.
    async fn look_and_finish(&mut self, process: &Process) {
        check_kept(process, &self.plans[self.over..], &self.done).await;
        finish(process, &self.plans[self.over..], &mut self.done).await;
        self.over = self.plans.len();
    }

    async fn end(mut self, process: &Process, home: &Home) {
        self.look_and_finish(process).await;
        check_kept(process, &self.plans, &self.done).await;
        check_sums(process, &self.plans, &self.done).await;
        let output = audit(home);
        assert!(output.status.success(), "{}", said(&output));
        println!("{} orders, {} acts, {}", self.plans.len(), self.acts(), said(&output).trim());
    }
}

/// How often the server is killed: ten times in every run of the tests, more by `cargo xtask torture --kills N`.
fn kills() -> usize {
    let asked = std::env::var("SHANHAI_KILLS").ok();
    asked.map_or(10, |kills| kills.parse().expect("SHANHAI_KILLS is a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_kill_at_any_moment() {
    let home = filled_home().await;
    let mut story = Story::begin(&home);
    for round in 1..=kills() {
        let mut process = Process::start(&home);
        story.look_and_finish(&process).await;
        let (workers, mut told) = story.set_to_work(&process).await;
        for _ in 0..story.random.random_range(1..=150) {
            story.hear(told.recv().await.expect("there is more to do than will be done"));
        }
        process.kill();
        while let Some(act) = told.recv().await {
            story.hear(act);
        }
        for worker in workers {
            assert_eq!(worker.await.expect("no worker was refused"), 0, "nobody was told to ask again");
        }
        println!("killed {round} times, {} acts so far", story.acts());
        let output = audit(&home);
        assert!(output.status.success(), "{}", said(&output));
    }
    story.end(&Process::start(&home), &home).await;
}

/// PostgreSQL goes away without a word, again and again, while everybody works.
#[tokio::test(flavor = "multi_thread")]
pub async fn work_goes_on_when_postgresql_is_restarted_under_it() {
    if !on_postgres() {
        return;
    }
    let cluster = Cluster::start_with("");
    let home = Home::at(DatabaseUrl::Postgres(cluster.url("postgres")));
    let process = Process::start(&home);
    let mut story = Story::begin(&home);
    // The catalogue in memory learns of the stock with the first order that is confirmed.
    let (workers, mut told) = story.set_to_work(&process).await;
    for _ in 0..3 {
        for _ in 0..30 {
            story.hear(told.recv().await.expect("there is more to do"));
        }
        tokio::task::block_in_place(|| cluster.control(&["restart", "--mode", "immediate", "--wait"]));
    }
    while let Some(act) = told.recv().await {
        story.hear(act);
    }
    for worker in workers {
        worker.await.unwrap_or_else(|error| panic!("a worker was refused: {error}; the log:\n{}", log_in(&home)));
    }
    story.end(&process, &home).await;
}

/// Every answered act is in the order's history, in turn and once; at most the one that was not answered comes after.
async fn check_kept(process: &Process, plans: &[Plan], answered: &BTreeMap<OrderId, usize>) {
    let city = process.sign_in("ningbo.city").await;
    for plan in plans {
        let acts = answered.get(&plan.id()).copied().unwrap_or_default();
        let answer = city.get(&format!("/orders/{}", plan.id())).await;
        if answer.status == 404 {
            assert_eq!(acts, 0, "an answered order is gone");
            continue;
        }
        let order = answer.order();
        let done: Vec<Action> = order.history.iter().rev().map(|step| step.action).collect();
        assert_eq!(done, LIFE[..done.len()], "{}", order.summary.number);
        assert!(done.len() == acts || done.len() == acts + 1, "{acts} answered, {} kept", done.len());
        check_facts(plan, &order);
    }
}

fn check_facts(plan: &Plan, order: &Order) {
    let state = match order.history.len() {
        1 => State::Submitted,
        2 => State::Approved,
        3 => State::Confirmed,
        4 => State::Shipped,
        _ => State::Accepted,
    };
    assert_eq!(order.summary.state, state);
    assert_eq!(order.summary.total_fen.fen(), plan.quantity() * plan.unit_price_fen());
    assert_eq!((order.lines.len(), order.lines[0].quantity.get()), (1, plan.quantity()));
    let accepted = (state == State::Accepted).then(|| plan.accepted * plan.unit_price_fen());
    assert_eq!(order.accepted_fen.map(Money::fen), accepted);
}

/// Sends again whatever began and has not come to its end: what was done already is answered as done or as out of turn, and
/// never done twice.
async fn finish(process: &Process, plans: &[Plan], answered: &mut BTreeMap<OrderId, usize>) {
    let casts = [Cast::of(process, "zhenhai").await, Cast::of(process, "yinzhou").await];
    let finished = join_all(plans.iter().map(async |plan| {
        let acts = answered.get(&plan.id()).copied().unwrap_or_default();
        let cast = &casts[usize::from(plan.district == "yinzhou")];
        for action in &LIFE[acts..] {
            // The order itself may always be sent again; an act may have been done without our hearing of it.
            let answer = cast.act(plan, *action).await.expect("an answer");
            if answer.status == 409 && *action == LIFE[acts] {
                answer.refused(409, "out_of_turn");
            } else {
                assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text());
            }
        }
        (plan.id(), LIFE.len())
    }));
    answered.extend(finished.await);
}

/// The ledger, the figures and the stock hold every order once.
async fn check_sums(process: &Process, plans: &[Plan], answered: &BTreeMap<OrderId, usize>) {
    assert!(answered.values().all(|acts| *acts == LIFE.len()));
    let city = process.sign_in("ningbo.city").await;
    let orders = city.all_orders().await;
    assert_eq!(orders.len(), plans.len(), "nothing is there that nobody sent");
    assert!(orders.iter().all(|order| order.state == State::Accepted));
    let mut sold: BTreeMap<OrderId, Vec<i64>> = BTreeMap::new();
    for entry in city.all_sales("").await {
        sold.entry(entry.order_id.expect("sold by an order")).or_default().push(entry.amount_fen.fen());
    }
    let amount = |plan: &Plan| plan.accepted * plan.unit_price_fen();
    let expected: BTreeMap<OrderId, Vec<i64>> =
        plans.iter().filter(|plan| plan.accepted > 0).map(|plan| (plan.id(), vec![amount(plan)])).collect();
    assert_eq!(sold, expected);
    let tally = city.tally("").await;
    assert_eq!(tally.recognised_fen.fen(), plans.iter().map(amount).sum::<i64>());
    assert_eq!((tally.pipeline_fen, tally.pipeline_orders), (Money::ZERO, 0));
    let cards = city.all_products("&county=qingyuan").await;
    let left = cards.iter().find(|card| card.name == "庆元香菇").map(|card| card.available.get());
    let taken: i64 = plans.iter().map(Plan::quantity).sum();
    assert_eq!(left, Some(STOCK - taken));
    let mut numbers: Vec<String> = orders.into_iter().map(|order| order.number).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), plans.len());
}

#[tokio::test]
async fn sessions_and_figures_are_the_same_after_a_kill() {
    let home = filled_home().await;
    let mut process = Process::start(&home);
    let city = process.sign_in("ningbo.city").await;
    let plan = Plan { district: "zhenhai", body: basket(&[&[("庆元香菇", 50)]]), accepted: 50 };
    let cast = Cast::of(&process, plan.district).await;
    for action in LIFE {
        assert!(cast.act(&plan, action).await.expect("an answer").status < 300);
    }
    let before = city.all_sales("").await;
    process.kill();
    let process = Process::start(&home);
    assert_eq!(process.sign_in("ningbo.city").await.all_sales("").await, before);
}
