// Bank statements (camt.053) for towns of the tests.
//
// Knows the format and nothing of a town's books. Every text is escaped as a bank would.
"use strict";

const escaped = (text) =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

const amount = (cents) => (cents / 100).toFixed(2);

const balance = (code, cents, day) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount(cents)}</Amt>` +
  `<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;

const credit = ({ cents, reference, name, iban, text }, day) => `
  <Ntry><Amt Ccy="EUR">${amount(cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
   <BookgDt><Dt>${day}</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef>
   <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
   <NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>${escaped(name)}</Nm></Pty></Dbtr>
    <DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct></RltdPties>
    <RmtInf><Ustrd>${escaped(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;

// What the bank does with direct debits: it credits the sum of a file, or takes one debit back.
const collected = ({ cents, reference, message, endToEnd, reason }, day) => `
  <Ntry><Amt Ccy="EUR">${amount(Math.abs(cents))}</Amt><CdtDbtInd>${cents < 0 ? "DBIT" : "CRDT"}</CdtDbtInd>
   <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef>
   <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>${cents < 0 ? "UPDD" : "ESDD"}</SubFmlyCd></Fmly></Domn></BkTxCd>
   <NtryDtls>${message ? `<Btch><MsgId>${message}</MsgId></Btch>` : ""}${
     endToEnd
       ? `<TxDtls><Refs><EndToEndId>${endToEnd}</EndToEndId></Refs><RtrInf><Rsn><Cd>${reason}</Cd></Rsn></RtrInf></TxDtls>`
       : ""
   }</NtryDtls></Ntry>`;

// What the bank pays for the town: one transfer.
const paid = ({ cents, reference, endToEnd }, day) => `
  <Ntry><Amt Ccy="EUR">${amount(-cents)}</Amt><CdtDbtInd>DBIT</CdtDbtInd>
   <Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef>
   <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
   <NtryDtls><TxDtls><Refs><EndToEndId>${endToEnd}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>`;

// A statement of one day that goes on where the account stood.
function statement({ account, opening, day, number, credits, debits = [], transfers = [] }) {
  const closing = [...credits, ...debits, ...transfers].reduce((sum, one) => sum + one.cents, opening);
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
 <GrpHdr><MsgId>T${number}</MsgId><CreDtTm>${day}T20:00:00</CreDtTm></GrpHdr>
 <Stmt><Id>T-${number}</Id><ElctrncSeqNb>${number}</ElctrncSeqNb><CreDtTm>${day}T20:00:00</CreDtTm>
  <Acct><Id><IBAN>${account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
  ${balance("OPBD", opening, day)}
  ${balance("CLBD", closing, day)}${credits.map((one) => credit(one, day)).join("")}${debits.map((one) => collected(one, day)).join("")}${transfers.map((one) => paid(one, day)).join("")}
 </Stmt>
</BkToCstmrStmt></Document>
`;
}

// An IBAN of that bank and number, with its check digits.
function iban(bank, number) {
  const basic = `${bank}${String(number).padStart(10, "0")}`;
  const rest = BigInt(`${basic}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, "0")}${basic}`;
}

const cents = (text) => Math.round(Number(text) * 100);

module.exports = { statement, iban, cents };
