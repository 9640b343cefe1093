#!/usr/bin/env python3
"""Runs the commands that READMEs show, and compares what they print with what is shown.

    tests/readme_outputs.py [--write] [--programs FOLDER] README...

In a README each indented block that begins with "$ " is a command with its output below it; several may follow each
other, and a line "..." stands for any lines. The commands of a README run one after the other in an empty folder, with
the programs (build/release/bin unless --programs names another folder) as ./reduce and by name; jobs/ and tests/ are
those of this checkout. What they print on stdout is compared, in any order of lines, without numbers, dates, the names
of machine and CPU, and the lines that depend on the machine: warnings and limits. A picture that a README shows must be
made by its commands, under the same name.

Outputs without such a command need what is not here (a Slurm, two builds, another suite): jobs/README.md, the
comparison in apps/timings, tests/benchmarks.

Exit status: 0 the READMEs are true, 1 something differs, 2 bad usage. With --write they are made true instead, with
the pictures.
"""
import argparse
import collections
import difflib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INDENT = "    "
ELLIPSIS = "..."
# What another machine, or another moment, may say or not.
OF_THE_MACHINE = re.compile(r"^(warning: |limit of |\d+ more warnings?: )")
UNITS = r"(?:[munpkMGTP]?(?:s|B/s|items/s|adds?/s|FMA/s)|[KMGT]?i?B|x|%|ulp)"


class Command:
    """A command of a README: the lines shown below it, and their place (from first to last, exclusive)."""

    def __init__(self, text, first):
        self.text, self.first, self.last, self.shown = text, first, first, []


def commands_of(lines):
    found, inside, before = [], False, ""
    for number, line in enumerate(lines):
        if line.startswith(INDENT + "$ "):
            inside = True
            found.append(Command(line[len(INDENT) + 2 :], number + 1))
        elif inside and before.endswith("\\") and not found[-1].shown:
            found[-1].text += "\n" + line.strip()
            found[-1].first = found[-1].last = number + 1
        elif inside and line.startswith(INDENT):
            found[-1].shown.append(line[len(INDENT) :].rstrip())
            found[-1].last = number + 1
        elif inside and not line.strip():
            # An empty line is part of the output if more of the block follows.
            found[-1].shown.append("")
        else:
            inside = False
        before = line.rstrip()
    for command in found:
        del command.shown[command.last - command.first :]
    return found


def run(command, folder, programs):
    text = re.sub(r"(^|\s)(jobs|tests)/", lambda m: f"{m[1]}{ROOT}/{m[2]}/", command)
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}", COLUMNS="120")
    done = subprocess.run(
        ["bash", "-c", text], cwd=folder, env=environment, stdin=subprocess.DEVNULL, timeout=900,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        print(f"    status {done.returncode}: {done.stderr.decode(errors='replace')}")
    printed = done.stdout.decode(errors="replace").replace(str(ROOT) + "/", "").replace(f"{folder}/", "")
    lines = [line.rstrip() for line in printed.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        found = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE)
    return found[1].strip() if found else ""


def normalised(line):
    if OF_THE_MACHINE.match(line):
        return ""
    # "2026-11-26T16:58:49Z  host, CPU  4 ranks": what stands between date and ranks is the machine.
    line = re.sub(r"(\d{4}-\d\d-\d\dT[\d:]+Z)  .*, .*  (\d+ ranks?)", r"\1 MACHINE \2", line)
    for name in (platform.node(), cpu_model()):
        if name:
            line = line.replace(name, "MACHINE")
    line = re.sub(rf"[-+]?\d[\d.,:TZ]*(?:e[-+]?\d+)?(?:\s?{UNITS}(?![\w/]))?", "#", line)
    return " ".join(line.split())


def differences(shown, printed):
    """Of the lines without what may differ, those that are on one side alone."""
    old = [normalised(line) for line in shown if line != ELLIPSIS]
    new = [normalised(line) for line in printed]
    count_old, count_new = collections.Counter(filter(None, old)), collections.Counter(filter(None, new))
    lost, come = count_old - count_new, count_new - count_old
    if ELLIPSIS in shown:
        come = collections.Counter()
    if not lost and not come:
        return []
    return [line for line in difflib.unified_diff(sorted(filter(None, old)), sorted(filter(None, new)), lineterm="", n=0)
            if not line.startswith(("---", "+++", "@@"))]


def renewed(shown, printed):
    """The printed lines, cut where the shown ones were: as many lines before and behind the "..."."""
    if ELLIPSIS not in shown:
        return printed
    head, tail = shown.index(ELLIPSIS), len(shown) - 1 - shown.index(ELLIPSIS)
    if head + tail >= len(printed):
        return printed
    return printed[:head] + [ELLIPSIS] + (printed[-tail:] if tail else [])


def pictures_missing(readme, folder, write):
    missing = 0
    for name in re.findall(r"!\[[^]]*\]\(([^):]+)\)", readme.read_text(encoding="utf-8")):
        made, shown = folder / pathlib.Path(name).name, readme.parent / name
        if write and made.exists():
            shutil.copyfile(made, shown)
        if not made.exists() or not shown.exists():
            missing += 1
            print(f"    no command makes {name}" if shown.exists() else f"    there is no {name}")
    return missing


def check(readme, programs, write):
    lines = readme.read_text(encoding="utf-8").splitlines()
    commands, wrong, results = commands_of(lines), 0, []
    with tempfile.TemporaryDirectory(prefix="readme.") as folder:
        for program in sorted(programs.iterdir()):
            os.symlink(program, os.path.join(folder, program.name))
        for command in commands:
            print(f"{readme.name}: {command.text.splitlines()[0]}", flush=True)
            printed = run(command.text, folder, programs)
            silent = command.shown and not printed  # it failed: what is shown stays
            results.append(command.shown if silent else printed)
            found = differences(command.shown, printed)
            if found and (silent or not write):
                wrong += 1
                print("".join(f"    {line}\n" for line in found), end="")
        wrong += pictures_missing(readme, pathlib.Path(folder), write)
    if write:
        for command, printed in reversed(list(zip(commands, results))):
            fresh = [(INDENT + line).rstrip() for line in renewed(command.shown, printed)]
            lines[command.first : command.last] = fresh
        readme.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(commands), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / "build/release/bin")
    parser.add_argument("readmes", metavar="README", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    if not options.programs.is_dir():
        parser.error(f"there are no programs in {options.programs}: build them, or name another folder with --programs")
    total = failed = 0
    for readme in options.readmes:
        count, wrong = check(readme.resolve(), options.programs.resolve(), options.write)
        total, failed = total + count, failed + wrong
    print(f"{total} commands, {failed} outputs or pictures differ")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
