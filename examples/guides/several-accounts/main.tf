# Two business accounts, each with its own token: one provider configuration for each, told apart
# by alias. Each keeps its own list of numbers and its own rate limit.

terraform {
  required_version = ">= 1.11"

  required_providers {
    whatsapp = {
      source  = "waba/whatsapp"
      version = "~> 0.1"
    }
  }
}

variable "accounts" {
  description = "By name: the account, and the number in it whose PIN is set."
  type = map(object({
    business_account_id = string
    phone_number_id     = string
  }))
}

variable "tokens" {
  description = "Access tokens by account."
  type        = map(string)
  ephemeral   = true
  sensitive   = true
}

variable "pins" {
  description = "PINs by account."
  type        = map(string)
  ephemeral   = true
  sensitive   = true
}

provider "whatsapp" {
  alias                = "europe"
  access_token         = var.tokens["europe"]
  business_account_ids = [var.accounts["europe"].business_account_id]
}

provider "whatsapp" {
  alias                = "america"
  access_token         = var.tokens["america"]
  business_account_ids = [var.accounts["america"].business_account_id]
}

resource "whatsapp_two_step_verification" "europe" {
  provider = whatsapp.europe

  phone_number_id = var.accounts["europe"].phone_number_id
  pin_wo          = var.pins["europe"]
  pin_wo_version  = "1"
}

resource "whatsapp_two_step_verification" "america" {
  provider = whatsapp.america

  phone_number_id = var.accounts["america"].phone_number_id
  pin_wo          = var.pins["america"]
  pin_wo_version  = "1"
}
