run "what_stays_is_managed_as_before" {
  variables {
    pin = "483920"
  }

  assert {
    condition     = whatsapp_two_step_verification.staying.is_pin_enabled
    error_message = "The number that stays should have its PIN."
  }
}
