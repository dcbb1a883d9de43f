# The PIN follows its secret in Google Secret Manager: add a version there, and the next apply sets it.
# The version here is the resource name of the latest one, such as
# projects/123456789012/secrets/support-pin/versions/7. The secret's value is the six digits and nothing
# else.

terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.10"
    }

    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "phone_number_id" {
  description = "ID of the phone number, as WhatsApp Manager shows it."
  type        = string
}

variable "secret" {
  description = "Name of the secret that holds the PIN, in the provider's project."
  type        = string
}

# Without this false, the value of the secret would be stored in the state.
data "google_secret_manager_secret_version" "pin" {
  secret            = var.secret
  fetch_secret_data = false
}

# That version and no other, also if a newer one comes between plan and apply.
ephemeral "google_secret_manager_secret_version" "pin" {
  secret  = var.secret
  version = data.google_secret_manager_secret_version.pin.version
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = var.phone_number_id
  pin_wo          = ephemeral.google_secret_manager_secret_version.pin.secret_data
  pin_wo_version  = data.google_secret_manager_secret_version.pin.name
}
