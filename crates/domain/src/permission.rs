//! Who may do what: one table of role × act × whose thing.
//!
//! The server asks it at every endpoint, and again where it knows whose thing it is; the app asks it to show only what is
//! possible. The turn of an order is another question and stands in [`crate::order_life`].

use crate::code::coded;
use crate::id::{AccountId, OrganisationId};
use crate::language::Say;
use crate::order_life::Action;
use crate::organisation::{Actor, Role};
use crate::region::DistrictId;
use crate::{Code, Refusal, say};

coded! {
    /// Everything that is done through the interface, what is open to everybody included.
    pub enum Act {
        SignUp = "sign_up" "注册" "sign up",
        SignIn = "sign_in" "登录" "sign in",
        SeeSession = "see_session" "看自己的账号" "see their own account",
        SignOut = "sign_out" "退出登录" "sign out",
        SeeProducts = "see_products" "看产品" "see products",
        UploadPhoto = "upload_photo" "管理产品照片" "manage photos of products",
        SeeGoods = "see_goods" "看自家产品" "see the goods of their shop",
        ChangeGoods = "change_goods" "改自家产品" "change the goods of their shop",
        RecordLicence = "record_licence" "登记品牌授权" "record a brand licence",
        PlaceOrder = "place_order" "下采购单" "place a union order",
        PlaceRetailOrder = "place_retail_order" "以个人身份下单" "buy as a person",
        SeeOrder = "see_order" "看采购单" "see orders",
        SeeRecipients = "see_recipients" "看领取人名单" "see who is given what",
        KeepRoster = "keep_roster" "保存会员名册" "keep a roster of members",
        SeeRoster = "see_roster" "看会员名册" "see rosters of members",
        SubmitOrder = "submit_order" "提交采购单" "submit an order",
        ApproveOrder = "approve_order" "批准采购单" "approve an order",
        SendBackOrder = "send_back_order" "退回采购单" "send an order back",
        ConfirmOrder = "confirm_order" "确认接单" "confirm an order",
        ShipOrder = "ship_order" "发货" "ship an order",
        AcceptOrder = "accept_order" "验收" "accept goods",
        CloseOrder = "close_order" "关闭没送到的余货" "close what is not delivered",
        ReturnGoods = "return_goods" "退货" "return goods",
        RecordInvoice = "record_invoice" "登记发票" "record an invoice",
        RecordTransfer = "record_transfer" "登记转账" "record a transfer",
        CancelOrder = "cancel_order" "取消采购单" "cancel an order",
        SeeAttachments = "see_attachments" "看附件" "see files of an order",
        AddAttachment = "add_attachment" "上传附件" "add files to an order",
        RemoveAttachment = "remove_attachment" "撤下附件" "take a file away",
        SeePapers = "see_papers" "看单据" "see the papers of an order",
        DownloadPacket = "download_packet" "下载整套材料" "download the whole file of an order",
        SeeRules = "see_rules" "看规定" "see the rules",
        AddRule = "add_rule" "添加规定" "add a rule",
        SeePlan = "see_plan" "看年度计划" "see the year's plan",
        ChangePlan = "change_plan" "改年度计划" "change the year's plan",
        RecordPurchase = "record_purchase" "登记平台外采购" "record what was bought elsewhere",
        SeeBundles = "see_bundles" "看礼包" "see gift bundles",
        KeepBundles = "keep_bundles" "存礼包" "keep gift bundles",
        SeeProcedure = "see_procedure" "看采购程序材料" "see how it was bought",
        CompareOffers = "compare_offers" "填比价记录" "record compared offers",
        SeePublicTotal = "see_public_total" "看公开的总额" "see the public total",
        RecordPayment = "record_payment" "登记收款" "record a payment",
        SeeHelped = "see_helped" "看自己买的帮了谁" "see what their buying helped",
        SeeSales = "see_sales" "看销售台账" "see the ledger of sales",
        SeeDesk = "see_desk" "看待办和消息" "see what waits for them",
        ApplyToJoin = "apply_to_join" "申请入驻" "apply to join",
        SeeApplications = "see_applications" "看入驻申请" "see who applies to join",
        DecideApplication = "decide_application" "审核入驻申请" "decide on an application",
        SeeStatement = "see_statement" "看月度对账单" "see the month's statement",
        ReverseSale = "reverse_sale" "冲销台账" "reverse an entry of the ledger",
        SeeReports = "see_reports" "看线下销售填报" "see reports of sales made elsewhere",
        SubmitReport = "submit_report" "填报线下销售" "report sales made elsewhere",
        DecideReport = "decide_report" "认定线下销售" "recognise reports of sales",
        DecideReversal = "decide_reversal" "同意冲销申请" "decide on a request to reverse",
        CloseMonth = "close_month" "关账" "close a month",
        SeeTargets = "see_targets" "看目标任务" "see the targets",
        SetTarget = "set_target" "下达目标任务" "set a target",
    }
}

/// How the thing stands to the person: their own session, a buyer's, a union's or a merchant's own order, a district's own
/// sales. What belongs to nobody, such as the list of products, counts as everybody's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    Anothers,
}

impl Whose {
    pub const ALL: [Whose; 2] = [Whose::Own, Whose::Anothers];
}

/// The table. `None` is nobody: a person who has not signed in. What is not listed is not allowed.
pub fn may(who: Option<Role>, act: Act, whose: Whose) -> bool {
    use Act::*;
    use Role::*;
    use Whose::Own;
    match (who, whose) {
        _ if matches!(act, SignUp | SignIn | SeeProducts | SeePublicTotal | ApplyToJoin) => true,
        (Some(Reporter | Merchant | DistrictCoordinator), Own) if matches!(act, SeeReports | SubmitReport) => true,
        (Some(_), Own) if matches!(act, SeeSession | SignOut | SeeDesk) => true,
        (Some(Buyer | UnionOfficer | Merchant), Own) if matches!(act, SeeAttachments | AddAttachment) => true,
        (Some(Buyer | UnionOfficer | UnionChair | Merchant), Own) if act == SeePapers => true,
        (Some(UnionOfficer | UnionChair), Own)
            if matches!(act, SeePlan | SeeBundles | SeeProcedure | DownloadPacket) =>
        {
            true
        }
        (Some(Operator), _) => {
            matches!(act, SeeRules | AddRule | SeeApplications | DecideApplication | SeeTargets | SetTarget)
        }
        (Some(Buyer), Own) => matches!(
            act,
            PlaceRetailOrder | SeeOrder | AcceptOrder | CloseOrder | ReturnGoods | CancelOrder | SeeHelped
        ),
        (Some(UnionOfficer), Own) => {
            matches!(act, PlaceOrder | SeeOrder | SubmitOrder | AcceptOrder | CloseOrder | ReturnGoods | RecordTransfer)
                || matches!(act, CancelOrder | SeeHelped | RemoveAttachment | SeeRecipients | KeepRoster | SeeRoster)
                || matches!(act, ChangePlan | RecordPurchase | KeepBundles | CompareOffers)
        }
        (Some(UnionChair), Own) => {
            matches!(act, SeeOrder | ApproveOrder | SendBackOrder | SeeHelped | SeeAttachments)
                || matches!(act, SeeRecipients | SeeRoster)
        }
        (Some(Merchant), Own) => matches!(
            act,
            SeeOrder
                | ConfirmOrder
                | ShipOrder
                | CloseOrder
                | RecordInvoice
                | CancelOrder
                | RecordPayment
                | UploadPhoto
                | SeeGoods
                | ChangeGoods
                | RecordLicence
                | SeeStatement
        ),
        (Some(DistrictCoordinator), Own) => matches!(act, SeeOrder | SeeSales | DecideReversal | DecideReport),
        (Some(CityCoordinator), _) => matches!(
            act,
            SeeOrder | SeeSales | ReverseSale | DecideReversal | CloseMonth | SeeTargets | SeeReports | DecideReport
        ),
        (None | Some(Buyer | UnionOfficer | UnionChair | Merchant | DistrictCoordinator | Reporter), _) => false,
    }
}

/// Whether there is anything the person may do this with: what can be asked before the thing is known.
pub fn may_ever(who: Option<Role>, act: Act) -> bool {
    Whose::ALL.into_iter().any(|whose| may(who, act, whose))
}

/// Asks the table, and says its answer as a refusal.
///
/// # Errors
/// [`Code::SignInNeeded`] for nobody, [`Code::NotAllowed`] for a role, each with the way on.
pub fn check(who: Option<Role>, act: Act, whose: Whose) -> Result<(), Refusal> {
    if may(who, act, whose) { Ok(()) } else { Err(refusal(who, &[act])) }
}

/// The same before the thing is known: whether the person may ever do one of these acts.
///
/// # Errors
/// As [`check`].
pub fn check_ever(who: Option<Role>, acts: &[Act]) -> Result<(), Refusal> {
    if acts.iter().any(|act| may_ever(who, *act)) { Ok(()) } else { Err(refusal(who, acts)) }
}

fn refusal(who: Option<Role>, acts: &[Act]) -> Refusal {
    match who {
        None => Refusal::new(
            Code::SignInNeeded,
            say!("请先登录；登录过的话，是时间太久需要重新登录", "Please sign in; if you had, the session has run out"),
        ),
        Some(role) => Refusal::new(Code::NotAllowed, not_allowed(role, acts)),
    }
}

/// Why not, and whom to turn to; the latter is read off the table.
fn not_allowed(role: Role, acts: &[Act]) -> Say {
    let others = Role::ALL.iter().filter(|role| acts.iter().any(|act| may_ever(Some(**role), *act)));
    let others_zh = others.clone().map(|role| role.zh()).collect::<Vec<_>>().join("、");
    let others_en = others.map(|role| role.en()).collect::<Vec<_>>().join(" or ");
    let (zh, en) = (role.zh(), role.en());
    match (role, acts) {
        (Role::DistrictCoordinator, [Act::SeeSales]) => {
            say!(
                "区县统筹员只看本区县的数字，请选本区县；全市的请问市级统筹员",
                "A district coordinator sees the figures of that district; for the city, ask the city coordinator"
            )
        }
        (_, [Act::SeeSales]) => {
            say!("成效数字由支援合作局的账号查看", "The figures are open to accounts of the coordination office")
        }
        (Role::Merchant, [Act::SeeGoods | Act::ChangeGoods]) => {
            say!("这是别家的产品，只能管理自家的产品", "This product is another merchant's; you manage your own")
        }
        (Role::Merchant, [Act::UploadPhoto]) => {
            say!(
                "这是别家的产品，只能管理自家产品的照片",
                "This product is another merchant's; you manage the photos of your own"
            )
        }
        (_, [act]) => {
            let (act_zh, act_en) = (act.zh(), act.en());
            say!("{zh}不能{act_zh}，请用{others_zh}的账号", "{en} cannot {act_en}; use an account of {others_en}")
        }
        _ => say!("{zh}不能办这一步，请用{others_zh}的账号", "{en} cannot do this; use an account of {others_en}"),
    }
}

/// The act that an order's action is.
pub fn act_of(action: Action) -> Act {
    match action {
        Action::Submit => Act::SubmitOrder,
        Action::Approve => Act::ApproveOrder,
        Action::SendBack => Act::SendBackOrder,
        Action::Confirm => Act::ConfirmOrder,
        Action::Ship => Act::ShipOrder,
        Action::Accept => Act::AcceptOrder,
        Action::Close => Act::CloseOrder,
        Action::Return => Act::ReturnGoods,
        Action::Invoice => Act::RecordInvoice,
        Action::Transfer => Act::RecordTransfer,
        Action::Cancel => Act::CancelOrder,
    }
}

/// The parties of an order, as far as ownership goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parties {
    pub buyer: OrganisationId,
    pub buyer_district: DistrictId,
    pub merchant: OrganisationId,
    /// The account that submitted the order last, once it has been submitted.
    pub submitter: Option<AccountId>,
    /// The union's chair has approved it, whatever became of it since; a person's order needs no approval.
    pub approved: bool,
}

/// Whose order it is, seen from `actor`.
pub fn whose_order(actor: &Actor, parties: &Parties) -> Whose {
    let own = match actor.role {
        // All private buyers are of one organisation: what is one's own is what one has ordered oneself.
        Role::Buyer => parties.submitter == Some(actor.account),
        Role::UnionOfficer | Role::UnionChair => actor.organisation == parties.buyer,
        // What the union has not approved is not yet an order to its merchant.
        Role::Merchant => actor.organisation == parties.merchant && parties.approved,
        Role::DistrictCoordinator => actor.district.as_ref() == Some(&parties.buyer_district),
        Role::CityCoordinator => true,
        Role::Operator | Role::Reporter => false,
    };
    if own { Whose::Own } else { Whose::Anothers }
}

/// Whose figures they are: a district office owns its district's, the city all. `None` asks for the whole city.
pub fn whose_sales(actor: &Actor, district: Option<&DistrictId>) -> Whose {
    let own = match actor.role {
        Role::CityCoordinator => true,
        Role::DistrictCoordinator => district.is_some() && actor.district.as_ref() == district,
        Role::Buyer | Role::UnionOfficer | Role::UnionChair | Role::Merchant => false,
        Role::Operator | Role::Reporter => false,
    };
    if own { Whose::Own } else { Whose::Anothers }
}

/// A report, as far as ownership goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportParties {
    /// Of whoever reported.
    pub organisation: OrganisationId,
    /// Everybody who has ever submitted it.
    pub reporters: Vec<AccountId>,
    /// Whose credit its lines are.
    pub districts: Vec<DistrictId>,
}

/// Whose report it is: its organisation's, the district office's when all of it is that district's, and the city's in any case.
pub fn whose_report(actor: &Actor, parties: &ReportParties) -> Whose {
    let own = match actor.role {
        Role::Reporter | Role::Merchant => actor.organisation == parties.organisation,
        Role::DistrictCoordinator => {
            let is_own = |district: &DistrictId| actor.district.as_ref() == Some(district);
            !parties.districts.is_empty() && parties.districts.iter().all(is_own)
        }
        Role::CityCoordinator => true,
        Role::Buyer | Role::UnionOfficer | Role::UnionChair | Role::Operator => false,
    };
    if own { Whose::Own } else { Whose::Anothers }
}

/// Whether `actor` may do this with a report.
///
/// # Errors
/// [`Code::NotFound`] for a report the person may not even see; [`Code::NotAllowed`]; [`Code::SamePerson`] for deciding on what one
/// has reported oneself.
pub fn check_report(actor: &Actor, act: Act, parties: &ReportParties) -> Result<(), Refusal> {
    let whose = whose_report(actor, parties);
    if !may(Some(actor.role), Act::SeeReports, whose) {
        let sentence =
            say!("找不到这份填报，请从“线下填报”里打开", "There is no such report; open it from “Sales elsewhere”");
        return Err(Refusal::new(Code::NotFound, sentence));
    }
    check(Some(actor.role), act, whose)?;
    if act == Act::DecideReport && parties.reporters.contains(&actor.account) {
        let sentence = say!(
            "填报人不能认定自己的填报，请由另一位统筹员认定或退回",
            "Nobody decides on what they have reported; another coordinator recognises or returns it"
        );
        return Err(Refusal::new(Code::SamePerson, sentence));
    }
    Ok(())
}

/// Whose product it is, seen from somebody of this role in this organisation.
pub fn whose_product(role: Role, organisation: OrganisationId, merchant: OrganisationId) -> Whose {
    if role == Role::Merchant && organisation == merchant { Whose::Own } else { Whose::Anothers }
}

/// Whether `actor` may do this with a product of `merchant`.
///
/// # Errors
/// [`Code::NotAllowed`]: everybody sees the product, so there is nothing to hide.
pub fn check_product(actor: &Actor, act: Act, merchant: OrganisationId) -> Result<(), Refusal> {
    check(Some(actor.role), act, whose_product(actor.role, actor.organisation, merchant))
}

/// Whether `actor` may act on this order, its turn aside.
///
/// # Errors
/// [`Code::NotFound`] for an order the person may not even see, so that its existence is not given away;
/// [`Code::NotAllowed`] for one they see but may not act on; [`Code::SamePerson`] for one's own submission.
pub fn check_order(actor: &Actor, act: Act, parties: &Parties) -> Result<(), Refusal> {
    let whose = whose_order(actor, parties);
    if !may(Some(actor.role), Act::SeeOrder, whose) {
        let sentence = match actor.role {
            Role::Buyer => {
                say!("找不到这张订单，请从“我的订单”里打开", "There is no such order; open it from “My orders”")
            }
            _ => say!("找不到这张采购单，请从“采购单”里打开", "There is no such order; open it from “Orders”"),
        };
        return Err(Refusal::new(Code::NotFound, sentence));
    }
    check(Some(actor.role), act, whose)?;
    if act == Act::ApproveOrder && parties.submitter == Some(actor.account) {
        return Err(Refusal::new(
            Code::SamePerson,
            say!(
                "提交人不能审批自己提交的采购单，请工会主席用自己的账号审批",
                "Nobody approves what they submitted; the chair approves with an account of their own"
            ),
        ));
    }
    Ok(())
}

/// Whether `actor` may see these figures.
///
/// # Errors
/// [`Code::NotAllowed`], with where to look instead.
pub fn check_sales(actor: &Actor, district: Option<&DistrictId>) -> Result<(), Refusal> {
    check(Some(actor.role), Act::SeeSales, whose_sales(actor, district))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn organisation(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }

    fn actor(role: Role, organisation_number: u128, district: Option<&str>) -> Actor {
        Actor {
            account: AccountId(Uuid::from_u128(99)),
            role,
            organisation: organisation(organisation_number),
            district: district.map(DistrictId::new),
        }
    }

    fn parties() -> Parties {
        Parties {
            buyer: organisation(1),
            buyer_district: DistrictId::new("zhenhai"),
            merchant: organisation(2),
            submitter: Some(AccountId(Uuid::from_u128(7))),
            approved: true,
        }
    }

    #[track_caller]
    fn check_answer(actor: &Actor, act: Act, expected: Option<Code>) {
        let answer = check_order(actor, act, &parties()).err().map(|refusal| refusal.code);
        assert_eq!(answer, expected, "{} {}", actor.role.code(), act.code());
    }

    #[test]
    fn everybody_keeps_to_their_part_of_an_order() {
        let officer = actor(Role::UnionOfficer, 1, Some("zhenhai"));
        check_answer(&officer, Act::AcceptOrder, None);
        check_answer(&officer, Act::ApproveOrder, Some(Code::NotAllowed));
        check_answer(&officer, Act::ShipOrder, Some(Code::NotAllowed));
        let chair = actor(Role::UnionChair, 1, Some("zhenhai"));
        check_answer(&chair, Act::ApproveOrder, None);
        check_answer(&chair, Act::AcceptOrder, Some(Code::NotAllowed));
        let merchant = actor(Role::Merchant, 2, None);
        check_answer(&merchant, Act::ConfirmOrder, None);
        check_answer(&merchant, Act::AcceptOrder, Some(Code::NotAllowed));
    }

    #[test]
    fn another_unions_order_is_not_even_there() {
        check_answer(&actor(Role::UnionOfficer, 3, Some("zhenhai")), Act::AcceptOrder, Some(Code::NotFound));
        check_answer(&actor(Role::UnionChair, 3, Some("zhenhai")), Act::ApproveOrder, Some(Code::NotFound));
        check_answer(&actor(Role::Merchant, 3, None), Act::ShipOrder, Some(Code::NotFound));
        check_answer(&actor(Role::DistrictCoordinator, 3, Some("yinzhou")), Act::SeeOrder, Some(Code::NotFound));
    }

    #[test]
    fn a_buyer_sees_what_they_ordered_and_nothing_of_their_fellows() {
        let mut buyer = actor(Role::Buyer, 1, None);
        check_answer(&buyer, Act::SeeOrder, Some(Code::NotFound));
        buyer.account = AccountId(Uuid::from_u128(7));
        for (act, code) in [
            (Act::SeeOrder, None),
            (Act::AcceptOrder, None),
            (Act::CancelOrder, None),
            (Act::ConfirmOrder, Some(Code::NotAllowed)),
            (Act::RecordPayment, Some(Code::NotAllowed)),
        ] {
            check_answer(&buyer, act, code);
        }
    }

    #[test]
    fn a_merchant_does_not_see_what_is_not_approved() {
        let merchant = actor(Role::Merchant, 2, None);
        for (approved, code) in [(false, Some(Code::NotFound)), (true, None)] {
            let parties = Parties { approved, ..parties() };
            assert_eq!(check_order(&merchant, Act::ConfirmOrder, &parties).err().map(|refusal| refusal.code), code);
        }
    }

    #[test]
    fn nobody_approves_what_they_submitted() {
        let mut chair = actor(Role::UnionChair, 1, Some("zhenhai"));
        chair.account = AccountId(Uuid::from_u128(7));
        check_answer(&chair, Act::ApproveOrder, Some(Code::SamePerson));
    }

    #[test]
    fn a_district_sees_its_own_figures_and_the_city_all() {
        let zhenhai = DistrictId::new("zhenhai");
        let district = actor(Role::DistrictCoordinator, 4, Some("zhenhai"));
        let sees = |actor: &Actor, of: Option<&DistrictId>| check_sales(actor, of).is_ok();
        assert!(sees(&district, Some(&zhenhai)));
        assert!(!sees(&district, Some(&DistrictId::new("haishu"))));
        assert!(!sees(&district, None), "the whole city is not one's own district");
        assert!(sees(&actor(Role::CityCoordinator, 5, None), None));
        assert!(!sees(&actor(Role::UnionOfficer, 1, Some("zhenhai")), Some(&zhenhai)));
    }

    #[test]
    fn a_merchant_manages_the_photos_of_its_own_goods() {
        let answer = |actor: &Actor| check_product(actor, Act::UploadPhoto, organisation(2));
        assert_eq!(answer(&actor(Role::Merchant, 2, None)), Ok(()));
        let refusal = answer(&actor(Role::Merchant, 3, None)).expect_err("refused");
        assert_eq!((refusal.code, refusal.sentence.zh.contains("别家")), (Code::NotAllowed, true));
        // One's own organisation is not enough for who is no merchant.
        assert!(answer(&actor(Role::UnionOfficer, 2, Some("zhenhai"))).is_err());
    }

    #[test]
    fn nobody_decides_on_what_they_have_reported_and_a_district_only_on_its_own() {
        let parties = |reporter: u128, districts: &[&str]| ReportParties {
            organisation: organisation(8),
            reporters: vec![AccountId(Uuid::from_u128(reporter))],
            districts: districts.iter().map(|district| DistrictId::new(*district)).collect(),
        };
        let decides = |actor: &Actor, parties: &ReportParties| {
            check_report(actor, Act::DecideReport, parties).err().map(|refusal| refusal.code)
        };
        let zhenhai = actor(Role::DistrictCoordinator, 4, Some("zhenhai"));
        assert_eq!(decides(&zhenhai, &parties(7, &["zhenhai"])), None);
        assert_eq!(decides(&zhenhai, &parties(99, &["zhenhai"])), Some(Code::SamePerson));
        assert_eq!(decides(&zhenhai, &parties(7, &["zhenhai", "yinzhou"])), Some(Code::NotFound));
        assert_eq!(decides(&zhenhai, &parties(7, &[])), Some(Code::NotFound));
        let city = actor(Role::CityCoordinator, 5, None);
        assert_eq!(decides(&city, &parties(7, &["zhenhai", "yinzhou"])), None);
        assert_eq!(decides(&city, &parties(99, &["zhenhai"])), Some(Code::SamePerson));
        assert_eq!(decides(&actor(Role::Reporter, 8, None), &parties(7, &["zhenhai"])), Some(Code::NotAllowed));
        assert_eq!(decides(&actor(Role::Reporter, 9, None), &parties(7, &["zhenhai"])), Some(Code::NotFound));
        assert_eq!(decides(&actor(Role::Merchant, 9, None), &parties(7, &["zhenhai"])), Some(Code::NotFound));
    }

    #[test]
    fn only_the_city_reverses_a_sale() {
        for role in Role::ALL {
            assert_eq!(may(Some(*role), Act::ReverseSale, Whose::Own), *role == Role::CityCoordinator);
        }
    }

    #[test]
    fn nobody_signs_up_or_in_and_looks_at_goods_and_total_and_that_is_all() {
        let open: Vec<&Act> = Act::ALL.iter().filter(|act| may_ever(None, **act)).collect();
        assert_eq!(open, [&Act::SignUp, &Act::SignIn, &Act::SeeProducts, &Act::SeePublicTotal, &Act::ApplyToJoin]);
        assert_eq!(check(None, Act::SeeOrder, Whose::Own).map_err(|refusal| refusal.code), Err(Code::SignInNeeded));
    }

    #[test]
    fn every_act_is_somebodys() {
        for act in Act::ALL {
            assert!(Role::ALL.iter().any(|role| may_ever(Some(*role), *act)), "{} is nobody's", act.code());
        }
    }

    #[test]
    fn a_refusal_names_who_may() {
        let sentence = |role, acts: &[Act]| check_ever(Some(role), acts).expect_err("refused").sentence.zh;
        assert_eq!(sentence(Role::Merchant, &[Act::PlaceOrder]), "商户不能下采购单，请用工会经办人的账号");
        assert_eq!(sentence(Role::Merchant, &[Act::SeeSales]), "成效数字由支援合作局的账号查看");
        let acts = [Act::ApproveOrder, Act::ConfirmOrder];
        assert_eq!(sentence(Role::CityCoordinator, &acts), "市级统筹员不能办这一步，请用工会主席、商户的账号");
        assert!(check_ever(Some(Role::Merchant), &acts).is_ok(), "one of them is enough");
    }
}
