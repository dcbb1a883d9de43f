run "a_number_without_a_pin_fails_the_check" {
  command = plan

  variables {
    business_account_id = "102290129340398"
  }

  expect_failures = [check.every_number_has_a_pin]
}

run "an_account_whose_numbers_have_pins_passes" {
  command = plan

  variables {
    business_account_id = "102290129340399"
  }
}
