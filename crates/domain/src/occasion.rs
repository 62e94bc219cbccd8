//! What a union buys for.

use crate::code::coded;

coded! {
    /// The seven festivals at which a union may give to every member, and the visits it pays.
    ///
    /// Source: 《基层工会经费收支管理办法》(总工办发〔2017〕32号), article 8, as Ningbo's notice of 2019-09-11 lists them.
    pub enum Occasion {
        NewYear = "new_year" "元旦" "New Year's Day",
        SpringFestival = "spring_festival" "春节" "Spring Festival",
        Qingming = "qingming" "清明" "Qingming",
        Labour = "labour" "劳动节" "Labour Day",
        DragonBoat = "dragon_boat" "端午" "Dragon Boat",
        MidAutumn = "mid_autumn" "中秋" "Mid-Autumn",
        NationalDay = "national_day" "国庆" "National Day",
        Birthday = "birthday" "生日慰问" "Birthday",
        Hardship = "hardship" "困难慰问" "Hardship visit",
    }
}
