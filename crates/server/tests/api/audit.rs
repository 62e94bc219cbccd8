//! The audit: a ledger nobody touched is sound, and what was changed behind the program's back is found and named.

use std::process::{Command, Output};

use domain::Money;
use domain::order_life::State;
use server::database::{DatabaseUrl, connect};

use crate::home::{Home, Snapshot, on_postgres};
use crate::process::{SHANHAI, filled_home};
use crate::site::{NOTHING, Site, address};

pub fn audit(home: &Home) -> Output {
    audit_of(&address(home))
}

pub fn audit_of(url: &str) -> Output {
    Command::new(SHANHAI).args(["audit", "--database-url", url]).output().expect("the audit runs")
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

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

pub fn tamper(home: &Home, statement: &str) {
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
        (
            "what was bought of a product",
            "update product_sales set quantity = quantity + 1 where amount_fen = (select max(amount_fen) from product_sales)",
            "entries give ",
        ),
        ("what was bought taken out", "delete from product_sales", "stored are 0 for 0.00"),
        ("the end of the ledger", "update ledger_head set hash = 'abc'", "the ledger ends at entry 6"),
        (
            "what an order says",
            "update orders set accepted_fen = accepted_fen * 2 where buyer_district_id = 'yinzhou'",
            "order SH",
        ),
        (
            "what was counted in at a point",
            "update point_lines set accepted = accepted - 1, rejected = rejected + 1 where accepted = 200",
            "fen accepted, by its points",
        ),
        (
            "what was ordered for a point",
            "update point_lines set quantity = quantity + 1 where quantity = 200",
            "pieces ordered of a line, by its points",
        ),
        ("a shipment", "delete from shipment_lines where quantity = 200", "pieces shipped of a line to a point"),
        ("a shipment's pieces", "update shipment_lines set quantity = 199 where quantity = 200", "by its shipments"),
        ("what was returned", "update point_lines set returned = 1 where quantity = 200", "by its returns"),
        (
            "what is on its way",
            "update orders set pipeline_fen = 1 where buyer_district_id = 'yinzhou'",
            "by its points",
        ),
        (
            "a state",
            "update orders set state = 'settled' where buyer_district_id = 'yinzhou'",
            "fen of its invoice and its bank slip",
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
