run "each_account_is_reached_with_its_own_token" {
  variables {
    tokens = { europe = "sandbox-token", america = "other-token" }
    pins   = { europe = "483920", america = "016253" }
  }

  assert {
    condition     = whatsapp_two_step_verification.america.id == "206540352242922"
    error_message = "Both numbers should have been set."
  }
}
