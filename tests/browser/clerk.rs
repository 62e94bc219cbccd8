//! Somebody who acts without pages: what a walk has done through a page once, it repeats by the interface.

use anyhow::{Context as _, Result, ensure};
use domain::id::{OrderId, SaleId};
use domain::wire::{
    AcceptanceLine, ActionBody, NewReport, Order, Orders, Report, ReportSummary, Reports, SaleEntry, Sales, SignIn,
    Tally,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::site::Site;

pub struct Clerk {
    client: reqwest::Client,
    base: String,
}

impl Clerk {
    pub async fn sign_in(site: &Site, login: &str) -> Result<Clerk> {
        let client = reqwest::Client::builder().cookie_store(true).build()?;
        let clerk = Clerk { client, base: site.url("/api/v1") };
        let body = SignIn { login: login.to_owned(), password: "shanhai-2026".to_owned() };
        clerk.post::<serde_json::Value>("/sessions", &body).await?;
        Ok(clerk)
    }

    async fn answered<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder, what: &str) -> Result<T> {
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{what} is answered {status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("{what} is answered {text}"))
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.answered(self.client.get(format!("{}{path}", self.base)), path).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.answered(self.client.post(format!("{}{path}", self.base)).json(body), path).await
    }

    pub async fn order(&self, id: OrderId) -> Result<Order> {
        self.get(&format!("/orders/{id}")).await
    }

    /// The orders that were placed last, all of one basket.
    pub async fn newest_orders(&self) -> Result<Vec<Order>> {
        let newest: Orders = self.get("/orders?limit=1").await?;
        let first = self.order(newest.items.first().context("an order")?.id).await?;
        let mut orders = Vec::new();
        for sibling in &first.siblings {
            orders.push(self.order(sibling.id).await?);
        }
        Ok(orders)
    }

    pub async fn act(&self, id: OrderId, body: &ActionBody) -> Result<Order> {
        self.post(&format!("/orders/{id}/actions"), body).await
    }

    pub async fn reports(&self, report: &NewReport) -> Result<Report> {
        self.post("/reports", report).await
    }

    pub async fn newest_report(&self) -> Result<ReportSummary> {
        let reports: Reports = self.get("/reports?limit=1").await?;
        reports.items.into_iter().next().context("a report")
    }

    /// What the ledger holds of a report, in fen.
    pub async fn ledger_of_report(&self, number: &str) -> Result<i64> {
        let sales: Sales = self.get("/sales?limit=100").await?;
        let own = sales.items.iter().filter(|entry| entry.report_number.as_deref() == Some(number));
        Ok(own.map(|entry| entry.amount_fen.fen()).sum())
    }

    /// Everything that is still to go to any point, one shipment each.
    pub async fn ships_the_rest(&self, id: OrderId) -> Result<()> {
        let order = self.order(id).await?;
        for point in &order.points {
            let to_go = |line: &domain::wire::PointLine| {
                line.confirmed.unwrap_or_default().get() - line.shipped.get() - line.closed.get()
            };
            if point.lines.iter().any(|line| to_go(line) > 0) {
                let tracking_no = format!("示例{}-{}", order.summary.number, point.point);
                let body = ActionBody::Ship {
                    carrier: "山海专线".to_owned(),
                    tracking_no,
                    point: Some(point.point),
                    lines: Vec::new(),
                };
                self.act(id, &body).await?;
            }
        }
        Ok(())
    }

    /// Counts in all that has come, at every point that has not been counted.
    pub async fn accepts_the_rest(&self, id: OrderId) -> Result<Order> {
        for point in self.order(id).await?.points.into_iter().filter(|point| point.counted_at_ms.is_none()) {
            let came = point.lines.iter().filter(|line| !line.shipped.is_zero());
            let all = |line: &domain::wire::PointLine| AcceptanceLine {
                line: line.line,
                accepted: line.shipped.get(),
                short: 0,
                rejected: 0,
                reason: None,
            };
            let body = ActionBody::Accept { point: Some(point.point), lines: came.map(all).collect() };
            self.act(id, &body).await?;
        }
        self.order(id).await
    }

    /// What the ledger holds of some orders, sales and what was taken back of them, in fen.
    pub async fn ledger_of(&self, orders: &[OrderId]) -> Result<i64> {
        let (mut entries, mut after) = (Vec::<SaleEntry>::new(), String::new());
        loop {
            let page: Sales = self.get(&format!("/sales?limit=100{after}")).await?;
            entries.extend(page.items);
            match page.next {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let sold: Vec<SaleId> = entries
            .iter()
            .filter(|entry| entry.order_id.is_some_and(|id| orders.contains(&id)))
            .map(|entry| entry.id)
            .collect();
        // What takes a sale back names the sale, and not its order.
        let own = |entry: &&SaleEntry| {
            sold.contains(&entry.id) || entry.reverses.is_some_and(|reversed| sold.contains(&reversed))
        };
        Ok(entries.iter().filter(own).map(|entry| entry.amount_fen.fen()).sum())
    }

    /// This year's recognised total, in fen.
    pub async fn recognised(&self) -> Result<i64> {
        let tally: Tally = self.get("/tally").await?;
        Ok(tally.recognised_fen.fen())
    }
}
