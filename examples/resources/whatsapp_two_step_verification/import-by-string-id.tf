import {
  to = whatsapp_two_step_verification.support
  id = "106540352242922"
}
