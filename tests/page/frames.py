"""How fast the page draws: from input to a painted frame, measured in the browser.

    python tests/page/frames.py [fragment]

prints a row for 2,000 and one for 10,000 points. An input moves the slider to another epoch. The
frame begins with the input and ends when it is drawn and the pixels of both spaces can be read; the
time that the browser waits in between for its next animation frame is not counted. A fragment
of the address, as bend=0.5, says what else is shown.
"""

import statistics
import sys
import tempfile
from pathlib import Path

FRAMES, FIRST = 120, 20  # of which the first are left out
MEASURE = """async (frames) => {
    const slider = document.getElementById("slider");
    const channel = new MessageChannel();
    const times = [];
    for (let k = 0; k < frames; k++) {
        await new Promise((done) => setTimeout(done, 5));
        slider.value = (7 * k) % Number(slider.max);
        const begin = new Promise((done) => requestAnimationFrame(() => done(performance.now())));
        const input = performance.now();
        slider.dispatchEvent(new Event("input"));  // asks for the frame in which it is drawn
        const handled = performance.now() - input;
        const start = await begin;  // the callback before that of the page
        await new Promise((done) => {
            channel.port1.onmessage = done;
            channel.port2.postMessage(0);
        });
        for (const space of page.spaces) space.pen.getImageData(0, 0, 1, 1);
        times.push(handled + performance.now() - start);
    }
    return times;
}"""


def frame_times(browser, document, fragment=""):
    """Milliseconds from input to painted frame of a page at 1280 × 800: a list."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "training.html"
        path.write_text(document, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{path.as_uri()}#{fragment}")
        times = page.evaluate(MEASURE, FRAMES)
        page.close()
    return times[FIRST:]


def measured(fragment=""):
    """The default page, and one of 10,000 points: yields pairs of points and frame times.

    Without Playwright or a browser it yields nothing, and says so.
    """
    import torch
    from helpers.browsing import MISSING, find_browser
    from helpers.pages import planes_of

    import common
    from torchreplay.data.dataset import make_dataset
    from torchreplay.page import make_page

    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if not (sync_playwright and find_browser()):
        print(MISSING if sync_playwright else "no Playwright: pip install -r requirements-dev.txt")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        for dataset in (common.load_dataset(), make_dataset("moons", points=10_000)):
            torch.manual_seed(41)
            history = common.train(common.make_network(dataset), dataset)
            yield len(dataset.y), frame_times(browser, make_page(planes_of(history)), fragment)
        browser.close()


def main():
    """Print a row for each page."""
    print("| points | mean | 95 of 100 below |\n| --- | --- | --- |")
    for points, times in measured(*sys.argv[1:]):
        slow = sorted(times)[int(0.95 * len(times))]
        print(f"| {points:,} | {statistics.mean(times):.1f} ms | {slow:.1f} ms |")


if __name__ == "__main__":
    tests = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(tests.parent), str(tests)]
    main()
