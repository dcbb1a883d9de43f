import {
  to = whatsapp_two_step_verification.support
  identity = {
    phone_number_id = "106540352242922"
  }
}
