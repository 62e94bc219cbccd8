//! Asking to sell here: what is asked of an organisation, and what becomes of it.

use crate::account::{check_password, parse_login};
use crate::code::coded;
use crate::id::ApplicationId;
use crate::language::Say;
use crate::money::half_width;
use crate::order::{MAX_TEXT, parse_address, parse_phone, parse_reason};
use crate::uscc::Uscc;
use crate::wire::{DecisionBody, NewApplication};
use crate::{Code, Refusal, say};

coded! {
    pub enum ApplicationState {
        Waiting = "waiting" "等待审核" "Waiting",
        Admitted = "admitted" "已准入" "Admitted",
        TurnedDown = "turned_down" "未通过" "Turned down",
    }
}

/// An application whose fields read. The password is not among them: it is hashed and forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    /// The organisation's full name, as on its licence.
    pub name: String,
    /// The number of its business licence too (《企业信息公示暂行条例》: one code on one licence).
    pub uscc: Uscc,
    pub county_id: String,
    pub address: String,
    pub contact: String,
    pub phone: String,
    pub food_licence: Option<String>,
    pub login: String,
}

/// What the operator decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Admit,
    TurnDown(String),
}

impl Application {
    /// # Errors
    /// All wrong fields at once.
    pub fn parse(body: &NewApplication) -> Result<Application, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let mut take = |field: &str, text: Result<String, Say>| {
            text.map_err(|sentence| wrong.push(Refusal::field(field, sentence))).unwrap_or_default()
        };
        let name = take("name", parse_name(&body.name));
        let uscc = Uscc::parse(&body.uscc);
        take("uscc", uscc.as_ref().map(ToString::to_string).map_err(|error| error.say()));
        let county_id = take("county", parse_county(&body.county));
        let address = take("address", parse_seat(&body.address));
        let contact = take("contact", parse_person(&body.contact));
        let phone = take("phone", parse_telephone(&body.phone));
        let food_licence = take("food_licence", parse_food_licence(&body.food_licence));
        let login = take("login", parse_login(&body.login));
        take("password", check_password(&body.password).map(|()| String::new()));
        match uscc {
            Ok(uscc) if wrong.is_empty() => Ok(Application {
                id: body.id,
                name,
                uscc,
                county_id,
                address,
                contact,
                phone,
                food_licence: Some(food_licence).filter(|text| !text.is_empty()),
                login,
            }),
            _ => Err(wrong),
        }
    }
}

impl Decision {
    /// # Errors
    /// [`Code::ReasonNeeded`] where somebody is turned down without one.
    pub fn parse(body: &DecisionBody) -> Result<Decision, Refusal> {
        match (body.decision, body.reason.as_deref().unwrap_or_default()) {
            (ApplicationState::Admitted, _) => Ok(Decision::Admit),
            (ApplicationState::TurnedDown, reason) => parse_reason(reason).map(Decision::TurnDown),
            (ApplicationState::Waiting, _) => {
                Err(Refusal::field("decision", say!("选准入或不通过", "Decide to admit it or to turn it down")))
            }
        }
    }
}

/// # Errors
/// The sentence shown beside the field, as of the others below.
pub fn parse_name(text: &str) -> Result<String, Say> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err(say!("填写单位全称，与营业执照一致", "Enter the full name, as on the business licence")),
        1..4 => Err(say!("名称太短，要写全称", "The name is too short; enter the full name")),
        4..=MAX_TEXT => Ok(name.to_owned()),
        _ => Err(say!("名称最多 {MAX_TEXT} 字", "The name has at most {MAX_TEXT} characters")),
    }
}

fn parse_county(text: &str) -> Result<String, Say> {
    match text.trim() {
        "" => Err(say!("选所在的县市区", "Choose the county")),
        county => Ok(county.to_owned()),
    }
}

/// An address is read as that of a delivery; only what is missing is said in other words, as of the phone.
fn parse_seat(text: &str) -> Result<String, Say> {
    if text.trim().is_empty() {
        return Err(say!("填写地址，写到门牌号", "Enter the address down to the house number"));
    }
    parse_address(text)
}

fn parse_telephone(text: &str) -> Result<String, Say> {
    if text.trim().is_empty() {
        return Err(say!(
            "填写联系电话，例如 13800000001 或 0578-6120000",
            "Enter a phone, such as 13800000001 or 0578-6120000"
        ));
    }
    parse_phone(text)
}

fn parse_person(text: &str) -> Result<String, Say> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(say!("填写联系人姓名", "Enter whom to contact")),
        1..=40 => Ok(text.to_owned()),
        _ => Err(say!("联系人最多 40 字", "The name has at most 40 characters")),
    }
}

/// A licence to trade in food (JY) or to produce it (SC), each with 14 digits; growers of their own produce need none.
///
/// Source: 《食品经营许可和备案管理办法》 and 《食品生产许可管理办法》, the numbers of the licences.
pub fn parse_food_licence(text: &str) -> Result<String, Say> {
    let plain = text.chars().map(half_width).filter(|c| !c.is_whitespace());
    let plain: String = plain.map(|c| c.to_ascii_uppercase()).collect();
    let rest = plain.strip_prefix("JY").or_else(|| plain.strip_prefix("SC"));
    match rest {
        _ if plain.is_empty() => Ok(plain),
        Some(digits) if digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(plain),
        Some(rest) => Err(say!(
            "字母后面要 14 位数字，这里有 {count} 位",
            "14 digits follow the letters; here are {count}",
            count = rest.chars().count()
        )),
        None => Err(say!(
            "许可证编号以 JY 或 SC 开头，后面 14 位数字",
            "The number begins with JY or SC, and 14 digits follow"
        )),
    }
}

/// Why an organisation cannot ask, or cannot be admitted.
pub fn is_member_already() -> Refusal {
    Refusal::new(
        Code::AlreadyMember,
        say!(
            "这个统一社会信用代码的单位已经入驻，请直接登录；忘了账号请找平台运营",
            "The organisation of this code is here already; sign in, or ask the operator for the login"
        ),
    )
    .at("uscc")
}

pub fn has_applied_already() -> Refusal {
    Refusal::new(
        Code::AlreadyApplied,
        say!(
            "这个统一社会信用代码已有一份申请在等审核，请凭申请编号查进度",
            "An application of this code is waiting already; look at how it stands by its number"
        ),
    )
    .at("uscc")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn body() -> NewApplication {
        NewApplication {
            id: ApplicationId(Uuid::from_u128(7)),
            name: "庆元示例菇业专业合作社".into(),
            uscc: "81330000724538949J".into(),
            county: "qingyuan".into(),
            address: "丽水市庆元县示例路1号".into(),
            contact: "张示例".into(),
            phone: "13800000001".into(),
            food_licence: " jy１３３１１２６０００００01 ".into(),
            login: "qy.mushroom".into(),
            password: "shanhai-2026".into(),
        }
    }

    #[test]
    fn an_application_is_read_as_people_type() {
        let read = Application::parse(&body()).expect("all fields are right");
        assert_eq!(read.food_licence.as_deref(), Some("JY13311260000001"));
        let grower = Application::parse(&NewApplication { food_licence: " ".into(), ..body() });
        assert_eq!(grower.expect("growers need none").food_licence, None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = NewApplication {
            name: "菇社".into(),
            uscc: "81330000724538949K".into(),
            county: String::new(),
            phone: "138".into(),
            food_licence: "JY123".into(),
            password: "short".into(),
            ..body()
        };
        let refused = Application::parse(&wrong).expect_err("wrong");
        let fields: Vec<_> = refused.iter().filter_map(|it| it.field.as_deref()).collect();
        assert_eq!(fields, ["name", "uscc", "county", "phone", "food_licence", "password"]);
    }

    #[test]
    fn who_is_turned_down_is_told_why() {
        let body = |reason: Option<&str>| DecisionBody {
            decision: ApplicationState::TurnedDown,
            reason: reason.map(str::to_owned),
        };
        assert_eq!(Decision::parse(&body(None)).map_err(|it| it.code), Err(Code::ReasonNeeded));
        assert_eq!(Decision::parse(&body(Some(" 证照不清 "))), Ok(Decision::TurnDown("证照不清".into())));
        let waiting = DecisionBody { decision: ApplicationState::Waiting, reason: None };
        assert!(Decision::parse(&waiting).is_err());
    }
}
