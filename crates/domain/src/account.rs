//! What a person signs up with: a login of their own choice and a password. Nothing else is asked.

use crate::language::Say;
use crate::money::half_width;
use crate::say;

const LOGIN: std::ops::RangeInclusive<usize> = 2..=40;
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=200;

/// A login without the blanks around it, which come from copying. What an input method made wide is the same as the
/// rest, or nobody would find back in.
pub fn login_as_kept(text: &str) -> String {
    text.trim().chars().map(half_width).collect()
}

/// Reads a login that is to be: a phone number or any name, without blanks.
///
/// # Errors
/// The sentence shown beside the field.
pub fn parse_login(text: &str) -> Result<String, Say> {
    let login = login_as_kept(text);
    let length = login.chars().count();
    if length == 0 {
        return Err(say!("填写手机号，或自己取一个账号名", "Enter your mobile number, or a name you choose"));
    }
    if login.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(say!("账号里不能有空格", "A login has no blanks"));
    }
    if !LOGIN.contains(&length) {
        let (least, most) = (LOGIN.start(), LOGIN.end());
        return Err(say!("账号要 {least} 到 {most} 个字", "A login has {least} to {most} characters"));
    }
    Ok(login)
}

/// Checks a password that is to be set. It is taken as it is typed, blanks included.
///
/// # Errors
/// The sentence shown beside the field.
pub fn check_password(text: &str) -> Result<(), Say> {
    let (least, most) = (PASSWORD.start(), PASSWORD.end());
    match text.chars().count() {
        0 => Err(say!("设一个密码，至少 {least} 位", "Choose a password of at least {least} characters")),
        length if length < *least => Err(say!(
            "密码至少 {least} 位，这里有 {length} 位",
            "A password has at least {least} characters; this has {length}"
        )),
        length if length > *most => Err(say!("密码最多 {most} 位", "A password has at most {most} characters")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_a_phone_or_a_name() {
        let read = |text: &str| parse_login(text).ok();
        assert_eq!(read(" 13800000001 ").as_deref(), Some("13800000001"));
        assert_eq!(read("１３８００００００01").as_deref(), Some("13800000001"));
        assert_eq!(read("老王").as_deref(), Some("老王"));
        for wrong in ["", " ", "王", "lao wang", "lao\u{3000}wang", "a\nb", &"长".repeat(41)] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_password_is_long_enough_and_nothing_more() {
        for right in ["12345678", "八个汉字也可以的", "with a blank"] {
            assert_eq!(check_password(right), Ok(()), "{right}");
        }
        for wrong in ["", "1234567", &"长".repeat(201)] {
            assert!(check_password(wrong).is_err(), "{wrong}");
        }
    }
}
