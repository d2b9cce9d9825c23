//! Reads a payment file (pain.008) as the bank would: text between tags, nothing else. And the lists that accompany
//! letters.

use jiff::civil::Date;

/// One debit of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// EndToEndId.
    pub end_to_end_id: String,
    /// InstdAmt in cents.
    pub cents: i64,
    /// Ustrd.
    pub text: String,
    /// The debtor's account.
    pub iban: String,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentFile {
    /// MsgId.
    pub message: String,
    /// NbOfTxs of the header.
    pub count: usize,
    /// CtrlSum of the header, in cents.
    pub sum: i64,
    /// ReqdColltnDt of the first block.
    pub due: String,
    /// Its debits.
    pub transactions: Vec<Transaction>,
}

/// Reads a file; `None` if it is no payment file.
pub fn read(text: &str) -> Option<PaymentFile> {
    let header = between(text, "<GrpHdr>", "</GrpHdr>")?;
    let transactions = text.split("<DrctDbtTxInf>").skip(1).map(transaction).collect::<Option<Vec<_>>>()?;
    Some(PaymentFile {
        message: between(header, "<MsgId>", "</MsgId>")?.to_owned(),
        count: between(header, "<NbOfTxs>", "</NbOfTxs>")?.parse().ok()?,
        sum: cents(between(header, "<CtrlSum>", "</CtrlSum>")?)?,
        due: between(text, "<ReqdColltnDt>", "</ReqdColltnDt>")?.to_owned(),
        transactions,
    })
}

fn transaction(text: &str) -> Option<Transaction> {
    let amount = between(text, "<InstdAmt", "</InstdAmt>")?;
    Some(Transaction {
        end_to_end_id: between(text, "<EndToEndId>", "</EndToEndId>")?.to_owned(),
        cents: cents(amount.split_once('>')?.1)?,
        text: between(text, "<Ustrd>", "</Ustrd>")?.to_owned(),
        iban: between(between(text, "<DbtrAcct>", "</DbtrAcct>")?, "<IBAN>", "</IBAN>")?.to_owned(),
    })
}

/// One transfer of a file of refunds (pain.001).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// EndToEndId.
    pub end_to_end_id: String,
    /// PmtInfId of its block.
    pub batch: String,
    /// InstdAmt in cents.
    pub cents: i64,
    /// The payee's name.
    pub name: String,
    /// The payee's account.
    pub iban: String,
}

/// The content of a file of refunds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferFile {
    /// MsgId.
    pub message: String,
    /// NbOfTxs of the header.
    pub count: usize,
    /// CtrlSum of the header, in cents.
    pub sum: i64,
    /// ReqdExctnDt of the first block.
    pub on: String,
    /// Its transfers.
    pub transfers: Vec<Given>,
}

/// Reads a file of transfers; `None` if it is none.
pub fn read_transfers(text: &str) -> Option<TransferFile> {
    let header = between(text, "<GrpHdr>", "</GrpHdr>")?;
    let mut transfers = Vec::new();
    for block in text.split("<PmtInf>").skip(1) {
        let batch = between(block, "<PmtInfId>", "</PmtInfId>")?;
        for one in block.split("<CdtTrfTxInf>").skip(1) {
            transfers.push(Given {
                end_to_end_id: between(one, "<EndToEndId>", "</EndToEndId>")?.to_owned(),
                batch: batch.to_owned(),
                cents: cents(between(one, "<InstdAmt", "</InstdAmt>")?.split_once('>')?.1)?,
                name: between(between(one, "<Cdtr>", "</Cdtr>")?, "<Nm>", "</Nm>")?.to_owned(),
                iban: between(between(one, "<CdtrAcct>", "</CdtrAcct>")?, "<IBAN>", "</IBAN>")?.to_owned(),
            });
        }
    }
    Some(TransferFile {
        message: between(header, "<MsgId>", "</MsgId>")?.to_owned(),
        count: between(header, "<NbOfTxs>", "</NbOfTxs>")?.parse().ok()?,
        sum: cents(between(header, "<CtrlSum>", "</CtrlSum>")?)?,
        on: between(between(text, "<ReqdExctnDt>", "</ReqdExctnDt>")?, "<Dt>", "</Dt>")?.to_owned(),
        transfers,
    })
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner)
}

/// The cents in `115.04`.
pub fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.trim().split_once('.')?;
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    (part.len() == 2).then_some(())?;
    Some(whole.parse::<i64>().ok()? * 100 + sign * part.parse::<i64>().ok()?)
}

/// A row of a list, by column name.
#[derive(Clone, Debug)]
pub struct Row<'a>(Vec<(&'a str, &'a str)>);

impl Row<'_> {
    /// A field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }

    /// The cents in `1.115,04`.
    pub fn cents(&self, name: &str) -> Option<i64> {
        cents(&self.text(name)?.replace('.', "").replace(',', "."))
    }

    /// The day in `27.03.2024`.
    pub fn day(&self, name: &str) -> Option<Date> {
        Date::strptime("%d.%m.%Y", self.text(name)?).ok()
    }
}

/// The rows of a list with a header line; the simulated lists need no quotation marks.
pub fn list(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let headers: Vec<&str> = lines.next().unwrap_or_default().split(';').collect();
    lines.map(|line| Row(headers.iter().copied().zip(line.split(';')).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent() {
        for (text, expected) in
            [("115.04", Some(11_504)), ("0.00", Some(0)), ("-1.50", Some(-150)), ("1.5", None), ("1", None)]
        {
            assert_eq!(cents(text), expected, "{text}");
        }
    }

    #[test]
    fn a_file_is_read_as_the_bank_reads_it() {
        let text = "<GrpHdr><MsgId>M1</MsgId><NbOfTxs>1</NbOfTxs><CtrlSum>1.50</CtrlSum></GrpHdr>\
            <PmtInf><ReqdColltnDt>2024-03-27</ReqdColltnDt><DrctDbtTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId>\
            <InstdAmt Ccy=\"EUR\">1.50</InstdAmt><DbtrAcct><Id><IBAN>DE1</IBAN></Id></DbtrAcct><RmtInf><Ustrd>KZ 1</Ustrd></RmtInf></DrctDbtTxInf></PmtInf>";
        let file = read(text).unwrap();
        assert_eq!((file.message.as_str(), file.count, file.sum), ("M1", 1, 150));
        assert_eq!((file.transactions[0].cents, file.transactions[0].iban.as_str()), (150, "DE1"));
    }

    #[test]
    fn a_list_is_read_by_its_headers() {
        let text = "kassenzeichen;betrag;einzug_am\n7.1;1.115,04;27.03.2024\n";
        let rows = list(text);
        let row = &rows[0];
        assert_eq!((row.text("kassenzeichen"), row.cents("betrag")), (Some("7.1"), Some(111_504)));
        assert_eq!(row.day("einzug_am"), Some(jiff::civil::date(2024, 3, 27)));
        assert_eq!(row.text("posten"), None);
    }
}
