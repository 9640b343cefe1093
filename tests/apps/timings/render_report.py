#!/usr/bin/env python3
"""Opens pages of timings report in headless Chromium, as a reader would, and judges them.

    render_report.py [--screenshots FOLDER] PAGE...

Each must render without a word on the console, load nothing but itself, hold no script but its own, and have tables
that sort by a click on a header and by the keyboard. With --screenshots it also leaves pictures of each page in light
and dark, on a narrow screen and as printed, for a person to look at. Exit 77: skipped, with the reason.

Chromium is spoken to in the DevTools protocol through two pipes: messages are JSON, a NUL after each.
"""
import argparse
import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 60  # seconds for each answer; a browser that needs longer hangs


class Browser:
    """A headless Chromium with a profile of its own, gone at the end of the with block."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="render_report.")
        # Chromium reads commands from descriptor 3 and answers on 4. Its ends are moved out of the way first: put in
        # place one after the other, one could else close the other.
        commands, self.to = os.pipe()
        self.answers, events = os.pipe()
        commands, events = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands, events))
        redirect = f"exec 3<&{commands} 4>&{events}; exec \"$@\""
        self.process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", program, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
             # Should a page ask for something, nobody answers.
             "--proxy-server=127.0.0.1:9", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "about:blank"],
            pass_fds=(commands, events), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(commands)
        os.close(events)
        self.buffer = b""
        self.events = []
        self.last_id = 0
        self.session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        for end in (self.to, self.answers):
            os.close(end)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _receive(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self.answers, 1 << 16) if ready else b""
            if not chunk:
                raise RuntimeError("Chromium ended" if ready else f"Chromium said nothing for {PATIENCE} s")
            self.buffer += chunk
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self.last_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive())

    def open(self, page):
        """Shows the page in a tab of its own."""
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.events.clear()
        self.ask("Page.navigate", url=page)
        self.wait_for("Page.loadEventFired")

    def evaluate(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key, code):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                     text="\r" if key == "Enter" and kind == "keyDown" else "")


def complaints(browser):
    """What Chromium wrote on the console, and whatever the page asked for besides itself."""
    for event in browser.events:
        method, details = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield f"exception: {details['exceptionDetails']}"
        elif method == "Runtime.consoleAPICalled":
            yield f"console: {details['args']}"
        elif method == "Log.entryAdded":
            yield f"console: {details['entry']['text']}"
        elif method == "Network.requestWillBeSent":
            url = details["request"]["url"]
            if details.get("type") != "Document" and not url.startswith("data:"):
                yield f"it asked for {url}"


# What is there once the page has been shown.
CONTENTS = """({
    title: document.title,
    heading: document.querySelector("h1").textContent,
    sections: [...document.querySelectorAll("main section")].map(s => s.id),
    scripts: document.scripts.length,
    tables: document.querySelectorAll("table").length,
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    broken_images: [...document.images].filter(i => !i.complete || i.naturalWidth === 0).length,
    foreign: [...document.querySelectorAll("[src], [href]")].map(e => e.getAttribute("src") ?? e.getAttribute("href"))
        .filter(u => !u.startsWith("#") && !u.startsWith("data:image/svg+xml;base64,")).map(u => u.slice(0, 100)),
    handlers: [...document.querySelectorAll("*")].filter(e => e.getAttributeNames().some(n => n.startsWith("on")))
        .map(e => e.outerHTML.slice(0, 100)),
    harmed: typeof window.harmed !== "undefined",
})"""

# The first table of the ladder: rows as [text of the variant, seconds], and the state of the header "median".
LADDER = """(() => {
    const table = document.querySelector("#ladder table");
    const heads = [...table.tHead.rows[0].cells];
    const column = heads.findIndex(h => h.textContent.startsWith("median"));
    return {
        sort: heads[column].getAttribute("aria-sort"),
        rows: [...table.tBodies[0].rows].map(r => [r.cells[0].textContent + r.cells[1].textContent,
                                                   Number(r.cells[column].dataset.value)]),
    };
})()"""
MEDIAN_BUTTON = """[...document.querySelectorAll("#ladder thead th button")].find(b => b.textContent.startsWith("median"))"""


def judge_sorting(browser):
    before = browser.evaluate(LADDER)
    if len(before["rows"]) < 2:
        return
    by_time = sorted(row[1] for row in before["rows"])
    click = f"{MEDIAN_BUTTON}.click()"
    enter = lambda: browser.press("Enter", 13)
    steps = [("ascending", by_time, lambda: browser.evaluate(click)),
             ("descending", by_time[::-1], lambda: (browser.evaluate(f"{MEDIAN_BUTTON}.focus()"), enter())),
             ("none", [row[1] for row in before["rows"]], enter)]
    for order, wanted, act in steps:
        act()
        now = browser.evaluate(LADDER)
        if now["sort"] != order:
            yield f"the header says aria-sort {now['sort']}, not {order}"
        if [row[1] for row in now["rows"]] != wanted:
            yield f"not {order}: {now['rows']}"
    if now["rows"] != before["rows"]:
        yield f"the third click does not bring the first order back: {now['rows']}"
    first = browser.evaluate("""(() => {
        const table = document.querySelector("#ladder table");
        table.tHead.rows[0].cells[0].querySelector("button").click();
        return [...table.tBodies[0].rows].map(r => r.cells[0].textContent);
    })()""")
    if first != sorted(first):
        yield f"names do not sort: {first}"


def judge(browser, page):
    browser.open(page.resolve().as_uri())
    contents = browser.evaluate(CONTENTS)
    if not contents["heading"] or contents["heading"] not in contents["title"]:
        yield f"heading and title: {contents['heading']}, {contents['title']}"
    missing = {"ladder", "placement", "warnings", "environment", "reading"} - set(contents["sections"])
    if missing:
        yield f"these sections are missing: {missing}"
        return
    if contents["scripts"] != 1:
        yield f"{contents['scripts']} scripts, not its own alone"
    for what in ("wide", "broken_images", "foreign", "handlers", "harmed"):
        if contents[what]:
            yield f"{what}: {contents[what]}"
    yield from judge_sorting(browser)


def take_pictures(browser, page, folder):
    shots = [("light", 1280, "screen", "light"), ("dark", 1280, "screen", "dark"), ("narrow", 390, "screen", "light"),
             ("print", 720, "print", "light")]
    browser.open(page.resolve().as_uri())
    for name, width, medium, scheme in shots:
        browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        browser.ask("Emulation.setEmulatedMedia", media=medium,
                    features=[{"name": "prefers-color-scheme", "value": scheme}])
        picture = browser.ask("Page.captureScreenshot", captureBeyondViewport=True)
        (folder / f"{page.stem}-{name}.png").write_bytes(base64.b64decode(picture["data"]))
    browser.ask("Emulation.setEmulatedMedia", media="", features=[])
    paper = browser.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False, paperWidth=8.27, paperHeight=11.69)
    (folder / f"{page.stem}.pdf").write_bytes(base64.b64decode(paper["data"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screenshots", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("pages", type=pathlib.Path, nargs="+", metavar="PAGE")
    options = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("skipped: chromium is not installed, nobody has opened the pages")
        return 77
    failed = False
    with Browser(program) as browser:
        for page in options.pages:
            found = []
            try:
                found.extend(judge(browser, page))
            except RuntimeError as error:
                found.append(error)
            found.extend(complaints(browser))
            for complaint in found:
                failed = True
                print(f"FAILED: {page.name}: {complaint}", file=sys.stderr)
            if options.screenshots:
                take_pictures(browser, page, options.screenshots)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
