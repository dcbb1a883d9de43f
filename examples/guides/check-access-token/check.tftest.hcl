variables {
  business_account_ids = ["102290129340398"]
}

run "a_token_without_an_end_passes" {
  command = plan
}
