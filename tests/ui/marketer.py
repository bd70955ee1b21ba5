"""What a marketer does in the browser: finds things by what she reads, and waits for what she sees."""

import re
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

USER = "admin"


class Marketer:
    """One person with a browser window open on the page of `mailworth serve`."""

    def __init__(self, page: Page, address: str, pictures: Path | None = None) -> None:
        self.page, self.address, self.pictures = page, address, pictures

    def arrive(self, password: str) -> None:
        """Open the page and tell the password that it asks for."""
        self.page.goto(f"{self.address}/deployments")
        self.page.locator("input[type=password]").fill(f"{USER}:{password}")
        self.page.get_by_role("button", name="Login").click()
        self.page.get_by_text("6 Deployments").wait_for()

    def open_form(self, deployment: str) -> None:
        """From the list of deployments to the form of one."""
        self.page.goto(f"{self.address}/deployments")
        self.page.get_by_role("link", name=deployment, exact=True).first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_text("Custom run").click()
        self.page.get_by_role("heading", name="Parameters").wait_for()

    def question(self, label: str) -> Locator:
        """A question of the open form with its help and its answer."""
        asked = self.page.locator(".schema-form-property__label", has_text=re.compile(rf"^\s*{re.escape(label)}"))
        return self.page.locator(".schema-form-property", has=asked).last

    def answer(self, label: str, value: str) -> None:
        """Write an answer."""
        self.question(label).locator("fieldset").locator("input, textarea").first.fill(value)

    def choose(self, label: str, value: str) -> None:
        """Take an answer from a drop-down."""
        self.question(label).locator(".p-select-button__control").press("ArrowDown")
        self.page.get_by_role("option", name=value, exact=True).click()

    def submit(self) -> None:
        """Start what the form asks for."""
        self.page.get_by_role("button", name="Submit").click()

    def start(self) -> None:
        """Start what the form asks for, and look at its run."""
        self.submit()
        self.page.get_by_role("button", name="View run").last.click()

    def open_run(self, name: str) -> None:
        """From the list of runs to the newest whose name begins so."""
        self.page.goto(f"{self.address}/runs")
        self.page.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()

    def await_state(self, state: str) -> None:
        """Wait until the open run is in this state."""
        expect(self.page.locator(".page-heading-flow-run__meta .state-badge")).to_have_text(state)

    def decide(self, decision: str, name: str, why: str = "") -> None:
        """Answer what the open run waits for."""
        self.page.get_by_role("button", name="Resume").click()
        self.choose("Your decision", decision)
        self.answer("Your name", name)
        if why:
            self.answer("Why, if you reject", why)
        self.picture("ui-approve")
        self.submit()

    def open_artifact(self, key: str) -> None:
        """From the open run to one of the things that it shows."""
        self.page.get_by_text("Artifacts", exact=True).click()
        self.page.get_by_text(key, exact=True).first.click()
        self.page.wait_for_url("**/artifacts/**")

    def download(self, link: str) -> Download:
        """The file behind a link, which closes the window that it opens."""
        with self.page.expect_download() as arriving:
            self.page.get_by_role("link", name=link, exact=True).click()
        return arriving.value

    def follow(self, link: str) -> Page:
        """The page behind a link, in a window of its own."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("link", name=link, exact=True).click()
        return opened.value

    def picture(self, name: str) -> None:
        """Keep what is seen for the pages of docs, if somebody wants it."""
        if self.pictures:
            self.page.screenshot(path=self.pictures / f"{name}.png")
