# Every number of the account that has two-step verification on. Without is_pin_enabled, all of them.
#
#   terraform query
#   terraform query -generate-config-out=adopted.tf
list "whatsapp_two_step_verification" "existing" {
  provider = whatsapp

  config {
    business_account_id = "102290129340398"
    is_pin_enabled      = true
  }
}
