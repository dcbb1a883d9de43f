run "every_number_with_a_pin_is_adopted" {
  variables {
    business_account_id = "102290129340399"
    pin                 = "483920"
  }

  assert {
    condition     = length(whatsapp_two_step_verification.adopted) == 2
    error_message = "Both numbers with a PIN should have been adopted."
  }
}
