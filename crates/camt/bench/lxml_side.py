"""The side of lxml in the comparison: iterparse with seven fields per entry, cleared as it goes."""

import sys
import zlib

from lxml import etree

NS = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"


def text(element, path):
    found = element.find(path)
    return "" if found is None or found.text is None else found.text


def cents(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole) * 100 + int((decimals + "00")[:2])


def path(*names):
    return "/".join(NS + name for name in names)


def main(file):
    detail = path("NtryDtls", "TxDtls") + "/"
    id_path = detail + path("Refs", "EndToEndId")
    name_path = detail + path("RltdPties", "Dbtr", "Pty", "Nm")
    iban_path = detail + path("RltdPties", "DbtrAcct", "Id", "IBAN")
    text_path = detail + path("RmtInf", "Ustrd")
    count, total, crc = 0, 0, 0
    for _, entry in etree.iterparse(file, tag=NS + "Ntry"):
        amount = cents(text(entry, path("Amt")))
        total += amount if text(entry, path("CdtDbtInd")) == "CRDT" else -amount
        if len(text(entry, path("BookgDt", "Dt"))) != 10:
            raise ValueError("no date")
        for where in (id_path, name_path, iban_path, text_path):
            crc = zlib.crc32(text(entry, where).encode() + b"\n", crc)
        count += 1
        entry.clear()
        while entry.getprevious() is not None:
            del entry.getparent()[0]
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
    print(count, total, f"{crc:08x}", peak)


main(sys.argv[1])
