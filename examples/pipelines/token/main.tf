# Fails when the access token is not good any more, or not for long. Nothing is managed and nothing is
# stored here: a plan is all that is needed.

terraform {
  required_version = ">= 1.5"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

provider "whatsapp" {}

variable "warn_before" {
  description = "How long before its end to fail, as Terraform writes durations."
  type        = string
  default     = "336h" # 14 days
}

data "whatsapp_access_token" "this" {
  lifecycle {
    # Null is not false: Meta does not let every token ask about itself.
    postcondition {
      condition     = self.is_valid != false
      error_message = "Meta does not accept the access token any more. Make a new one."
    }

    # Null: it never ends, or Meta does not say.
    postcondition {
      condition = self.expires_at == null ? true : (
        timecmp(self.expires_at, timeadd(plantimestamp(), var.warn_before)) > 0
      )
      error_message = "The access token ends within ${var.warn_before}. Make a new one."
    }

    postcondition {
      condition     = length(coalesce(self.missing_permissions, [])) == 0
      error_message = "The access token lacks permissions. Make one with both that the provider needs."
    }
  }
}

output "expires_at" {
  description = "When the token ends. Null: never, or Meta does not say."
  value       = data.whatsapp_access_token.this.expires_at
}
