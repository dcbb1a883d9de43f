list "whatsapp_two_step_verification" "adopted" {
  provider = whatsapp

  # The default is 100.
  limit = 1000
}
