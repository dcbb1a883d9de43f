run "every_number_is_adopted" {
  variables {
    business_account_id = "102290129340398"
    pin                 = "483920"
    numbers = {
      support = "106540352242922"
      sales   = "106540352242923"
    }
  }

  assert {
    condition     = length(whatsapp_two_step_verification.adopted) == 2
    error_message = "Both numbers should have been adopted."
  }
}
