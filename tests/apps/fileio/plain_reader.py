#!/usr/bin/env python3
"""Reads what `fileio --calculation sum --on-error skip` reads, in the plainest way: input is walked, cut and parsed anew.

    plain_reader.py RESULTS.csv SKIP_HEADER INPUT...    compares the results and the list beside them; prints the account

"-" is the file stdin. With `ragged` in the environment, records have any number of fields."""
import csv
import fractions
import gzip
import os
import re
import subprocess
import sys
import zlib

NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eEdDqQ][+-]?\d+)?\Z")
NO_LETTER = re.compile(rb"\A([+-]?\d\.\d*)([+-]\d{3})\Z")  # Fortran's 1.0+100
REPEATED = re.compile(rb"\A(\d{1,5})\*(.+)\Z", re.DOTALL)
QUOTED = re.compile(rb'"((?:[^"]|"")*)"')
BLANKS = b" \t"
IN_QUOTES = b"\1"


class Damaged(Exception):
    """An archive that cannot be read."""


def walk(path, given, by_link=False):
    """The files, as often as by names that are no links, and at least once; `given`: those that came so far, and
    how often only by a link."""
    link = os.path.islink(path)
    by_link = by_link or link
    status = os.stat(path)
    identity = (status.st_dev, status.st_ino)
    if not os.path.isdir(path):
        if os.path.isfile(path):
            if identity not in given or not by_link and not given[identity]:
                yield path
            given[identity] = by_link if identity not in given else by_link and given[identity]
        return
    here = os.path.realpath(path)
    if by_link and identity in given or link and os.path.realpath(os.path.dirname(path)).startswith(here.rstrip("/")):
        return
    given[identity] = by_link
    for name in sorted(os.listdir(os.fsencode(path))):
        if not name.startswith(b"."):
            yield from walk(os.path.join(path, os.fsdecode(name)), given, by_link)


def content(path):
    if path == "-":
        path = "stdin"  # a copy
    with open(path, "rb") as file:
        data = file.read()
    if data[:3] == b"\x1f\x8b\x08":
        try:
            return gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise Damaged(path) from error
    if data[:4] == b"\x28\xb5\x2f\xfd" or data[1:4] == b"\x2a\x4d\x18" and data[0] & 0xF0 == 0x50:
        unpacked = subprocess.run(["zstd", "-dc", path], capture_output=True, check=False)
        if unpacked.returncode != 0:
            raise Damaged(path)
        return unpacked.stdout
    return data


def number(word):
    no_letter = NO_LETTER.match(word)
    if no_letter:
        if int(no_letter[2]) < -324:  # no double has that exponent
            raise ValueError(word)
        word = no_letter[1] + b"E" + no_letter[2]
    if not NUMBER.match(word):
        raise ValueError(word)
    value = float(re.sub(rb"[dDqQ]", b"e", word))
    if value in (float("inf"), float("-inf")):
        raise ValueError(word)
    return value


def numbers(word):
    """Those of a word, which may be 3*0.0."""
    repeated = REPEATED.match(word)
    if not repeated:
        return [number(word)]
    if not 1 <= int(repeated[1]) <= 65536:
        raise ValueError(word)
    return int(repeated[1]) * [number(repeated[2])]


def total(values):
    """The double nearest to the exact sum."""
    exact = sum(map(fractions.Fraction, values))
    try:
        return float(exact)
    except OverflowError:
        return float("inf") if exact > 0 else float("-inf")


def words(text, comment):
    """The fields of a line; ValueError if it can be read in two ways."""
    inner = text.strip(BLANKS)
    if b"," in inner:
        fields = [field.strip(BLANKS) for field in inner.split(b",")]
    elif b"\t" in inner or b" " not in inner and inner:
        outer = text.strip(b" ")
        fields = [field.strip(b" ") for field in (outer.rstrip(BLANKS) if comment else outer).split(b"\t")]
        if len(fields) > 1 and not fields[-1]:
            fields.pop()
    else:
        fields = inner.split(b" ")
        fields = [field for field in fields if field]
    if any(not field or set(field) & set(BLANKS) for field in fields):
        raise ValueError(text)
    return fields


def take_quotes(text):
    """The line without comments, with a letter in place of each field in quotes; and these fields' contents."""
    contents, left, at = [], b"", 0
    while at < len(text):
        starts = at == 0 or text[at - 1 : at] in (b" ", b"\t", b",")
        if starts and text[at : at + 1] == b"#":
            break
        if starts and text[at : at + 1] == b'"':
            quoted = QUOTED.match(text, at)
            if not quoted:
                raise ValueError(text)
            contents.append(quoted[1].replace(b'""', b'"'))
            left += IN_QUOTES
            at = quoted.end()
        else:
            left += text[at : at + 1]
            at += 1
    return left, contents


def record(line):
    """The numbers of a record, none of no record; ValueError."""
    text = line.rstrip(b"\n")
    text = text[3:] if text.startswith(b"\xef\xbb\xbf") else text
    text = text[:-1] if text.endswith(b"\r") else text
    if b"\r" in text:
        raise ValueError(text)
    comment = re.search(rb"(?:^|(?<=[ \t,]))#", text)
    plain = text[: comment.start()] if comment else text
    if b'"' not in plain:
        return [value for word in words(plain, comment) for value in numbers(word)]
    plain, contents = take_quotes(text)
    inner = plain.strip(BLANKS)
    if b"\t" in plain and b" " in inner and not re.search(rb"[\t,]", inner):
        raise ValueError(text)  # a table of tabs, perhaps, and texts with blanks
    return [
        value
        for word in words(plain, None)
        for value in ([number(contents.pop(0).strip(BLANKS))] if word == IN_QUOTES and contents else numbers(word))
    ]


def read(inputs, skip_header=0, ragged=False):
    """(file, line, sum) of each record, (file, line) of the rejected ones, and the number of other lines."""
    done, rejected, skipped, given = [], [], 0, {}
    for path in (file for name in inputs for file in ([name] if name == "-" else walk(name, given))):
        name = "standard input" if path == "-" else path
        first = None
        for index, line in enumerate(re.findall(rb"[^\n]*\n|[^\n]+\Z", content(path))):
            header = index < skip_header
            try:
                if header and b"\r" in line[:-2]:
                    raise ValueError(line)
                values = [] if header else record(line)
                first = first or len(values)
                if values and len(values) != first and not ragged:
                    raise ValueError(line)
            except ValueError:
                rejected.append((name, index + 1))
                continue
            if values:
                done.append((name, index + 1, total(values)))
            else:
                skipped += 1
    return done, rejected, skipped


def written(results):
    """The same of a .csv of results, and of the list beside it."""
    with open(results, newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "line", "result_1"], rows[0]
    done = [(name, int(line), float(value)) for name, line, value in rows[1:]]
    if not os.path.exists(results + ".rejected"):
        return done, []
    with open(results + ".rejected", encoding="utf-8", errors="surrogateescape") as file:
        return done, [(m[1], int(m[2])) for m in (re.match(r"(.*?):(\d+):(\d+: | )\S", line) for line in file)]


def check(results, skip_header, inputs):
    done, rejected, skipped = read(inputs, skip_header, "ragged" in os.environ)
    got, listed = written(results)
    for here, there in zip(got, done):
        assert here == there, f"{here}, not {there}"
    assert len(got) == len(done), f"{len(got)} records, not {len(done)}"
    assert listed == rejected, f"rejected {listed}, not {rejected}"
    lines = len(done) + len(rejected) + skipped
    return f"records in {lines} = done {len(done)} + rejected {len(rejected)} + skipped {skipped}"


if __name__ == "__main__":
    print(check(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
