//! What a debtor reads on his statement: the Kassenzeichen as printed on the Bescheid, the levy, what is caught up.

use jiff::civil::Date;

/// At most so many characters (EPC SDD Core: one `Ustrd` of 140).
const LENGTH: usize = 140;

/// `KZ 5.0100.123456.6 Grundbesitzabgaben Nachholung Faelligkeit 15.11.23 u. 15.02.24`; what was due before the
/// collection date is caught up.
pub(crate) fn remittance(kassenzeichen: &str, kinds: &[&str], dues: &[Date], collected_on: Date) -> String {
    let mut kinds: Vec<&str> = kinds.to_vec();
    kinds.dedup();
    let mut dues: Vec<Date> = dues.to_vec();
    dues.sort();
    dues.dedup();
    let late = dues.iter().any(|due| *due < collected_on);
    let word = if late { "Nachholung Faelligkeit" } else { "Faelligkeit" };
    let days: Vec<String> = dues.iter().map(|day| day.strftime("%d.%m.%y").to_string()).collect();
    let listed = match days.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} u. {last}", before.join(", ")),
        _ => days.join(""),
    };
    sepa::sepa_text(&format!("KZ {kassenzeichen} {} {word} {listed}", kinds.join(", ")), LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kassenzeichen: &str, dues: &[&str], expected: &str) {
        let dues: Vec<Date> = dues.iter().map(|day| day.parse().unwrap()).collect();
        let on = "2024-03-15".parse().unwrap();
        assert_eq!(remittance(kassenzeichen, &["Grundbesitzabgaben", "Grundbesitzabgaben"], &dues, on), expected);
    }

    #[test]
    fn it_begins_with_the_kassenzeichen_and_says_what_is_caught_up() {
        check(
            "5.0100.123456.6",
            &["2023-11-15", "2024-02-15"],
            "KZ 5.0100.123456.6 Grundbesitzabgaben Nachholung Faelligkeit 15.11.23 u. 15.02.24",
        );
        check("07/12345-6", &["2024-03-15"], "KZ 07/12345-6 Grundbesitzabgaben Faelligkeit 15.03.24");
    }
}
