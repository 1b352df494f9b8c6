"""Waiting for a state of the page."""

from playwright.sync_api import Page

# Until the condition holds or the time is over, once a frame. Playwright's wait_for_function
# calls eval from its second look on, which the portal's policy forbids.
WAIT = """async (timeout) => {
  const end = performance.now() + timeout;
  while (!(%(condition)s)) {
    if (performance.now() > end) {
      return false;
    }
    await new Promise(requestAnimationFrame);
  }
  return true;
}"""


def comes_true(page: Page, condition: str, *, timeout: float = 15_000) -> bool:
    """Whether a JavaScript expression holds within a time (milliseconds)."""
    return page.evaluate(WAIT % {"condition": condition}, timeout)


def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression holds."""
    assert comes_true(page, condition), f"never true: {condition}"
