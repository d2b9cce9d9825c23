//! The direct-debit file that the town's old system makes on the day on which it is back: it knows of no transfer.
//!
//! Knows nothing of statements. Invariants: numbers and sums of the file agree with its debits, and every end-to-end id is there
//! once.

use super::Files;
use super::statements::accounts;
use super::town::{CREDITOR_ID, Reference};

/// Where the file lies below the sample's folder.
const NAME: &str = "altverfahren/lastschriften.xml";
/// The day on which it would be collected: the first that banks can meet after the day of the story.
const COLLECTED_ON: &str = "2024-03-15";
/// The instalments of the outage, as the system writes them.
const INSTALMENTS: &str = "IV/2023 I/2024";

/// The file: both instalments of everybody with a mandate that the system would use, one debit for each reference.
pub(super) fn debits(files: &mut Files, town: &[Reference]) -> anyhow::Result<()> {
    let [own, _] = accounts()?;
    let debited = town.iter().filter_map(|reference| {
        let mandate = reference.mandate.as_ref()?;
        (!mandate.revoked && mandate.kind == "CORE").then_some((reference, mandate))
    });
    let (mut count, mut sum, mut debits) = (0_usize, 0_i64, String::new());
    for (reference, mandate) in debited {
        (count, sum) = (count + 1, sum + 2 * reference.cents);
        let name = reference.payer.name.replace('ş', "s").replace('ı', "i");
        debits.push_str(&format!(
            "      <DrctDbtTxInf>
        <PmtId><EndToEndId>LS24-{count:06}</EndToEndId></PmtId>
        <InstdAmt Ccy=\"EUR\">{}</InstdAmt>
        <DrctDbtTx><MndtRltdInf><MndtId>{}</MndtId><DtOfSgntr>{}</DtOfSgntr></MndtRltdInf></DrctDbtTx>
        <DbtrAgt><FinInstnId><BIC>{}</BIC></FinInstnId></DbtrAgt>
        <Dbtr><Nm>{name}</Nm></Dbtr>
        <DbtrAcct><Id><IBAN>{}</IBAN></Id></DbtrAcct>
        <RmtInf><Ustrd>{} {} {INSTALMENTS}</Ustrd></RmtInf>
      </DrctDbtTxInf>
",
            super::euros(2 * reference.cents),
            mandate.id,
            mandate.signed,
            reference.payer.bic,
            reference.payer.iban,
            reference.text,
            reference.scheme.levy,
        ));
    }
    let sum = super::euros(sum);
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.02\">
  <CstmrDrctDbtInitn>
    <GrpHdr>
      <MsgId>KOMM-2024-0311-01</MsgId>
      <CreDtTm>2024-03-11T07:30:00</CreDtTm>
      <NbOfTxs>{count}</NbOfTxs>
      <CtrlSum>{sum}</CtrlSum>
      <InitgPty><Nm>Stadtkasse Warstein (erfunden)</Nm></InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>KOMM-2024-0311-01-RCUR</PmtInfId>
      <PmtMtd>DD</PmtMtd>
      <NbOfTxs>{count}</NbOfTxs>
      <CtrlSum>{sum}</CtrlSum>
      <PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>
      <ReqdColltnDt>{COLLECTED_ON}</ReqdColltnDt>
      <Cdtr><Nm>Stadtkasse Warstein (erfunden)</Nm></Cdtr>
      <CdtrAcct><Id><IBAN>{}</IBAN></Id></CdtrAcct>
      <CdtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></CdtrAgt>
      <ChrgBr>SLEV</ChrgBr>
      <CdtrSchmeId><Id><PrvtId><Othr><Id>{CREDITOR_ID}</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>
{debits}    </PmtInf>
  </CstmrDrctDbtInitn>
</Document>
",
        own.iban
    );
    files.insert(NAME.to_owned(), text.into_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::draw::Draw;
    use super::super::town::references;
    use super::*;

    #[test]
    fn the_file_adds_up_and_debits_nobody_twice() {
        let town = references(&mut Draw::from_seed(5)).unwrap();
        let mut files = Files::new();
        debits(&mut files, &town).unwrap();
        let text = String::from_utf8(files[NAME].clone()).unwrap();
        let all = |element: &str| -> Vec<&str> {
            text.split(element).skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
        };
        let cents = |amount: &str| amount.replace('.', "").parse::<i64>().unwrap();
        let sum: i64 = all("<InstdAmt Ccy=\"EUR\">").into_iter().map(cents).sum();
        assert_eq!(all("<CtrlSum>").into_iter().map(cents).collect::<Vec<_>>(), [sum, sum]);
        let ids: BTreeSet<&str> = all("<EndToEndId>").into_iter().collect();
        assert_eq!(all("<NbOfTxs>"), vec![ids.len().to_string(); 2]);
        assert!(ids.len() > 80, "{} debits", ids.len());
    }
}
