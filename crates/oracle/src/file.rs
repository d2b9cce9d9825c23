//! A payment file (pain.008) read with the eyes of the bank: text between tags, nothing else.

/// One debit of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// EndToEndId.
    pub end_to_end_id: String,
    /// InstdAmt in cents.
    pub cents: i64,
    /// Ustrd.
    pub text: String,
}

/// What a file says.
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

/// Reads a file; nothing where it is none.
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
    })
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner)
}

/// The cents of `115.04`.
pub fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.trim().split_once('.')?;
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    (part.len() == 2).then_some(())?;
    Some(whole.parse::<i64>().ok()? * 100 + sign * part.parse::<i64>().ok()?)
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
            <InstdAmt Ccy=\"EUR\">1.50</InstdAmt><RmtInf><Ustrd>KZ 1</Ustrd></RmtInf></DrctDbtTxInf></PmtInf>";
        let file = read(text).unwrap();
        assert_eq!((file.message.as_str(), file.count, file.sum), ("M1", 1, 150));
        assert_eq!(file.transactions[0].cents, 150);
    }
}
