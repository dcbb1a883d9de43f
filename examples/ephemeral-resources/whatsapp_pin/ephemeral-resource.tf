# A new PIN for the number, known to the secret manager and to nobody else. Both arguments are
# write-only: the PIN is in no state and no plan.
ephemeral "whatsapp_pin" "support" {}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  pin_wo          = ephemeral.whatsapp_pin.support.pin
  pin_wo_version  = local.support_pin_version

  # The PIN is stored before the number gets it, so that it is never lost.
  depends_on = [aws_secretsmanager_secret_version.support_pin]
}

resource "aws_secretsmanager_secret_version" "support_pin" {
  secret_id                = "whatsapp/support-pin"
  secret_string_wo         = ephemeral.whatsapp_pin.support.pin
  secret_string_wo_version = local.support_pin_version
}

# Every run draws another PIN, and only a change of the version sends it: to both places at once.
locals {
  support_pin_version = 1
}
