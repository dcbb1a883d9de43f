# A new PIN for each version, known to the secret manager and to nobody else.
ephemeral "whatsapp_pin" "new" {}

resource "aws_secretsmanager_secret" "support_pin" {
  name = "whatsapp/support-pin"
}

# Both places are write-only: the PIN is in no state and in no plan. Raise the version for a new PIN.
resource "aws_secretsmanager_secret_version" "support_pin" {
  secret_id                = aws_secretsmanager_secret.support_pin.id
  secret_string_wo         = ephemeral.whatsapp_pin.new.pin
  secret_string_wo_version = 1
}

# Every run draws another PIN. The number gets the one that was stored, also when an apply failed
# half-way and another one finishes the work.
ephemeral "aws_secretsmanager_secret_version" "support_pin" {
  secret_id = aws_secretsmanager_secret_version.support_pin.secret_id
}

resource "whatsapp_two_step_verification" "support" {
  phone_number_id = "106540352242922"
  pin_wo          = ephemeral.aws_secretsmanager_secret_version.support_pin.secret_string
  pin_wo_version  = aws_secretsmanager_secret_version.support_pin.secret_string_wo_version
}
