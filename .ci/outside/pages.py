#!/usr/bin/env python3
"""Uses the service's pages in Debian's Chromium, as a reader would, through the W3C WebDriver protocol.

usage: pages.py UP.json [--screenshots FOLDER]

Asks a question on the playground, sees its answer grow, judges it, opens its trace, finds it in the monitor, compares
revisions, and sees that no page asks for anything from elsewhere or breaks its own policy. Without Chromium it is
skipped by name; where CI is set, missing is a failure.
"""
import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One window of a headless Chromium."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self.wait("chromedriver answers", lambda: self.call("GET", "/status")["ready"])
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--window-size=1280,900", f"--user-data-dir={folder}"]
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": arguments}}}})
        self.base += "/session/" + session["sessionId"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.base + path, method=method, headers={"Content-Type": "application/json"},
            data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as refused:
            raise AssertionError(json.load(refused)["value"]["message"].splitlines()[0]) from None

    @staticmethod
    def wait(what, condition, seconds=60):
        end = time.monotonic() + seconds
        last = None
        while time.monotonic() < end:
            try:
                found = condition()
                if found:
                    return found
            except (AssertionError, OSError) as failure:
                last = failure
            time.sleep(0.05)
        raise AssertionError(f"{what}: not within {seconds} s ({last})")

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def script(self, code, *arguments):
        return self.call("POST", "/execute/sync", {"script": code, "args": list(arguments)})

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def devtools(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def complaints(self):
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})
                if entry["level"] == "SEVERE"]

    def screenshot(self, file, dark, width=1280, most=1700, of=None):
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.script("scrollTo(0, 0); document.activeElement.blur()")
        time.sleep(0.3)  # Plots are drawn again for the new width.
        height = min(most, self.script("return document.documentElement.scrollHeight"))
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=False)
        clip = {"clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}} if not of else {
            "clip": self.script("""
          const box = document.querySelector(arguments[0]).closest('section').getBoundingClientRect();
          return {x: box.x - 16, y: box.y + scrollY - 16, width: box.width + 32, height: box.height + 32, scale: 1};
        """, of)}
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True, **clip)
        file.write_bytes(base64.b64decode(shot["data"]))
        self.devtools("Emulation.clearDeviceMetricsOverride")

    def close(self):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(10)


# Text that a page was given, and would run if it took it for markup.
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> What is a rollback?"

# Every control has a name, and text stands out from its ground by 4.5 to 1 (WCAG 2.2 AA).
NAMELESS = """
return [...document.querySelectorAll('input, select, textarea, button, a[href], svg[role=img]')].filter(e => {
  if (!e.checkVisibility()) return false;
  const label = e.labels?.length ? [...e.labels].map(l => l.textContent).join('') : '';
  return !(label || e.getAttribute('aria-label') || e.textContent).trim();
}).map(e => e.outerHTML.slice(0, 80));
"""
FAINT = """
const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b; };
const rgb = t => t.match(/[\\d.]+/g).map(Number);
const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('svg') &&
  !e.closest(':disabled') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
  const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
  return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.outerHTML.slice(0, 90)];
}).filter(([ratio]) => ratio < 4.5).map(String);
"""


def accessible(browser, where):
    for scheme in ("light", "dark"):
        browser.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        faint = browser.script(FAINT)
        assert not faint, f"{where}, {scheme}: too faint: {faint}"
    nameless = browser.script(NAMELESS)
    assert not nameless, f"{where}: controls without a name: {nameless}"
    assert browser.script("return document.querySelectorAll('h1').length") <= 1, f"{where}: more than one h1"


def narrow(browser, where):
    browser.devtools("Emulation.setDeviceMetricsOverride", width=360, height=800, deviceScaleFactor=1, mobile=False)
    browser.wait(f"{where} fits a window of 360 pixels",
                 lambda: browser.script("return document.documentElement.scrollWidth") <= 360, 5)
    browser.devtools("Emulation.clearDeviceMetricsOverride")


# What a service says that is not ours to break: a connection that ends in mid-answer, and a service that asks for a key.
BROKEN_OFF = """
  window.fetch = async () => new Response(new ReadableStream({
    start: stream => stream.enqueue(new TextEncoder().encode('event: token\\ndata: {"text":"half an"}\\n\\n')),
    pull: stream => setTimeout(() => stream.error(new TypeError('network error')), 50),
  }, {highWaterMark: 2}), {headers: {'x-request-id': 'r-1'}});
"""
KEY_WANTED = """
  window.fetch = async () => new Response('{"detail": "Not authenticated."}', {status: 401});
"""


def refused(browser, api):
    browser.open(api + "/")
    browser.script(BROKEN_OFF)
    put(browser, "Is this whole?", "Cut off")
    assert browser.text("#answer") == "half an", browser.text("#answer")
    assert "connection ended" in browser.text("#problem"), browser.text("#problem")
    assert browser.script("return document.querySelector('#trace-link').href").endswith("/traces?q=r-1")
    browser.script(KEY_WANTED)
    put(browser, "Who am I?", "Failed")
    assert "asks for a key" in browser.text("#problem"), browser.text("#problem")


def put(browser, question, outcome):
    browser.script("document.querySelector('#question').value = ''")
    browser.type("#question", question)
    browser.click("#send")
    browser.wait(f"it is {outcome}", lambda: browser.text("#state") == outcome, 10)


def ask(browser, question):
    browser.script("""
      window.pieces = 0;
      window.watch?.disconnect();
      window.watch = new MutationObserver(seen => window.pieces += seen.filter(each => each.addedNodes.length).length);
      window.watch.observe(document.querySelector('#answer'), {childList: true});
      document.querySelector('#question').value = '';
    """)
    browser.type("#question", question)
    browser.click("#send")
    browser.wait("the answer ends", lambda: browser.text("#state") in ("Answered", "Failed", "Cut off"))
    assert browser.text("#state") == "Answered", browser.text("#problem")


def check(browser, api, shots):
    elsewhere = []
    browser.open(api + "/")
    ask(browser, "How do I roll a deployment back?")
    pieces = browser.script("return window.pieces")
    assert pieces >= 3, f"the answer came at once, in {pieces} pieces"
    print(f"the answer came in {pieces} pieces")
    assert browser.script("return document.querySelectorAll('#sources li .title').length") > 0, "no source is shown"
    assert "generate" in browser.text("#steps") or browser.script(
        "return document.querySelector('#steps svg').getAttribute('aria-label')").count("generate"), "no step is shown"
    browser.click("[data-score='1']")
    browser.wait("the feedback is kept", lambda: "Thank" in browser.text("#feedback-state"))
    accessible(browser, "/")
    narrow(browser, "/")
    if shots:
        for dark in (False, True):
            browser.screenshot(shots / f"ask-{'dark' if dark else 'light'}.png", dark)
    browser.click("#trace-link")
    browser.wait("the trace is shown", lambda: browser.text("#query"))
    assert browser.text("#query") == "How do I roll a deployment back?", browser.text("#query")
    assert "user +1" in browser.text("#judged"), browser.text("#judged")
    assert "roll" in browser.text("#prompt").lower()
    assert browser.script("return document.querySelectorAll('#waterfall rect').length") >= 3
    accessible(browser, "/traces/{id}")
    narrow(browser, "/traces/{id}")
    if shots:
        for dark in (False, True):
            browser.screenshot(shots / f"trace-{'dark' if dark else 'light'}.png", dark)
    browser.open(api + "/traces")
    browser.wait("traces are listed", lambda: browser.script("return document.querySelectorAll('tbody tr').length"))
    browser.click("#compare button")
    browser.wait("revisions are compared", lambda: "Median time" in browser.text("#compared"))
    accessible(browser, "/traces")
    narrow(browser, "/traces")
    if shots:
        for dark in (False, True):
            browser.screenshot(shots / f"traces-{'dark' if dark else 'light'}.png", dark, most=1180)
            browser.screenshot(shots / f"compare-{'dark' if dark else 'light'}.png", dark, of="#compare-title")
    browser.open(api + "/")
    ask(browser, HOSTILE)
    assert browser.script("return document.title") != "taken"
    browser.open(api + "/traces")
    browser.wait("the question is listed", lambda: HOSTILE in browser.text("#list"))
    assert browser.script("return document.querySelectorAll('#list img').length") == 0
    browser.type("#q", "roll a deployment")
    browser.click("#filter button")
    browser.wait("the search narrows", lambda: HOSTILE not in browser.text("#list") and browser.script(
        "return document.querySelectorAll('#list tbody tr').length") >= 1)
    elsewhere += browser.script(
        "return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin))")
    assert not elsewhere, f"asked for from elsewhere: {elsewhere}"
    refused(browser, api)
    complaints = browser.complaints()
    assert not complaints, f"the browser complains: {complaints}"


def main():
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    if missing:
        print(f"skipped: the pages in a browser need {' and '.join(missing)} on the PATH", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    api = json.loads(pathlib.Path(sys.argv[1]).read_text())["api"]
    shots = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(folder)
        try:
            check(browser, api, shots)
        finally:
            browser.close()
    print("the pages work in Chromium")
    return 0


if __name__ == "__main__":
    sys.exit(main())
