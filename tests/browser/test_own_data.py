"""What is one's own: taken along as a file that anybody can check, and gone for good when one says so."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from marketplace.accounts import queries as people
from tests.factories import accounts, pay, shifts

pytestmark = pytest.mark.browser
Committed = Callable[[], AbstractContextManager[None]]
Sound = Callable[[Page, str], None]
SignIn = Callable[[Page, str], None]


def test_a_work_record_is_signed_taken_along_and_believed_by_a_stranger(
    page: Page, phone: Page, apart_app: Flask, committed: Committed, sign_in: SignIn, sound: Sound, tmp_path: Path
) -> None:
    with apart_app.app_context():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
        pay.worked_and_approved(scene, person=ana)
        pay.paid(scene.company_id)
        email = people.person(ana.id).email
    sign_in(page, email)
    page.goto("/me/record")
    page.get_by_role("link", name="Signed work record").click()
    page.get_by_label("Skills").uncheck()
    sound(page, "work-record")
    with page.expect_download() as download:
        page.get_by_role("button", name="Sign and download it").click()
    record = tmp_path / download.value.suggested_filename
    download.value.save_as(record)
    phone.goto("/verify")
    phone.get_by_label("The file").set_input_files(record)
    phone.get_by_role("button", name="Check").click()
    found = phone.get_by_role("status")
    expect(found).to_contain_text("This record is as its issuer signed it")
    expect(found).to_contain_text("4 h of 4 h were approved: 100 %")
    expect(found).not_to_contain_text("Skills")
    sound(phone, "work-record-believed")
    record.write_text(record.read_text().replace('"4.00"', '"40.00"'))
    phone.get_by_label("The file").set_input_files(record)
    phone.get_by_role("button", name="Check").click()
    expect(phone.get_by_role("status")).to_contain_text("was altered after it was signed")


def test_somebody_erases_themselves_and_cannot_sign_in_again(
    phone: Page, committed: Committed, sign_in: SignIn, sound: Sound
) -> None:
    with committed():
        accounts.person("budi@example.com", name="Budi Santoso")
    sign_in(phone, "budi@example.com")
    phone.goto("/account")
    phone.get_by_role("link", name="Be erased").click()
    phone.get_by_label("type the e-mail address").fill("somebody.else@example.com")
    phone.get_by_role("button", name="Erase me for good").click()
    expect(phone.get_by_role("alert")).to_be_focused()
    sound(phone, "erasure-refused")
    phone.get_by_label("type the e-mail address").fill("budi@example.com")
    phone.get_by_role("button", name="Erase me for good").click()
    expect(phone.get_by_role("status")).to_contain_text("You are erased.")
    expect(phone.get_by_text("Budi Santoso")).to_have_count(0)
    phone.goto("/sign-in")
    phone.get_by_label("E-mail address").fill("budi@example.com")
    phone.get_by_label("Password", exact=True).fill(accounts.PASSWORD)
    phone.locator("main").get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("alert")).to_contain_text("is not right")
