# The sandbox has one account and one token: both names mean the same here.
run "each_number_is_set_with_its_accounts_token" {
  variables {
    accounts = {
      europe  = { business_account_id = "102290129340398", phone_number_id = "106540352242922" }
      america = { business_account_id = "102290129340398", phone_number_id = "106540352242923" }
    }
    tokens = { europe = "sandbox-token", america = "sandbox-token" }
    pins   = { europe = "483920", america = "016253" }
  }

  assert {
    condition     = whatsapp_two_step_verification.europe.id == "106540352242922"
    error_message = "The first account's number should have been set."
  }

  assert {
    condition     = whatsapp_two_step_verification.america.id == "106540352242923"
    error_message = "The second account's number should have been set."
  }
}
