variables {
  business_account_id = "102290129340398"
}

run "connected_numbers_of_good_quality_pass" {
  command = plan
}

run "a_number_that_is_not_as_it_should_be_fails_the_check" {
  command = plan

  variables {
    good_statuses = ["PENDING"]
    bad_ratings   = ["GREEN"]
  }

  expect_failures = [check.every_number_is_connected, check.no_number_is_rated_badly]
}
