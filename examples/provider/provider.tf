terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}

variable "whatsapp_access_token" {
  description = "Access token of a system user."
  type        = string
  sensitive   = true
}

# Each argument can come from the environment instead, the token from WHATSAPP_ACCESS_TOKEN.
provider "whatsapp" {
  access_token = var.whatsapp_access_token
}
