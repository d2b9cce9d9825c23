//! Commands for what people vouch for and correct: balances, the day of the old system, an account that is needed no
//! longer, a business day that was too far ahead.

use kasse::{Confirm, Kasse};

use crate::cli::{AsOf, Confirmed, Statements, TwoSay};
use crate::failure::Failure;
use crate::format_cli::Format;
use crate::output::{self, note};

pub(crate) async fn statements(kasse: &Kasse, format: Format, said: Statements) -> Result<(), Failure> {
    match said {
        Statements::ConfirmOpening(said) => confirm(kasse, Confirm::Opening, &said).await,
        Statements::ConfirmQuiet(said) => confirm(kasse, Confirm::Quiet, &said).await,
        Statements::AsOf(said) => as_of(kasse, format, said).await,
        Statements::Withdraw { account, said } => {
            let count = kasse::withdraw_confirmations(kasse, &account, &two(said)).await?;
            note(&format!("account {account}: {count} confirmations are withdrawn"));
            Ok(())
        }
        Statements::EndAccount { account, said } => {
            kasse::end_account(kasse, &account, &two(said)).await?;
            note(&format!("account {account}: its statements are asked for no longer"));
            Ok(())
        }
    }
}

fn two(said: TwoSay) -> kasse::TwoSay {
    let TwoSay { reason, who, with } = said;
    kasse::TwoSay { who, with, reason }
}

async fn confirm(kasse: &Kasse, what: Confirm, said: &Confirmed) -> Result<(), Failure> {
    kasse::confirm(kasse, &said.account, what, said.day, said.balance, &said.who).await?;
    note(&format!("account {}: {} on {} was confirmed by {}", said.account, said.balance, said.day, said.who));
    Ok(())
}

async fn as_of(kasse: &Kasse, format: Format, said: AsOf) -> Result<(), Failure> {
    let AsOf { day, none, reason, who, with } = said;
    if let (true, Some(reason), Some(who), Some(with)) = (none || day.is_some(), reason, who, with) {
        kasse::correct_as_of(kasse, day, &kasse::TwoSay { who, with, reason }).await?;
        match day {
            Some(day) => note(&format!("bookings up to {day} count as posted by the old system now")),
            None => note("no booking counts as posted by the old system now"),
        }
    }
    let columns: [(&str, &[&str]); 1] = [("corrections", &["as_of", "reason", "by", "with"])];
    Ok(output::object(format, &kasse::as_of(kasse).await?, &columns)?)
}

pub(crate) async fn correct_day(kasse: &Kasse, said: TwoSay) -> Result<(), Failure> {
    kasse::correct_day(kasse, &two(said)).await?;
    note(&format!("these books go on at {}", kasse.today));
    Ok(())
}
