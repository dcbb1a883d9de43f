terraform {
  required_version = ">= 1.0"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

# The token comes from the environment variable WHATSAPP_ACCESS_TOKEN: Terraform keeps what is written
# here in saved plans.
provider "whatsapp" {
  # Your account's ID. With it, a refresh costs one call for a hundred numbers.
  business_account_ids = ["102290129340398", "102290129340399"]
}
