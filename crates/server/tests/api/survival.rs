//! What was answered is kept, whatever happens to the program; what was changed behind its back is found.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use domain::Money;
use domain::id::OrderId;
use domain::order_life::{Action, State};
use domain::wire::{ActionBody, NewOrders, Order, OrderSummary};
use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use server::database::{DatabaseUrl, connect};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::home::{Home, Snapshot, on_postgres};
use crate::site::{
    Answer, NOTHING, Person, Site, acceptance, address, basket, client, product, serve_arguments, template,
};

pub const SHANHAI: &str = env!("CARGO_BIN_EXE_shanhai");

// ---- the program as a process of its own --------------------------------------------------------------------------

/// The real program; killed without warning when it is dropped.
pub struct Process {
    child: Child,
    /// Kept open: a program whose output nobody takes stops at its next line.
    _output: Lines<BufReader<ChildStdout>>,
    base: String,
}

impl Process {
    pub fn start(home: &Home) -> Process {
        let log = std::fs::File::options().create(true).append(true).open(home.path().join("log")).expect("a log");
        let mut child = Command::new(SHANHAI)
            .args(serve_arguments(home, &["--no-sample"]))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let base = lines.find_map(|line| line.ok()?.strip_prefix("山海集 is open at ").map(str::to_owned));
        let Some(base) = base else {
            let log = std::fs::read_to_string(home.path().join("log")).unwrap_or_default();
            panic!("the program says where it listens; its log:\n{log}");
        };
        Process { child, _output: lines, base }
    }

    pub async fn sign_in(&self, login: &str) -> Person {
        let cookie = template().await.sessions.get(login).expect("one of the usual logins").clone();
        Person { http: client(), base: self.base.clone(), cookie: Some(cookie) }
    }

    /// As `kill -9`: it closes nothing and writes nothing more.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn audit(home: &Home) -> Output {
    audit_of(&address(home))
}

pub fn audit_of(url: &str) -> Output {
    Command::new(SHANHAI).args(["audit", "--database-url", url]).output().expect("the audit runs")
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

pub async fn filled_home() -> Home {
    Home::copy_of(&template().await.database)
}

// ---- killed at any moment -----------------------------------------------------------------------------------------

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
            Action::Confirm => (&self.merchant, ActionBody::Confirm {}),
            Action::Ship => {
                (&self.merchant, ActionBody::Ship { carrier: "邮政快递".into(), tracking_no: format!("YZ{id}") })
            }
            Action::Accept => {
                (&self.officer, ActionBody::Accept { lines: acceptance(&[(plan.accepted, plan.rejected())]) })
            }
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

/// Takes the orders one after another through their lives until the server goes away, and tells of every answer.
pub async fn work(cast: Cast, plans: Vec<Plan>, answered: UnboundedSender<(OrderId, Action)>) {
    for plan in plans {
        for action in LIFE {
            let Ok(answer) = cast.act(&plan, action).await else { return };
            assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text());
            if answered.send((plan.id(), action)).is_err() {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_survives_a_kill_at_any_moment() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let home = filled_home().await;
    // Every order ever planned, and how many of its acts were answered.
    let mut plans: Vec<Plan> = Vec::new();
    let mut answered: BTreeMap<OrderId, usize> = BTreeMap::new();
    for round in 0..5 {
        let mut process = Process::start(&home);
        check_kept(&process, &plans, &answered).await;
        finish(&process, &plans, &mut answered).await;

        let (tell, mut told) = unbounded_channel();
        let mut workers = Vec::new();
        for _ in 0..6 {
            let own: Vec<Plan> = (0..12).map(|_| Plan::new(&mut random)).collect();
            // A worker acts for one union.
            let own: Vec<Plan> = own.iter().map(|plan| Plan { district: own[0].district, ..plan.clone() }).collect();
            plans.extend(own.iter().cloned());
            let cast = Cast::of(&process, own[0].district).await;
            workers.push(tokio::spawn(work(cast, own, tell.clone())));
        }
        drop(tell);
        let until = random.random_range(1..=150);
        for _ in 0..until {
            let (id, _) = told.recv().await.expect("there is more to do than will be done");
            *answered.entry(id).or_default() += 1;
        }
        process.kill();
        while let Some((id, _)) = told.recv().await {
            *answered.entry(id).or_default() += 1;
        }
        for worker in workers {
            worker.await.expect("no worker was refused");
        }
        let acts: usize = answered.values().sum();
        println!("round {round}: killed after {until} answers, {acts} acts in all");
        let output = audit(&home);
        assert!(output.status.success(), "seed {seed}: {}", said(&output));
    }
    let process = Process::start(&home);
    check_kept(&process, &plans, &answered).await;
    finish(&process, &plans, &mut answered).await;
    check_sums(&process, &plans, &answered).await;
    let output = audit(&home);
    assert!(output.status.success(), "seed {seed}: {}", said(&output));
}

/// Every answered act is in the order's history, in turn and once; at most the one that was not answered comes after.
async fn check_kept(process: &Process, plans: &[Plan], answered: &BTreeMap<OrderId, usize>) {
    let city = process.sign_in("ningbo.city").await;
    let known: BTreeMap<OrderId, OrderSummary> =
        city.all_orders().await.into_iter().map(|order| (order.id, order)).collect();
    let planned = plans.iter().filter(|plan| known.contains_key(&plan.id())).count();
    assert_eq!(planned, known.len(), "nothing is there that nobody sent");
    for plan in plans {
        let acts = answered.get(&plan.id()).copied().unwrap_or_default();
        if !known.contains_key(&plan.id()) {
            assert_eq!(acts, 0, "an answered order is gone");
            continue;
        }
        let order = city.order(plan.id()).await;
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
    assert_eq!(orders.len(), plans.len());
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
    assert_eq!(left, Some(product("庆元香菇").available - taken));
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

// ---- the audit ----------------------------------------------------------------------------------------------------

/// The database of a market that has stopped: six entries, one of them a reversal.
pub async fn ledger() -> Snapshot {
    let site = Site::open().await;
    let zhenhai = site.sign_in("zhenhai.officer").await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120), ("庆元花菇", 60)]).await;
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    let broken = site.order_in(State::Shipped, "zhenhai", &[("龙泉香菇", 50), ("龙泉黑木耳", 50)]).await;
    zhenhai.accept(broken.summary.id, &[(49, 1), (50, 0)]).await.order();
    let city = site.sign_in("ningbo.city").await;
    let sold = city.all_sales("").await.pop().expect("the first entry");
    let reversal = city.reverse(sold.id, crate::site::new_sale_id(), "发票开重").await;
    assert_eq!(reversal.status, 201);
    site.close().await.snapshot()
}

fn tamper(home: &Home, statement: &str) {
    use diesel::RunQueryDsl as _;
    let mut db = home.connect();
    // Whoever can write the file can also do without its rules.
    let no_rules = if on_postgres() { "set session_replication_role = replica" } else { "pragma foreign_keys = off" };
    diesel::sql_query(no_rules).execute(&mut db).expect("set");
    let changed = diesel::sql_query(statement).execute(&mut db).expect("a statement");
    assert!(changed > 0, "{statement} changes something");
}

#[tokio::test]
async fn a_ledger_nobody_touched_is_sound() {
    let home = Home::copy_of(&ledger().await);
    for _ in 0..2 {
        let output = audit(&home);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let total = 60 * 9_000 + 200 * 4_300 + 49 * 4_400 + 50 * 4_100;
        let expected = format!("sound: 6 entries, {} yuan", Money::from_fen(total).yuan());
        assert!(said(&output).contains(&expected), "{} should say {expected}", said(&output));
    }
}

#[tokio::test]
async fn the_audit_can_be_run_while_the_market_is_open() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let before = site.picture().await;
    let url = address(site.home());
    let output = tokio::task::spawn_blocking(move || audit_of(&url)).await.expect("the audit ran");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(site.changes_since(&before).await, NOTHING);
}

#[tokio::test]
async fn every_change_behind_the_programs_back_is_found_and_named() {
    let untouched = ledger().await;
    for (what, statement, named) in [
        ("an amount", "update sales set amount_fen = amount_fen + 1 where sequence = 2", "entry 2 "),
        ("the last amount", "update sales set amount_fen = -1 where sequence = 6", "entry 6 "),
        ("a quantity", "update sales set quantity = 59 where sequence = 2", "entry 2 "),
        ("a day", "update sales set sold_on = '2020-01-01' where sequence = 3", "entry 3 "),
        ("a day that is none", "update sales set sold_on = 'yesterday' where sequence = 3", "entry 3 "),
        ("whose credit", "update sales set district_id = 'haishu' where sequence = 1", "entry 1 "),
        ("whose goods", "update sales set county_id = 'kaihua' where sequence = 1", "entry 1 "),
        ("a brand", "update sales set brand = null where sequence = 1", "entry 1 "),
        ("a category", "update sales set category = 'tea' where sequence = 4", "entry 4 "),
        ("a name", "update sales set product_name = '别的' where sequence = 4", "entry 4 "),
        ("a buyer", "update sales set buyer_id = merchant_id where sequence = 4", "entry 4 "),
        ("a counting rule", "update sales set counting_rule = '1999-1' where sequence = 5", "entry 5 "),
        ("a reason", "update sales set reason = '另有原因' where sequence = 6", "entry 6 "),
        ("an entry taken out", "delete from sales where sequence = 3", "entry 3 is missing"),
        ("the first taken out", "delete from sales where sequence = 1", "entry 1 is missing"),
        ("the last taken out", "delete from sales where sequence = 6", "rollup month "),
        ("all taken out", "delete from sales", "rollup month "),
        ("an entry moved", "update sales set sequence = 70 where sequence = 6", "entry 6 is missing"),
        ("a hash", "update sales set hash = replace(hash, substr(hash, 1, 1), 'x') where sequence = 2", "entry 2 "),
        (
            "a link of the chain",
            "update sales set previous_hash = (select hash from sales where sequence = 1) where sequence = 3",
            "entry 3 does not carry the hash",
        ),
        (
            "a rollup",
            "update rollups set amount_fen = amount_fen + 100 where district_id = 'yinzhou' and dimension = 'total'",
            "district yinzhou total ",
        ),
        (
            "a count of a rollup",
            "update rollups set entries = entries + 1 where district_id = 'zhenhai' and key = 'longquan'",
            "district zhenhai county 'longquan'",
        ),
        (
            "a rollup's pieces",
            "update rollups set quantity = 0 where district_id = 'yinzhou' and dimension = 'brand'",
            "brand 'sanqu_wei'",
        ),
        ("a rollup taken out", "delete from rollups where dimension = 'channel'", "channel 'union_procurement'"),
        (
            "a rollup of nothing",
            "insert into rollups values (203001, 'haishu', 'total', '', 500, 1, 1)",
            "rollup month 203001 district haishu total ",
        ),
        (
            "a day's sum",
            "update day_sums set amount_fen = amount_fen + 1 where district_id = 'yinzhou'",
            "district yinzhou:",
        ),
        ("the end of the ledger", "update ledger_head set hash = 'abc'", "the ledger ends at entry 6"),
        (
            "what an order says",
            "update orders set accepted_fen = accepted_fen * 2 where buyer_district_id = 'yinzhou'",
            "order SH",
        ),
        (
            "what an order's line says",
            "update order_lines set accepted = accepted - 1 where product_name = '常山胡柚'",
            "order SH",
        ),
    ] {
        let changed = Home::copy_of(&untouched);
        tamper(&changed, statement);
        let output = audit(&changed);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            error.contains("the ledger does not hold") && error.contains(named),
            "{what}: {error} should name {named}"
        );
    }
}

#[tokio::test]
async fn the_audit_of_nothing_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("shanhai.db");
    let url = format!("sqlite://{}", file.display());
    let output = audit_of(&url);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("there is no database"), "{}", said(&output));
    assert!(!file.exists(), "and makes none");
    std::fs::write(&file, "not a database, but long enough to look like a file of something").expect("a file");
    let output = audit_of(&url);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("is it a database of this program?"), "{}", said(&output));
    if let DatabaseUrl::Postgres(address) = Home::empty().url() {
        let output = audit_of(&address.replace("/market_", "/nothing_"));
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains("does not exist"), "{}", said(&output));
    }
}

#[tokio::test]
async fn programs_that_open_and_close_the_file_at_once_wait_for_each_other() {
    let home = filled_home().await;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let mut db = connect(home.url()).expect("nobody is turned away");
                    server::store::audit::audit(&mut db).expect("the ledger is read").expect("the ledger holds");
                }
            });
        }
    });
}
