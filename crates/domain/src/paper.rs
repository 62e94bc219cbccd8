//! The papers a union keeps of an order: 采购单, 比价记录, 验收单, 签领表. Each is described once, as plain data; the page that is
//! printed and the workbook are drawn from the description, and every sum in it is made of the rows it stands below.
//!
//! Papers are in Chinese whatever their reader reads. Source: 《会计法》 article 22, accounting records are in Chinese. What they
//! carry is what unions publish of reimbursement: who, what, how much in figures and in capitals, and room for the signatures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::{self, Offset};

use crate::attachment::AttachmentKind;
use crate::channel::Channel;
use crate::code::coded;
use crate::id::ProductId;
use crate::order::RejectionReason;
use crate::order_life::{Action, State};
use crate::organisation::Role;
use crate::wire::{
    Comparison, Order, OrderLine, Paper, PaperColumn, PaperField, PaperFoot, PaperItem, PaperParty, PaperSigner,
    PaperStatus, PaperTable, Point, PointLine, Procedure,
};
use crate::{Language, Money, Say, say};

coded! {
    pub enum PaperKind {
        PurchaseOrder = "purchase_order" "采购单" "Purchase order",
        Comparison = "comparison" "比价记录" "Price comparison record",
        Acceptance = "acceptance" "验收单" "Acceptance note",
        SignOff = "sign_off" "签领表" "Sign-off sheet",
    }
}

coded! {
    /// What a column holds.
    pub enum CellKind {
        Text = "text" "文字" "Text",
        /// Pieces or people.
        Count = "count" "数" "Count",
        /// Fen.
        Amount = "amount" "金额" "Amount",
        /// Left empty, to be written in by hand.
        Blank = "blank" "空格" "Blank",
    }
}

impl PaperKind {
    /// What a union compared and who of it was given what is nothing for its merchant; a person has no such papers.
    pub fn shown_to(self, role: Role) -> bool {
        match role {
            Role::UnionOfficer | Role::UnionChair => true,
            Role::Merchant | Role::Buyer => matches!(self, PaperKind::PurchaseOrder | PaperKind::Acceptance),
            Role::CityCoordinator | Role::DistrictCoordinator | Role::Operator | Role::Reporter => false,
        }
    }
}

/// One side of an order, as it stands on its papers. A person has no code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    pub uscc: String,
    pub address: String,
    pub phone: String,
}

/// Somebody on the list of a procurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub department: String,
    pub name: String,
    /// Of the order, counted from 1; none where the order does not go.
    pub point: Option<i64>,
    pub sets: i64,
    pub bundle: Option<String>,
}

/// What one set of a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    pub name: String,
    pub pieces: Vec<(ProductId, i64)>,
}

/// What papers are made of. Everything told is told in Chinese.
#[derive(Debug, Clone)]
pub struct Source {
    pub order: Order,
    pub buyer: Party,
    pub merchant: Party,
    /// Of the buyer: 镇海区.
    pub district: String,
    /// Whether the market's programme pairs the buyer's district with the county of each line.
    pub paired: Vec<bool>,
    /// Brand and number of the licences the merchant sells under here.
    pub licences: Vec<(String, String)>,
    /// How it was bought, for its union alone, as the next two.
    pub procedure: Option<Procedure>,
    pub people: Vec<Person>,
    pub sets: Vec<Set>,
}

impl Source {
    /// The paper, where there is anything to put on it.
    pub fn paper(&self, kind: PaperKind) -> Option<Paper> {
        match kind {
            PaperKind::PurchaseOrder => Some(self.purchase_order()),
            PaperKind::Comparison => {
                let procedure = self.procedure.as_ref()?;
                Some(self.comparison(procedure, procedure.comparison.as_ref()?))
            }
            PaperKind::Acceptance => self.is_confirmed().then(|| self.acceptance()),
            PaperKind::SignOff => (!self.people.is_empty()).then(|| self.sign_off()),
        }
    }

    fn is_confirmed(&self) -> bool {
        matches!(self.state(), State::Confirmed | State::Shipped | State::Accepted | State::Settled)
    }

    fn state(&self) -> State {
        self.order.summary.state
    }

    fn is_counted(&self) -> bool {
        matches!(self.state(), State::Accepted | State::Settled)
    }

    fn is_unions(&self) -> bool {
        self.order.summary.channel == Channel::UnionProcurement
    }

    fn blank(&self, kind: PaperKind, title: &str) -> Paper {
        let it = &self.order.summary;
        let mut marks = Vec::new();
        if let Some(occasion) = it.occasion {
            marks.push(field("慰问事由", occasion.zh()));
        }
        if let Some(heads) = it.head_count {
            marks.push(field("人数", format!("{heads} 人")));
        }
        Paper {
            kind,
            title: title.to_owned(),
            number: it.number.clone(),
            date: day(it.created_at_ms),
            marks,
            stamp: None,
            parties: Vec::new(),
            tables: Vec::new(),
            terms: Vec::new(),
            signers: Vec::new(),
            annexes: Vec::new(),
            foot: String::new(),
        }
    }

    // ---- 采购单 ---------------------------------------------------------------------------------------------------

    fn purchase_order(&self) -> Paper {
        let (order, unions) = (&self.order, self.is_unions());
        let mut paper = self.blank(PaperKind::PurchaseOrder, if unions { "采购单" } else { "订单" });
        if let Some(budget) = order.per_head_budget_fen {
            paper.marks.push(field("人均标准", format!("{} 元", budget.yuan())));
        }
        if unions {
            let heads = order.summary.head_count.unwrap_or_default();
            if heads > 0 {
                // To the fen, and never more than it is.
                let each = Money::from_fen(order.summary.total_fen.fen() / heads);
                paper.marks.push(field("本单人均", format!("{} 元", each.yuan())));
            }
            paper.marks.push(field("经费来源", "工会经费"));
            paper.stamp = Some("消费帮扶".to_owned());
        }
        paper.parties = self.parties();
        paper.tables = vec![self.goods()];
        paper.annexes = vec![self.points()];
        if unions {
            paper.terms = self.terms();
            paper.signers = vec![
                signer("甲方（采购单位）", &["经办人", "证明人", "工会主席"]),
                signer("乙方（供货单位）", &["经办人", "负责人"]),
            ];
            paper.foot = "附件：一、收货清单　二、比价记录　三、验收单　四、签领表".to_owned();
        } else {
            paper.foot = "附件：收货清单".to_owned();
        }
        paper
    }

    fn parties(&self) -> Vec<PaperParty> {
        let contact = self.order.points.first().map(|to| format!("{}　{}", to.contact, to.phone)).unwrap_or_default();
        let seller = |party: &Party| {
            vec![
                field("名称", &party.name),
                field("信用代码", &party.uscc),
                field("地址", &party.address),
                field("电话", &party.phone),
                field("开户行", ""),
                field("账号", ""),
                field("食品许可", ""),
            ]
        };
        let merchant = |caption: &str| PaperParty { caption: caption.to_owned(), fields: seller(&self.merchant) };
        if !self.is_unions() {
            let fields = vec![field("收货人", contact)];
            return vec![PaperParty { caption: "买方".to_owned(), fields }, merchant("卖方")];
        }
        let mut approvals = self.order.history.iter().filter(|it| it.action == Action::Approve);
        let approved = approvals.next().map(|it| format!("{}　{}批准", it.role.zh(), day(it.at_ms)));
        let buyer = vec![
            field("名称", &self.buyer.name),
            field("税号", &self.buyer.uscc),
            field("地址", &self.buyer.address),
            field("电话", &self.buyer.phone),
            field("开户行", ""),
            field("账号", ""),
            field("审批", approved.unwrap_or_default()),
        ];
        vec![PaperParty { caption: "采购单位（甲方）".to_owned(), fields: buyer }, merchant("供货单位（乙方）")]
    }

    fn goods(&self) -> PaperTable {
        let row = |line: &OrderLine| {
            let (pieces, amount) = line.stands();
            vec![
                line.line.to_string(),
                line.name.clone(),
                line.brand.map_or_else(String::new, |brand| brand.zh().to_owned()),
                line.county_short.clone(),
                line.spec.clone(),
                line.unit.clone(),
                pieces.get().to_string(),
                line.unit_price_fen.fen().to_string(),
                amount.fen().to_string(),
            ]
        };
        let columns = vec![
            column("序", CellKind::Count, 5),
            column("品名", CellKind::Text, 22),
            column("品牌", CellKind::Text, 11),
            column("产地", CellKind::Text, 10),
            column("规格", CellKind::Text, 16),
            column("单位", CellKind::Text, 6),
            column("数量", CellKind::Count, 9),
            column("单价（元）", CellKind::Amount, 12),
            column("金额（元）", CellKind::Amount, 15),
        ];
        let rows: Vec<Vec<String>> = self.order.lines.iter().map(row).collect();
        let sum = sum(&rows, 8);
        let feet = vec![
            PaperFoot { label: "货款小计".to_owned(), capitals: None, count: None, amount_fen: sum, is_sum: true },
            PaperFoot {
                label: "运费（已含在单价内）".to_owned(),
                capitals: None,
                count: None,
                amount_fen: Money::ZERO,
                is_sum: false,
            },
            total("合计", None, sum),
        ];
        PaperTable { caption: None, notes: Vec::new(), square: None, columns, rows, feet }
    }

    /// What goes where; the names of who is given what stand on another paper.
    fn points(&self) -> PaperTable {
        let row = |point: &Point| {
            let pieces: i64 = point.lines.iter().map(standing).sum();
            let what = point.lines.iter().filter(|line| standing(line) > 0).filter_map(|line| {
                let goods = self.line(line.line)?;
                Some(format!("{} {} {}", goods.name, standing(line), goods.unit))
            });
            vec![
                point.point.to_string(),
                point.address.clone(),
                point.contact.clone(),
                point.phone.clone(),
                if point.recipients > 0 { point.recipients.to_string() } else { String::new() },
                what.collect::<Vec<_>>().join("；"),
                pieces.to_string(),
            ]
        };
        let columns = vec![
            column("点位", CellKind::Count, 6),
            column("地址", CellKind::Text, 34),
            column("联系人", CellKind::Text, 10),
            column("电话", CellKind::Text, 18),
            column("人数", CellKind::Count, 7),
            column("货品", CellKind::Text, 28),
            column("件数", CellKind::Count, 8),
        ];
        let rows = self.order.points.iter().map(row).collect();
        let caption = Some("附件一　收货清单".to_owned());
        PaperTable { caption, notes: Vec::new(), square: None, columns, rows, feet: Vec::new() }
    }

    fn line(&self, number: i64) -> Option<&OrderLine> {
        self.order.lines.iter().find(|line| line.line == number)
    }

    fn terms(&self) -> Vec<PaperField> {
        let points = self.order.points.len();
        let mut origins: Vec<String> = Vec::new();
        for (line, paired) in self.order.lines.iter().zip(&self.paired) {
            let how = if *paired { "结对" } else { "结对外，计入全市" };
            let origin = format!("{}（{}，{how}）", line.county_short, line.prefecture.zh());
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        let licences = self.licences.iter().map(|(brand, number)| format!("品牌授权：{brand} {number}。"));
        let helped = format!(
            "采购区县：{}；产地：{}。{}",
            self.district,
            origins.join("、"),
            licences.collect::<Vec<_>>().concat()
        );
        vec![
            field("交货", format!("共 {points} 个收货点，收货清单见附件一，按点位送达。")),
            field(
                "质量与包装",
                "品种、规格、等级与产品页所列一致；到货剩余保质期不少于三分之二；外箱完好，食用农产品附承诺达标合格证。",
            ),
            field(
                "验收与退换",
                "按收货点逐项清点，短少、破损、不符的当场拒收并记入验收单；按实收结算，验收后退货按原单价冲减。",
            ),
            field("发票", "增值税电子发票，抬头、税号同甲方，明细与实收一致，不得只开“食品”“用品”。"),
            field("付款", "验收并收到发票后，由甲方账户对公转账至乙方账户。"),
            field("帮扶", helped),
        ]
    }

    // ---- 比价记录 -------------------------------------------------------------------------------------------------

    fn comparison(&self, procedure: &Procedure, record: &Comparison) -> Paper {
        let mut paper = self.blank(PaperKind::Comparison, "比价记录");
        paper.date = day(record.recorded_at_ms);
        paper.marks.push(field("采购总额", format!("{} 元", procedure.total_fen.yuan())));
        paper.parties = vec![PaperParty {
            caption: "采购单位".to_owned(),
            fields: vec![field("名称", &self.buyer.name), field("税号", &self.buyer.uscc)],
        }];
        let rows = record.offers.iter().zip(0..).map(|(offer, place): (_, i64)| {
            vec![
                (place + 1).to_string(),
                offer.supplier.clone(),
                offer.offered_on.clone(),
                offer.total_fen.fen().to_string(),
                offer.terms.clone(),
                if place == record.chosen { "选定".to_owned() } else { String::new() },
            ]
        });
        paper.tables = vec![PaperTable {
            caption: None,
            notes: Vec::new(),
            square: None,
            columns: vec![
                column("序", CellKind::Count, 5),
                column("报价单位", CellKind::Text, 32),
                column("报价日期", CellKind::Text, 13),
                column("报价（元）", CellKind::Amount, 16),
                column("报价条件", CellKind::Text, 30),
                column("结果", CellKind::Text, 8),
            ],
            rows: rows.collect(),
            feet: Vec::new(),
        }];
        let chosen = usize::try_from(record.chosen).ok().and_then(|place| record.offers.get(place));
        if let Some(offer) = chosen {
            let said = format!("{}，{} 元（{}）。", offer.supplier, offer.total_fen.yuan(), offer.total_fen.capitals());
            paper.terms.push(field("选定单位", said));
        }
        paper.terms.push(field("选定理由", &record.reason));
        let orders: Vec<&str> = self.order.siblings.iter().map(|it| it.number.as_str()).collect();
        paper.terms.push(field("本次采购的单", orders.join("、")));
        if let Some(document) = &procedure.comparison_document {
            paper.terms.push(field("依据", document));
        }
        paper.signers = vec![
            PaperSigner { seal: false, ..signer("比价小组", &["经办人", "成员", "成员"]) },
            signer("批准", &["工会主席"]),
        ];
        paper
    }

    // ---- 验收单 ---------------------------------------------------------------------------------------------------

    fn acceptance(&self) -> Paper {
        let mut paper = self.blank(PaperKind::Acceptance, "验收单");
        let names =
            |caption: &str, name: &str| PaperParty { caption: caption.to_owned(), fields: vec![field("名称", name)] };
        paper.parties = vec![
            names(if self.is_unions() { "采购单位" } else { "买方" }, &self.buyer.name),
            names("供货单位", &self.merchant.name),
        ];
        let last = self.order.points.iter().filter_map(|point| point.counted_at_ms).max();
        if let Some(last) = last.filter(|_| self.is_counted()) {
            paper.date = day(last);
        }
        paper.tables = self.order.points.iter().map(|point| self.counted_at(point)).collect();
        let mut accepted = Money::ZERO;
        for foot in paper.tables.iter().flat_map(|table| &table.feet) {
            accepted = accepted.checked_add(foot.amount_fen).unwrap_or(accepted);
        }
        let returned: i64 = self.order.returns.iter().map(|it| it.amount_fen.fen()).sum();
        let net = Money::from_fen(accepted.fen() - returned);
        if self.order.accepted_fen.is_some() {
            paper.terms.push(field("实收合计", format!("{}（{} 元）。", accepted.capitals(), accepted.yuan())));
        }
        for it in &self.order.returns {
            let pieces: i64 = it.lines.iter().map(|line| line.quantity).sum();
            let said = format!("{}，{pieces} 件，{} 元，{}。", day(it.returned_at_ms), it.amount_fen.yuan(), it.reason);
            paper.terms.push(field("验收后退货", said));
        }
        if returned > 0 {
            paper.terms.push(field("退货后应付", format!("{}（{} 元）。", net.capitals(), net.yuan())));
        }
        paper.signers = vec![
            PaperSigner { seal: false, ..signer("验收方", &["验收人", "证明人"]) },
            PaperSigner { seal: false, ..signer("送货方", &["送货人"]) },
        ];
        paper
    }

    fn counted_at(&self, point: &Point) -> PaperTable {
        let row = |there: &PointLine| {
            let goods = self.line(there.line)?;
            let known = |pieces: Option<crate::Quantity>| pieces.map_or_else(String::new, |it| it.get().to_string());
            let amount = there.accepted.and_then(|accepted| goods.unit_price_fen.checked_times(accepted));
            Some(vec![
                there.line.to_string(),
                goods.name.clone(),
                goods.spec.clone(),
                goods.unit.clone(),
                there.shipped.get().to_string(),
                known(there.accepted),
                known(there.short),
                known(there.rejected),
                goods.unit_price_fen.fen().to_string(),
                amount.map_or_else(String::new, |amount| amount.fen().to_string()),
                there.reason.as_deref().map_or("", |it| RejectionReason::told(it, Language::Zh)).to_owned(),
            ])
        };
        let comes = |line: &&PointLine| standing(line) > 0 || !line.shipped.is_zero();
        let rows: Vec<Vec<String>> = point.lines.iter().filter(comes).filter_map(row).collect();
        let mut notes = vec![format!("收货：{}　{}", point.contact, point.phone)];
        let shipments = self.order.shipments.iter().filter(|it| it.point == point.point);
        notes.extend(shipments.map(|it| {
            let pieces: i64 = it.lines.iter().map(|line| line.quantity).sum();
            format!("发货：{}　{} {}　{pieces} 件", day(it.shipped_at_ms), it.carrier, it.tracking_no)
        }));
        let columns = vec![
            column("序", CellKind::Count, 5),
            column("品名", CellKind::Text, 20),
            column("规格", CellKind::Text, 13),
            column("单位", CellKind::Text, 6),
            column("发货", CellKind::Count, 8),
            column("实收", CellKind::Count, 8),
            column("短少", CellKind::Count, 7),
            column("拒收", CellKind::Count, 7),
            column("单价（元）", CellKind::Amount, 11),
            column("实收金额（元）", CellKind::Amount, 15),
            column("原因", CellKind::Text, 14),
        ];
        let mut feet = Vec::new();
        if let Some(at_ms) = point.counted_at_ms {
            let who = self.order.history.iter().find(|it| it.action == Action::Accept && it.at_ms == at_ms);
            notes.push(format!("验收：{}　{}", moment(at_ms), who.map_or("", |it| it.role.zh())));
            feet.push(total("本点合计", None, sum(&rows, 9)));
        }
        let caption = Some(format!("第 {} 点　{}", point.point, point.address));
        let square = point.code.clone().filter(|_| point.counted_at_ms.is_none() && self.state() == State::Shipped);
        PaperTable { caption, notes, square, columns, rows, feet }
    }

    // ---- 签领表 ---------------------------------------------------------------------------------------------------

    fn sign_off(&self) -> Paper {
        let mut paper = self.blank(PaperKind::SignOff, "签领表");
        let goods: Vec<String> =
            self.order.lines.iter().map(|line| format!("{}（{}）", line.name, line.spec)).collect();
        paper.marks.push(field("物品", goods.join("、")));
        paper.parties = vec![PaperParty {
            caption: "发放单位".to_owned(),
            fields: vec![field("名称", &self.buyer.name), field("供货单位", &self.merchant.name)],
        }];
        let mut rows = Vec::new();
        let (mut pieces, mut amount) = (0, 0);
        for (person, given) in self.people.iter().zip(self.hand_out()) {
            if given.meant == 0 && given.pieces == 0 {
                continue;
            }
            pieces += given.pieces;
            amount += given.amount.fen();
            let missing = given.meant - given.pieces;
            rows.push(vec![
                (rows.len() + 1).to_string(),
                person.department.clone(),
                person.name.clone(),
                given.what.join("，"),
                given.pieces.to_string(),
                given.amount.fen().to_string(),
                String::new(),
                String::new(),
                if missing > 0 { format!("少 {missing} 件") } else { String::new() },
            ]);
        }
        paper.tables = vec![PaperTable {
            caption: None,
            notes: Vec::new(),
            square: None,
            columns: vec![
                column("序号", CellKind::Count, 6),
                column("部门", CellKind::Text, 14),
                column("姓名", CellKind::Text, 10),
                column("物品", CellKind::Text, 34),
                column("数量", CellKind::Count, 7),
                column("金额（元）", CellKind::Amount, 12),
                column("签字", CellKind::Blank, 15),
                column("日期", CellKind::Blank, 11),
                column("备注", CellKind::Text, 9),
            ],
            rows,
            feet: vec![total("合计", Some(pieces), Money::from_fen(amount))],
        }];
        let made = match self.is_counted() {
            true => "按验收实收、减去退货",
            false => "在验收过的点位按实收，其余的按订货数",
        };
        paper.terms = vec![field("说明", format!("数量和金额{made}计算；本人签字，代领的在备注里写明。"))];
        paper.signers =
            vec![PaperSigner { seal: false, ..signer("发放", &["经办人", "证明人"]) }, signer("审核", &["工会主席"])];
        paper
    }

    /// What each of the people is given: at each point its goods, by sets and by what the sets hold, as evenly as whole pieces
    /// allow. Nothing is left over, so that the sheet's sum is what was accepted and not returned.
    fn hand_out(&self) -> Vec<Given> {
        let mut given: Vec<Given> = self.people.iter().map(|_| Given::default()).collect();
        let anywhere = self.people.iter().all(|person| person.point.is_none());
        for point in &self.order.points {
            let there = |person: &Person| anywhere || person.point == Some(point.point);
            for line in &point.lines {
                let Some(goods) = self.line(line.line) else { continue };
                let weights: Vec<i64> =
                    self.people.iter().map(|it| if there(it) { self.weight(it, goods) } else { 0 }).collect();
                let weights = match weights.iter().any(|weight| *weight > 0) {
                    true => weights,
                    // Bundles that were changed since do not say who this is for.
                    false => self.people.iter().map(|it| if there(it) { it.sets } else { 0 }).collect(),
                };
                let meant = divide(line.quantity.get(), &weights);
                let pieces = divide(remaining(line), &weights);
                for (given, (meant, pieces)) in given.iter_mut().zip(meant.into_iter().zip(pieces)) {
                    given.add(goods, meant, pieces);
                }
            }
        }
        given
    }

    /// How many pieces of the goods somebody's sets hold; without bundles everybody's sets are alike.
    fn weight(&self, person: &Person, goods: &OrderLine) -> i64 {
        let set = self.sets.iter().find(|set| Some(&set.name) == person.bundle.as_ref());
        let pieces = set.map_or(1, |set| {
            set.pieces.iter().filter(|(product, _)| *product == goods.product_id).map(|(_, pieces)| pieces).sum()
        });
        person.sets * pieces
    }
}

/// What somebody is given of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Given {
    meant: i64,
    pieces: i64,
    amount: Money,
    what: Vec<String>,
}

impl Given {
    fn add(&mut self, goods: &OrderLine, meant: i64, pieces: i64) {
        self.meant += meant;
        self.pieces += pieces;
        self.amount = Money::from_fen(self.amount.fen() + goods.unit_price_fen.fen() * pieces);
        if pieces > 0 {
            self.what.push(format!("{} {pieces} {}", goods.name, goods.unit));
        }
    }
}

/// As it was counted in and not returned, or as it still stands.
fn remaining(line: &PointLine) -> i64 {
    line.accepted.map_or_else(|| standing(line), |accepted| accepted.get() - line.returned.get())
}

/// As ordered, until less is confirmed or some of it is given up.
fn standing(line: &PointLine) -> i64 {
    line.confirmed.unwrap_or(line.quantity).get() - line.closed.get()
}

/// Divides whole pieces in proportion to weights: everything, nobody more than a piece off their share, and of equals the earlier
/// first. Without weights nothing.
fn divide(pieces: i64, weights: &[i64]) -> Vec<i64> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let share = |weight: &i64| i128::from(pieces) * i128::from(*weight);
    let mut parts: Vec<i64> = weights.iter().map(|weight| (share(weight) / all) as i64).collect();
    let left = pieces - parts.iter().sum::<i64>();
    let mut by_rest: Vec<usize> = (0..weights.len()).collect();
    by_rest.sort_by_key(|place| std::cmp::Reverse(weights.get(*place).map_or(0, |weight| share(weight) % all)));
    for place in by_rest.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        parts[place] += 1;
    }
    parts
}

/// Where the points of a basket are in an order that goes to some of them. A basket's points are not kept as such: they are what
/// its orders' points make, in the order all agree on. None when that does not give `people`, how many are at each.
pub fn points_of_basket(own: &[Point], orders: &[Vec<Point>], people: &[i64]) -> Option<Vec<Option<i64>>> {
    // Where two orders leave out different points, only the right turn gives the right list.
    let all = [merged(orders.iter()), merged(orders.iter().rev())];
    let fits = |all: &&Vec<&Point>| all.iter().map(|point| point.recipients).eq(people.iter().copied());
    let all = all.iter().find(fits)?;
    Some(all.iter().map(|point| own.iter().find(|known| is_same(known, point)).map(|known| known.point)).collect())
}

fn is_same(one: &Point, other: &Point) -> bool {
    one.address == other.address && one.contact == other.contact && one.phone == other.phone
}

fn merged<'a>(orders: impl Iterator<Item = &'a Vec<Point>>) -> Vec<&'a Point> {
    let mut all: Vec<&Point> = Vec::new();
    for points in orders {
        let mut at = 0;
        for point in points {
            match all.iter().skip(at).position(|known| is_same(known, point)) {
                Some(ahead) => at += ahead,
                None => all.insert(at, point),
            }
            at += 1;
        }
    }
    all
}

// ---- what there is ------------------------------------------------------------------------------------------------

/// The file of an order, for who may see it: papers that are made, then what is brought. `files` says how many there are.
pub fn items(source: &Source, files: &BTreeMap<AttachmentKind, i64>, role: Role, reader: Language) -> Vec<PaperItem> {
    let kinds = PaperKind::ALL.iter().filter(|kind| kind.shown_to(role));
    let mut items: Vec<PaperItem> = kinds.map(|kind| made(source, *kind, reader)).collect();
    let unions = matches!(role, Role::UnionOfficer | Role::UnionChair);
    let invoices = role == Role::Merchant && source.is_unions();
    let listed = |kind: &&AttachmentKind| unions || (invoices && **kind == AttachmentKind::Invoice);
    for kind in AttachmentKind::ALL.iter().filter(listed) {
        let count = files.get(kind).copied().unwrap_or_default();
        let needed = is_needed(source, *kind);
        if count == 0 && !needed && !matches!(kind, AttachmentKind::MeetingDecision) {
            continue;
        }
        let status = match (count > 0, needed) {
            (true, _) => PaperStatus::Complete,
            (false, true) => PaperStatus::Missing,
            (false, false) => PaperStatus::NotNeeded,
        };
        let said = (status == PaperStatus::Missing).then(|| brought_later(*kind).to(reader).to_owned());
        let name = kind.word(reader).to_owned();
        items.push(PaperItem { name, paper: None, attachment: Some(*kind), status, said, count });
    }
    items
}

fn made(source: &Source, kind: PaperKind, reader: Language) -> PaperItem {
    let there = source.paper(kind).is_some();
    let (status, said) = match kind {
        PaperKind::PurchaseOrder if matches!(source.state(), State::Draft | State::Submitted) => (
            PaperStatus::Open,
            Some(say!("还没有批准，数量可能还会改", "It is not approved yet, and quantities may change")),
        ),
        PaperKind::PurchaseOrder => (PaperStatus::Complete, None),
        PaperKind::Comparison if there => (PaperStatus::Complete, None),
        PaperKind::Comparison if compares(source) => (
            PaperStatus::Missing,
            Some(say!(
                "这次采购要比价，还没有记录",
                "This procurement asks for compared offers, and there is no record"
            )),
        ),
        PaperKind::Comparison => (PaperStatus::NotNeeded, None),
        PaperKind::Acceptance if source.is_counted() => (PaperStatus::Complete, None),
        PaperKind::Acceptance if there => (
            PaperStatus::Open,
            Some(say!("还没有全部验收，空着的可以手填", "Not everything is counted; what is empty can be written in")),
        ),
        PaperKind::Acceptance => {
            (PaperStatus::Missing, Some(say!("商户确认以后才有", "It comes once the merchant has confirmed")))
        }
        PaperKind::SignOff if !there => (
            PaperStatus::Missing,
            Some(say!("下单时没有交领取人名单", "The order came without a list of who is given what")),
        ),
        PaperKind::SignOff if source.is_counted() => (PaperStatus::Complete, None),
        PaperKind::SignOff => (
            PaperStatus::Open,
            Some(say!("还没有全部验收，数量按订货算", "Not everything is counted; quantities are as ordered")),
        ),
    };
    PaperItem {
        name: kind.word(reader).to_owned(),
        paper: Some(kind),
        attachment: None,
        status,
        said: said.map(|say| say.to(reader).to_owned()),
        count: i64::from(there),
    }
}

fn compares(source: &Source) -> bool {
    let asked = source.procedure.as_ref().and_then(|it| Some(it.total_fen >= it.comparison_from_fen?));
    asked.unwrap_or(false)
}

/// Whether the file of a union's order is not whole without such a file.
fn is_needed(source: &Source, kind: AttachmentKind) -> bool {
    match kind {
        AttachmentKind::MeetingDecision => {
            let asked = source.procedure.as_ref().and_then(|it| Some(it.total_fen >= it.decision_from_fen?));
            asked.unwrap_or(false)
        }
        AttachmentKind::Invoice | AttachmentKind::BankSlip => source.is_unions(),
        AttachmentKind::Comparison | AttachmentKind::AcceptancePhoto | AttachmentKind::Other => false,
    }
}

fn brought_later(kind: AttachmentKind) -> Say {
    match kind {
        AttachmentKind::Invoice => {
            say!("商户还没有上传发票原件", "The merchant has not brought the invoice itself yet")
        }
        AttachmentKind::BankSlip => {
            say!("经办人还没有上传银行回单", "The officer has not brought the bank's slip yet")
        }
        _ => say!("这次采购要有，还没有上传", "This procurement asks for it, and nobody has brought it"),
    }
}

/// What stands on every paper around its own words.
pub mod words {
    pub const NUMBER: &str = "编号";
    pub const DATE: &str = "日期";
    pub const COLON: &str = "：";
    pub const IN_CAPITALS: &str = "（大写）";
    pub const IN_FIGURES: &str = "（小写）";
    pub const SEAL: &str = "盖章";
    pub const DAY_TO_FILL_IN: &str = "　　年　　月　　日";
    pub const NOTHING_BELOW: &str = "以下空白";
    pub const SQUARE: &str = "扫码到点验收";
}

// ---- parts --------------------------------------------------------------------------------------------------------

fn field(label: &str, text: impl Into<String>) -> PaperField {
    PaperField { label: label.to_owned(), text: text.into() }
}

fn column(title: &str, kind: CellKind, width: i64) -> PaperColumn {
    PaperColumn { title: title.to_owned(), kind, width }
}

fn signer(side: &str, places: &[&str]) -> PaperSigner {
    PaperSigner { side: side.to_owned(), places: places.iter().map(|it| (*it).to_owned()).collect(), seal: true }
}

/// The sum of a table, in figures and in capitals.
fn total(label: &str, count: Option<i64>, amount_fen: Money) -> PaperFoot {
    PaperFoot { label: label.to_owned(), capitals: Some(amount_fen.capitals()), count, amount_fen, is_sum: true }
}

fn sum(rows: &[Vec<String>], column: usize) -> Money {
    let fen = rows.iter().filter_map(|row| row.get(column)?.parse::<i64>().ok()).sum();
    Money::from_fen(fen)
}

const SHANGHAI: Offset = tz::offset(8);

/// `2026年11月27日`.
fn day(at_ms: i64) -> String {
    let day = SHANGHAI.to_datetime(Timestamp::from_millisecond(at_ms).unwrap_or_default()).date();
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// `2026年11月27日 15:20`.
fn moment(at_ms: i64) -> String {
    let time = SHANGHAI.to_datetime(Timestamp::from_millisecond(at_ms).unwrap_or_default()).time();
    format!("{} {:02}:{:02}", day(at_ms), time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_too_few_pieces_the_first_on_the_list_are_given_theirs() {
        assert_eq!(divide(120, &[1; 120]), vec![1; 120]);
        assert_eq!(divide(2, &[1, 1, 1]), [1, 1, 0]);
        assert_eq!(divide(5, &[2, 0, 1]), [3, 0, 2]);
        assert_eq!(divide(5, &[0, 0]), [0, 0], "nobody is there");
    }

    proptest! {
        #[test]
        fn what_is_handed_out_is_all_there_is(
            pieces in 0i64..1_000_000,
            weights in prop::collection::vec(0i64..1_000, 1..60),
        ) {
            let parts = divide(pieces, &weights);
            let all: i64 = weights.iter().sum();
            prop_assert_eq!(parts.iter().sum::<i64>(), if all == 0 { 0 } else { pieces });
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(i128::from(*part) * i128::from(all) <= i128::from(pieces * weight + all));
                prop_assert!(*weight > 0 || *part == 0);
            }
        }
    }

    fn point(number: i64, address: &str, recipients: i64) -> Point {
        Point {
            point: number,
            address: address.to_owned(),
            contact: "王示例".to_owned(),
            phone: "13800000001".to_owned(),
            recipients,
            counted_at_ms: None,
            code: None,
            lines: Vec::new(),
        }
    }

    #[test]
    fn the_points_of_a_basket_are_found_again_in_its_orders() {
        let (first, second) = (vec![point(1, "甲", 3), point(2, "丙", 5)], vec![point(1, "乙", 4), point(2, "丙", 5)]);
        let orders = [first.clone(), second.clone()];
        assert_eq!(points_of_basket(&first, &orders, &[3, 4, 5]), Some(vec![Some(1), None, Some(2)]));
        assert_eq!(points_of_basket(&second, &orders, &[3, 4, 5]), Some(vec![None, Some(1), Some(2)]));
        assert_eq!(points_of_basket(&first, &orders, &[3, 4]), None, "the list is of another basket");
    }

    #[test]
    fn a_merchant_has_no_paper_that_names_members_or_other_offers() {
        for kind in [PaperKind::Comparison, PaperKind::SignOff] {
            assert!(!kind.shown_to(Role::Merchant) && kind.shown_to(Role::UnionChair), "{}", kind.code());
        }
        assert!(PaperKind::Acceptance.shown_to(Role::Merchant));
    }
}
