"""The side of Python in the comparison: re for the runs of digits, a dict for the references."""

import re
import sys
import time

RUN = re.compile(r"[0-9]+(?:[ ./\n-][0-9]+)*")
SIGNS = re.compile(r"[ ./\n-]")
LENGTH = 12


def main(folder):
    with open(folder + "/open.txt", encoding="utf-8") as file:
        known = {SIGNS.sub("", line.rstrip("\n")): place for place, line in enumerate(file)}
    with open(folder + "/payments.txt", encoding="utf-8", newline="\n") as file:
        payments = [line.rstrip("\n").replace("\x1e", "\n") for line in file]
    start, hits, checksum = time.perf_counter(), 0, 0
    for payment, text in enumerate(payments):
        for run in RUN.findall(text):
            groups = SIGNS.split(run)
            for first in range(len(groups)):
                number = ""
                for group in groups[first:]:
                    number += group
                    if len(number) >= LENGTH:
                        break
                place = known.get(number) if len(number) == LENGTH else None
                if place is not None:
                    hits += 1
                    mixed = ((payment + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) ^ place
                    checksum += mixed * 0xBF58476D1CE4E5B9
    micros = int((time.perf_counter() - start) * 1_000_000)
    print(hits, f"{checksum & 0xFFFFFFFFFFFFFFFF:016x}", micros, 0)


main(sys.argv[1])
