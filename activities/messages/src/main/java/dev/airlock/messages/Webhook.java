package dev.airlock.messages;

import java.net.URI;

/**
 * Where messages are posted.
 *
 * @param address an http or https URL
 * @param key signs what is sent
 */
public record Webhook(URI address, String key) {

  /** Keeps the key to itself. */
  @Override
  public String toString() {
    return "Webhook[" + address + "]";
  }
}
